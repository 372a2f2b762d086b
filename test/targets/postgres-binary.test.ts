/**
 * Binary COPY means what the text means: every spelling that an encoder takes is sent in both forms, and the server
 * compares what it stored with its own reading of the text, byte by byte.
 */
import * as fc from "fast-check";
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { TablePlan } from "../../src/model/load-plan.ts";
import type { PackedRows } from "../../src/model/packed.ts";
import { copyIn } from "../../src/targets/postgres/stage/copy.ts";
import { allDiffer, keyHashes } from "../../src/targets/postgres/stage/key-hash.ts";
import { PackedCopy } from "../../src/targets/postgres/stage/packed-copy.ts";
import { packedBatch } from "../../src/write/packed-batch.ts";
import { splitByHash } from "../../src/write/parallel/route.ts";
import { EDGES } from "../helpers/binary-edges.ts";
import { openPostgres } from "../helpers/postgres-database.ts";
import type { TestDatabase } from "../helpers/engines.ts";
import { encodedAtOnce } from "../helpers/encode-at-once.ts";
import { timesOf } from "../tiers/tiers.ts";

let database: TestDatabase;
let client: Client;

beforeAll(async () => {
  database = await openPostgres();
  client = new Client({ connectionString: database.url });
  await client.connect();
});

afterAll(async () => {
  await client.end();
  await database.close();
});

/** A plan of the columns `t` (the spelling) and `v` (the value), `v` its key. */
function planFor(type: string): TablePlan {
  const columns = [
    { name: "t", type: "text" },
    { name: "v", type },
  ];
  const arbiter = { name: "pk", kind: "expressions", plain: true, predicate: null, columns: ["v"] };
  const table = { columns, uniqueKeys: [{ name: "pk", standard: true }] };
  return { columns, table, arbiter } as unknown as TablePlan;
}

/** Rows whose two columns both come from the one field of a record. */
function rowsOf(texts: readonly string[]): PackedRows {
  const bytes = Buffer.from(texts.join(""));
  const places = new Int32Array(2 * texts.length);
  let at = 0;
  for (const [index, text] of texts.entries()) {
    places[2 * index] = at;
    at += Buffer.byteLength(text);
    places[2 * index + 1] = at;
  }
  const shape = { fields: ["f"] };
  const fields = {
    shape,
    bytes,
    offsets: places,
    records: texts.length,
    length: at,
    quote: 34,
    kinds: null,
  };
  const column = { field: 0, constant: null };
  const part = { fields, from: 0, to: texts.length, columns: [column, column] };
  return { shape: { id: 0, columns: ["t", "v"] }, slices: [part], firstOrd: 0, ordSteps: null };
}

async function isCanonical(type: string, text: string): Promise<boolean> {
  const { format } = await new PackedCopy(planFor(type), true).encode(rowsOf([text]), false);
  return format === "binary";
}

const digits = fc.stringMatching(/^[0-9]{1,25}$/);
const whole = fc.oneof(
  fc.bigInt({ min: -(2n ** 64n), max: 2n ** 64n }).map(String),
  fc.integer({ min: -70_000, max: 70_000 }).map(String),
  fc.constantFrom(
    "0",
    "-0",
    "00",
    "+1",
    " 1",
    "1 ",
    "0x10",
    "1_000",
    "",
    "-",
    "32767",
    "32768",
    "-32768",
  ),
  fc.constantFrom(
    "2147483647",
    "2147483648",
    "-2147483648",
    "9223372036854775807",
    "-9223372036854775808",
  ),
);
/** Halfway between two numbers of `real`, and so near to it that no double tells which is nearer. */
const halves = fc.tuple(fc.nat(2 ** 23 - 1), fc.constantFrom(-1n, 0n, 1n)).map(([at, away]) => {
  const half = ((2n ** 24n + 2n * BigInt(at) + 1n) * 10n ** 24n) / 2n ** 24n;
  const text = String(half * 1000n + away);
  return `${text.slice(0, 1)}.${text.slice(1)}`;
});
const decimals = fc.oneof(
  halves,
  fc
    .tuple(fc.constantFrom("", "-"), digits, fc.constantFrom("", "."), digits)
    .map((p) => p.join("")),
  fc.double({ noNaN: true }).map(String),
  fc.float({ noNaN: true }).map(String),
  fc.tuple(fc.integer(), fc.nat(99)).map(([a, b]) => `${a}.${String(b).padStart(2, "0")}`),
  fc.constantFrom(
    "0.0",
    "-0",
    "-0.0",
    ".5",
    "5.",
    "1e5",
    "1E-5",
    "NaN",
    "Infinity",
    "000.10",
    "1.",
    "",
    "-",
    "1.2.3",
  ),
  whole,
);
const two = (most: number): fc.Arbitrary<string> =>
  fc.integer({ min: 0, max: most }).map((n) => String(n).padStart(2, "0"));
const day = fc
  .tuple(fc.oneof(fc.integer({ min: 1700, max: 2300 }), fc.nat(9999)), two(13), two(32))
  .map(([y, m, d]) => `${String(y).padStart(4, "0")}-${m}-${d}`);
const moment = fc
  .tuple(
    day,
    fc.constantFrom(" ", "T", "  "),
    two(24),
    two(60),
    two(60),
    fc.oneof(fc.constant(""), digits),
  )
  .map(([d, gap, h, m, s, f]) => `${d}${gap}${h}:${m}:${s}${f === "" ? "" : `.${f.slice(0, 7)}`}`);
const offset = fc.oneof(
  fc.constantFrom("", "Z", "+00", "-00", "+5", "z", " UTC", "+14:00", "+15:59"),
  fc
    .tuple(fc.constantFrom("+", "-"), two(15), fc.constantFrom("", ":00", "00", ":30", "45", ":60"))
    .map((p) => p.join("")),
);
const uuid = fc.oneof(
  fc.uuid(),
  fc.uuid().map((id) => id.toUpperCase()),
  fc.uuid().map((id) => `{${id}}`),
  fc.uuid().map((id) => id.replaceAll("-", "")),
  fc.uuid().map((id) => id.replace(/.$/, "g")),
);
const words = fc
  .oneof(fc.string({ unit: "grapheme", maxLength: 12 }), fc.string({ maxLength: 12 }))
  .filter((text) => !text.includes("\0") && text.isWellFormed());

const TYPES: readonly (readonly [string, fc.Arbitrary<string>])[] = [
  ["smallint", whole],
  ["integer", whole],
  ["bigint", whole],
  ["numeric", decimals],
  ["numeric(30,3)", decimals],
  ["double precision", decimals],
  ["real", decimals],
  [
    "boolean",
    fc.constantFrom("1", "0", "t", "f", "true", "false", "T", "yes", "on", "2", "", " t"),
  ],
  ["text", words],
  ["character varying(40)", words],
  ["character(40)", words],
  ["uuid", uuid],
  [
    "bytea",
    fc.oneof(
      fc.stringMatching(/^\\x[0-9a-fA-F]{0,9}$/),
      fc.constantFrom("\\x", "\\X00", "abc", "\\x0 1"),
    ),
  ],
  [
    "json",
    fc.oneof(
      fc.json().filter((text) => !text.includes("\\u0000") && !text.includes("\\ud")),
      words,
    ),
  ],
  [
    "jsonb",
    fc.oneof(
      fc.json().filter((text) => !text.includes("\\u0000") && !text.includes("\\ud")),
      words,
    ),
  ],
  ["date", day],
  ["timestamp without time zone", moment],
  ["timestamp(2) without time zone", moment],
  ["timestamp with time zone", fc.tuple(moment, offset).map((p) => p.join(""))],
];

/** Texts that the server does not read as the type; the binary form of those must be refused as well. */
async function readable(type: string, texts: readonly string[]): Promise<boolean[]> {
  const { rows } = await client.query<{ ok: boolean }>(
    "select pg_input_is_valid(t, $2) as ok from unnest($1::text[]) with ordinality u(t, o) order by o",
    [texts, type],
  );
  return rows.map(({ ok }) => ok);
}

/** Those whose equal values have equal bytes. */
const KEY_TYPES = TYPES.filter(([name]) => !/^(num|real|double|json|byt|char)|\(/.test(name));

describe.each(TYPES)("%s", (type, spelling) => {
  test("what is sent in binary is stored as the text would be", async () => {
    await client.query(`drop table if exists pg_temp.b; create temp table b (t text, v ${type})`);
    let sent = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(spelling, { minLength: 30, maxLength: 60 }), async (texts) => {
        const taken: string[] = [];
        for (const text of texts) if (await isCanonical(type, text)) taken.push(text);
        const valid = await readable(type, taken);
        const good = taken.filter((_, index) => valid[index]);
        // The server checks what JSON and lengths are; the spellings of everything else are settled here.
        if (!/^(json|char)/.test(type)) expect(taken).toEqual(good);
        if (good.length === 0) return;
        sent += good.length;
        const { bytes, format } = await new PackedCopy(planFor(type), true).encode(
          rowsOf(good),
          false,
        );
        expect(format).toBe("binary");
        await client.query("truncate b");
        await copyIn(client, "copy b (t, v) from stdin (format binary)", bytes);
        const { rows } = await client.query(
          `select t, v::text from b where row(v)::record *<> row(t::${type})::record`,
        );
        expect(rows).toEqual([]);
      }),
      {
        numRuns: timesOf("binary spellings"),
        examples: (EDGES[type] === undefined ? [] : [EDGES[type]]).map((texts) => [[...texts]]),
      },
    );
    expect(sent).toBeGreaterThan(timesOf("binary spellings") * 0.8);
  });
});

test.each(TYPES)("%s: what is encoded when it is read is what is sent", async (type, spelling) => {
  let encoded = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(spelling, { minLength: 1, maxLength: 8 }),
      fc.boolean(),
      async (texts, numbered) => {
        const rows = { ...rowsOf(texts), firstOrd: 2 ** 32 - 2 };
        const slices = rows.slices.map(({ fields, ...slice }) => ({
          ...slice,
          fields: encodedAtOnce(fields, () => (encoded += 1)),
        }));
        const expected = await new PackedCopy(planFor(type), true).encode(rows, numbered);
        const copy = new PackedCopy(planFor(type), true);
        const { bytes, format } = await copy.encode({ ...rows, slices }, numbered);
        expect([format, bytes.toString("latin1")]).toEqual([
          expected.format,
          expected.bytes.toString("latin1"),
        ]);
      },
    ),
    { numRuns: timesOf("binary spellings") },
  );
  expect(encoded).toBe(timesOf("binary spellings"));
});

test.each(KEY_TYPES)(
  "%s: what is hashed and encoded for writers when it is read is what each hashes and sends",
  async (type, spelling) => {
    const plan = planFor(type);
    let encoded = 0;
    let shared = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(spelling, { minLength: 4, maxLength: 30 }),
        fc.integer({ min: 2, max: 3 }),
        async (spelled, writers) => {
          const texts = spelled.filter((text) => keyHashes(plan, rowsOf([text])) !== null);
          const rows = rowsOf(texts);
          const hashes = keyHashes(plan, rows);
          if (hashes === null || texts.length === 0) return;
          shared += 1;
          const slices = rows.slices.map(({ fields, ...slice }) => ({
            ...slice,
            fields: encodedAtOnce(fields, () => (encoded += 1)),
          }));
          const split = (packed: PackedRows): (PackedRows | null)[] => {
            const batch = packedBatch({ number: 1, size: texts.length }, packed, () => []);
            const parts = splitByHash(batch, packed, hashes, { writers, key: ["v"] });
            return parts.map((part) => part?.packed ?? null);
          };
          // The first batch of a writer asks for those after it.
          for (const part of split({ ...rows, slices })) {
            if (part !== null) await new PackedCopy(plan, true).encode(part, true);
          }

          expect(keyHashes(plan, { ...rows, slices })).toEqual(hashes);
          const parts = split({ ...rows, slices });
          for (const [writer, own] of split(rows).entries()) {
            const part = parts[writer] ?? null;
            if (own === null || part === null) {
              expect(part).toBe(own);
              continue;
            }
            const expected = await new PackedCopy(plan, true).encode(own, true);
            const { bytes } = await new PackedCopy(plan, true).encode(part, true);
            expect(bytes.toString("latin1")).toBe(expected.bytes.toString("latin1"));
          }
        },
      ),
      { numRuns: timesOf("binary spellings") },
    );
    expect([encoded > 0, encoded]).toEqual([true, shared]);
  },
);

test.each([
  ["binary", ["7", "8", "9"]],
  ["text", ["7", "+8", "9"]],
])(
  "the rows of one writer of several are staged under their places in the load, in %s",
  async (form, texts) => {
    await client.query(
      "drop table if exists pg_temp.b; create temp table b (o bigint, t text, v int)",
    );
    const own = {
      ...rowsOf(texts),
      firstOrd: 5_000_000_000,
      ordSteps: Uint32Array.of(0, 3, 70_000),
    };

    const { bytes, format } = await new PackedCopy(planFor("integer"), true).encode(own, true);
    await copyIn(client, `copy b (o, t, v) from stdin (format ${format})`, bytes);

    const { rows } = await client.query("select o, v from b order by o");
    expect([format, ...rows]).toEqual([
      form,
      { o: "5000000000", v: 7 },
      { o: "5000000003", v: 8 },
      { o: "5000070000", v: 9 },
    ]);
  },
);

test("keys with different hashes are different to the database", async () => {
  for (const [type, spelling] of KEY_TYPES) {
    await fc.assert(
      fc.asyncProperty(fc.array(spelling, { minLength: 2, maxLength: 40 }), async (texts) => {
        const rows = rowsOf(texts);
        const hashes = keyHashes(planFor(type), rows);
        if (hashes === null) return;
        const { rows: found } = await client.query<{ n: string }>(
          `select count(distinct t::${type}) as n from unnest($1::text[]) as t`,
          [texts],
        );
        const distinct = new Set(hashes).size;
        expect(distinct).toBe(Number(found[0]?.n));
        expect(allDiffer(hashes)).toBe(distinct === texts.length);
      }),
      { numRuns: Math.ceil(timesOf("binary spellings") / 2) },
    );
  }
});

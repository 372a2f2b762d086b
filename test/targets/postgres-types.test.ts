/**
 * Types of PostgreSQL that are made of others: what JSON has for them comes to them as the server itself would read it
 * (`jsonb_populate_record`), and what they cannot hold is rejected with the reason.
 */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ENGINES, useDatabase, waysOf, wayTitle } from "../helpers/engines.ts";
import type { Engine } from "../helpers/engines.ts";
import { ValuesShell } from "../helpers/values-shell.ts";

const postgres = ENGINES.find(({ name }) => name === "postgres") as Engine;
const database = useDatabase(postgres);

/** The schema stays between tests: types are made once they are not there. */
const TYPES = [
  "drop table if exists t; drop domain if exists pair, short; drop type if exists place, spot, mood cascade",
  "create extension if not exists hstore",
  "create type mood as enum ('sad', 'ok', 'it''s fine')",
  "create type spot as (x int, y numeric)",
  "create type place as (street text, at spot, tags text[], more jsonb)",
  "create domain pair as int[] check (cardinality(value) = 2)",
  "create domain short as text constraint short_length check (length(value) < 5)",
];
const TABLE =
  "create table t (id int primary key, n int[], s text[], j jsonb[], c place, cs spot[], h hstore, r int4range, m int4multirange, i interval, e mood, es mood[], p pair, d short, ds short[], x json)";
const MADE = "n, s, j, c, cs, p, es, ds";

const FIRST = {
  id: 1,
  n: [1, null, -3],
  s: ["a,b", 'q"q', "back\\slash", "{}", "", "NULL", null, " x ", "é"],
  j: [{ a: [1, "x"] }, 2.5, "t", null],
  c: {
    street: 'Elm "3", (west)\\',
    at: { y: 1.5 },
    tags: ["a", 'b"'],
    more: { k: [1] },
  },
  cs: [{ x: 1, y: 2 }, null, {}],
  p: [1, 2],
  es: ["ok", "it's fine"],
  ds: ["a", ""],
};
const LATER = { id: 1, n: [9], c: null, es: [] };
/** The first record is there once more, with other values. */
const LAST_OF_FIRST = { ...FIRST, ...LATER };
const RECORDS = [
  FIRST,
  {
    id: 2,
    n: [],
    s: [
      ["a", "b"],
      ["c", null],
    ],
    c: {},
    cs: [],
    p: null,
  },
  {
    id: 3,
    n: [
      [1, 2],
      [3, 4],
    ],
    s: [],
    c: { tags: [], street: "" },
    cs: null,
  },
  LATER,
];
const NDJSON = `${RECORDS.map((each) => JSON.stringify(each)).join("\n")}\n`;

/** What the server makes of the members of a JSON object, as texts. */
function oracle(record: object): string {
  const text = JSON.stringify(record).replaceAll("'", "''");
  return `select ${MADE} from jsonb_populate_record(null::t, '${text}')`;
}

const COLUMNS = MADE.split(", ")
  .map((name) => `${name}::text`)
  .join(", ");
const MADE_OF = (sql: string): string => `select ${COLUMNS} from (${sql}) q`;

describe.each(waysOf(postgres, [1, 1000]).map((way) => ({ way, title: wayTitle(way) })))(
  "$title",
  ({ way }) => {
    const how = ["--key", "id", "--strategy", way.strategy, "--row-source", way.rowSource];
    const flags = [...how, "--batch-rows", String(way.batchRows)];

    test("arrays and objects are what the server would make of them", async () => {
      const shell = new ValuesShell(database);
      await shell.start(...TYPES, TABLE);

      const { exit, stderr } = await shell.load(NDJSON, flags, "in.ndjson");
      const again = await shell.run(["in.ndjson", ...flags, "--dry-run"]);

      expect(exit, stderr).toBe(0);
      expect(again.report.counts).toMatchObject({ inserted: 0, rejected: 0 });
      for (const record of [...RECORDS.slice(1, 3), LAST_OF_FIRST]) {
        const found = await shell.rows(MADE_OF(`select ${MADE} from t where id = ${record.id}`));
        expect(found).toEqual(await shell.rows(MADE_OF(oracle(record))));
      }
    });

    test("hstore, ranges, intervals, enums and JSON take what they hold", async () => {
      const shell = new ValuesShell(database);
      await shell.start(...TYPES, TABLE);
      const record = {
        id: 1,
        h: { a: "x", 'k"=>': 'v\\"', n: 1.5, t: true, z: null, e: "" },
        r: "[1,5)",
        m: "{[1,2),[4,9)}",
        i: "1 day 2 hours",
        e: "it's fine",
        d: "four",
        x: [1, { a: [] }],
      };

      const { exit, stderr } = await shell.load(JSON.stringify(record), flags, "in.ndjson");

      expect(exit, stderr).toBe(0);
      expect(
        await shell.rows("select hstore_to_json(h)::jsonb, r, m, i::text, e, d, x::text from t"),
      ).toEqual([
        `{"a": "x", "e": "", "n": "1.5", "t": "true", "z": null, "k\\"=>": "v\\\\\\""}|[1,5)|{[1,2),[4,9)}|1 day 02:00:00|it's fine|four|[1,{"a":[]}]`,
      ]);
    });
  },
);

/** A record, and what its reject says. */
const REFUSED: readonly (readonly [object, string])[] = [
  [{ n: { a: 1 } }, "the JSON value for n is an object, and no array"],
  [{ n: [[1, 2], [3]] }, "has arrays of 2 and of 1 elements within"],
  [{ n: [1, [2]] }, "has arrays beside values"],
  [{ n: ["x"] }, 'invalid input syntax for type integer: "x"'],
  [{ c: { city: "x" } }, 'has the member "city"; those of place are street, at, tags, more'],
  [{ c: { at: [1, 2] } }, "is an array; spot takes an object with the members x, y"],
  [{ c: [1] }, "is an array; place takes an object"],
  [{ cs: [{ z: 1 }] }, 'has the member "z"; those of spot are x, y'],
  [{ h: { a: { b: 1 } } }, 'has an object as its member "a"; hstore holds texts alone'],
  [{ h: ["a"] }, "is an array; hstore takes an object"],
  [{ r: { lower: 1 } }, 'is an object; a range is a string such as "[1,5)"'],
  [{ i: "soon" }, 'invalid input syntax for type interval: "soon"'],
  [{ e: "OK" }, 'invalid input value for enum mood: "OK"'],
  [{ e: ["ok"] }, "takes one of its labels"],
  [{ p: [1, 2, 3] }, 'violates check constraint "pair_check"'],
  [{ d: "longer" }, 'violates check constraint "short_length"'],
  [{ ds: ["longer"] }, 'violates check constraint "short_length"'],
];

test.each(REFUSED.map(([record, why]) => ({ record, why })))(
  "a reject tells what a type does not hold: $why",
  async ({ record, why }) => {
    const shell = new ValuesShell(database);
    await shell.start(...TYPES, TABLE);
    const text = `{"id":1}\n${JSON.stringify({ id: 2, ...record })}\n{"id":3}\n`;

    const { exit, report, stderr } = await shell.load(
      text,
      ["--key", "id", "--max-rejects", "1"],
      "in.ndjson",
    );

    expect([exit, report.counts.inserted], stderr).toEqual([3, 2]);
    expect(report.rejects).toEqual([
      expect.objectContaining({ code: why.includes("violates") ? "ROW_CHECK" : "ROW_TYPE" }),
    ]);
    expect(JSON.stringify(report.rejects)).toContain(JSON.stringify(why).slice(1, -1));
  },
);

test("the fix of a wrong label names those that there are", async () => {
  const shell = new ValuesShell(database);
  await shell.start(...TYPES, TABLE);

  const { report } = await shell.load("id,e\n1,OK\n", ["--key", "id"]);

  expect(report.error?.fix).toContain("letter for letter: sad, ok, it's fine");
});

test("an array is a key, and CSV has the database's own spelling", async () => {
  const shell = new ValuesShell(database);
  await shell.start("create table t (k text[] primary key, n int)");

  const first = await shell.load('{"k":["a","b,c"],"n":1}\n', ["--key", "k"], "in.ndjson");
  const second = await shell.load('k,n\n"{a,""b,c""}",2\n"{}",3\n', ["--key", "k"]);

  expect([first.exit, second.exit], second.stderr).toEqual([0, 0]);
  expect(await shell.rows("select k::text, n from t order by n")).toEqual(['{a,"b,c"}|2', "{}|3"]);
});

test("any texts in an array come back as they were", { timeout: 0 }, async () => {
  const shell = new ValuesShell(database);
  const text = fc.oneof(
    fc.string({ maxLength: 6 }),
    fc.constantFrom("", "NULL", "null", "{}", '"', "\\", "\\\\", ",", "(", " ", "\n"),
  );
  const texts = fc.array(
    fc.option(text.map((each) => each.replaceAll("\0", "0")).filter((each) => each.isWellFormed())),
    { maxLength: 5 },
  );
  await fc.assert(
    fc.asyncProperty(fc.array(texts, { minLength: 1, maxLength: 30 }), async (rows) => {
      await shell.start("create table t (id int primary key, s text[])");
      const lines = rows.map((s, id) => JSON.stringify({ id, s }));

      const { exit, stderr } = await shell.load(lines.join("\n"), ["--key", "id"], "in.ndjson");

      expect(exit, stderr).toBe(0);
      const found = await shell.rows("select array_to_json(s)::text from t order by id");
      expect(found.map((each) => JSON.parse(each) as unknown)).toEqual(rows);
    }),
    { numRuns: 15 },
  );
});

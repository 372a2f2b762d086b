/**
 * The law where a few keys repeat very often: every record is applied to what the one before has left of the row, and counted
 * by itself, though the row is written once. Values in between break checks, ranges, lengths and references.
 */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ENGINES, useDatabase, waysOf, wayTitle } from "../helpers/engines.ts";
import type { Engine, Way } from "../helpers/engines.ts";
import { runLoad } from "../helpers/load.ts";
import { applyReference } from "../helpers/reference.ts";
import type { ReferenceLoad, ReferenceRecord } from "../helpers/reference.ts";
import { useTempDir } from "../helpers/temp-dir.ts";
import { timesOf } from "../tiers/tiers.ts";

/** A table whose rows pass through many images, and what may be done to them. */
interface Table {
  readonly title: string;
  /** Where an engine is missing, the table cannot be made there. */
  readonly setup: Partial<Readonly<Record<Engine["name"], string>>>;
  readonly columns: ReferenceLoad["columns"];
  readonly defaults?: ReferenceLoad["defaults"];
  /** What the records bring, by column. */
  readonly values: Readonly<Record<string, readonly (string | null)[]>>;
  /** Those that do not fit their column: an update that finds no row refuses them as well, which the oracle does not. */
  readonly misfits: readonly string[];
  readonly sets: readonly Readonly<Record<string, string>>[];
  readonly wheres: readonly string[];
}

const COUNTER =
  "create table t (k int primary key, n int default 7, s varchar(6) not null default '-', check (n < 41)); insert into t values (1, 30, 'a');";

const TABLES: readonly Table[] = [
  {
    title: "a counter with a check, a text of a length",
    setup: {
      sqlite: COUNTER,
      postgres: COUNTER,
      sqlserver: `create table probe (k int, n int default 7, s varchar(6) not null default '-', check (n < 41)); ${COUNTER}`,
    },
    misfits: ["abcdefg"],
    columns: { k: "int", n: "int", s: "varchar(6)" },
    defaults: { n: "7", s: "'-'" },
    values: { n: ["1", "2", "-3", "9", "41", null], s: ["a", "b", "A", "abcdefg", null, "a  "] },
    sets: [
      {},
      { n: "target.n + excluded.n" },
      { n: "coalesce(target.n, 0) + coalesce(excluded.n, 1)", s: "target.s || excluded.s" },
      { s: "case when target.s = excluded.s then 'same' else excluded.s end" },
    ],
    wheres: [
      "excluded.n > target.n",
      "target.s <> excluded.s",
      "target.n % 2 = 0 or target.n is null",
    ],
  },
  {
    title: "numbers with a scale and a small range, a generated column in a check",
    setup: {
      postgres:
        "create table t (k int primary key, n numeric(5, 2), b smallint, g numeric generated always as (n * 2) stored, check (g < 1500)); insert into t (k, n, b) values (2, 10.5, 32760);",
    },
    misfits: [],
    columns: { k: "int", n: "numeric(5,2)", b: "smallint", g: "numeric" },
    values: {
      n: ["1", "1.0", "1.005", "0.333", "900", "99.999", null],
      b: ["1", "30000", "-5", null],
    },
    sets: [
      {},
      { n: "target.n / 3 + excluded.n" },
      { b: "target.b + excluded.b", n: "coalesce(excluded.n, target.g)" },
      { n: "target.b / excluded.n" },
    ],
    wheres: ["target.g is distinct from excluded.n", "excluded.n >= target.n"],
  },
  {
    title: "a reference, an index with an expression, a domain",
    setup: {
      postgres:
        "create table parent (id int primary key); insert into parent values (1), (2), (3); create domain small as text check (char_length(value) < 5); create table t (k int primary key, n int references parent, s small, m int); create index on t ((10 / m)); create index on t (s); insert into t values (0, 1, 'x', 1);",
    },
    misfits: ["abcde"],
    columns: { k: "int", n: "int", s: "text", m: "int" },
    values: {
      n: ["1", "2", "3", "4", null],
      s: ["a", "ab", "abcde", null],
      m: ["1", "2", "0", "-1", null],
    },
    sets: [{}, { m: "target.m + excluded.m" }, { n: "target.n + 1", s: "target.s || excluded.s" }],
    wheres: ["excluded.m <> target.m", "target.n < 3"],
  },
];

/** Three keys, one of them most of the time; columns are absent now and then. */
function recordsOf({ values }: Table): fc.Arbitrary<ReferenceRecord[]> {
  const fields = Object.entries(values).map(
    ([column, each]) => [column, fc.constantFrom(...each)] as const,
  );
  const key = fc.constantFrom("0", "0", "0", "00", "1", "2");
  const all = { k: key, ...Object.fromEntries(fields) };
  const full = fc.record(all);
  const partial = fc.record(all, { requiredKeys: ["k"] });
  const record = fc.oneof({ weight: 6, arbitrary: full }, { weight: 1, arbitrary: partial });
  return fc.array(record, { minLength: 6, maxLength: 40 }) as fc.Arbitrary<ReferenceRecord[]>;
}

/** Sound records only: the fold is not given up, and must be right by itself. */
function soundOf(table: Table): Table {
  const values = Object.entries(table.values).map(([column, each]) => [column, each.slice(0, 2)]);
  return { ...table, values: Object.fromEntries(values) as Table["values"] };
}

/** The records with values that fit in the place of those that do not. */
function fitting(
  records: readonly ReferenceRecord[],
  { values, misfits }: Table,
): ReferenceRecord[] {
  return records.map((record) => {
    const fields = Object.entries(record).map(([column, value]) => [
      column,
      value !== null && misfits.includes(value) ? (values[column]?.[0] ?? null) : value,
    ]);
    return Object.fromEntries(fields) as ReferenceRecord;
  });
}

function flagsOf({ mode, sets, where }: Omit<ReferenceLoad, "records">): string[] {
  const flags = ["--mode", mode, "--key", "k"];
  for (const [column, expression] of Object.entries(sets))
    flags.push("--set", `${column} = ${expression}`);
  return where === null ? flags : [...flags, "--update-where", where];
}

/** SQL Server joins texts by other means. */
function setsFor({ name }: Engine, { sets }: Table): Table["sets"] {
  if (name !== "sqlserver") return sets;
  return sets.filter((each) => !Object.values(each).some((sql) => sql.includes("||")));
}

describe.each(ENGINES)("$title", (engine: Engine) => {
  const database = useDatabase(engine);
  const temporary = useTempDir();
  const once = waysOf(engine, [3, 7, 1000]);
  const inParts = waysOf(engine, [5]).map((way) => ({ ...way, flags: ["--commit", "8"] }));
  const byTwo = waysOf(engine, [4]).map((way) => ({
    ...way,
    flags: ["--writers", "2", "--commit", "8"],
  }));
  const ways: readonly Way[] = [...once, ...inParts, ...(engine.name === "postgres" ? byTwo : [])];
  const image = async ({ columns }: Table): Promise<(string | null)[][]> =>
    await database.rows(
      `select ${Object.keys(columns)
        .map((name) => `cast(${name} as ${engine.name === "sqlserver" ? "varchar(40)" : "text"})`)
        .join(", ")} from t order by k`,
    );
  const start = async (table: Table): Promise<void> => {
    await database.reset();
    await database.exec(table.setup[engine.name] ?? "");
  };

  const made = TABLES.filter(({ setup }) => setup[engine.name] !== undefined);
  const kinds = made.flatMap((table) => [
    { title: table.title, table, sound: false },
    { title: `${table.title}, sound`, table, sound: true },
  ]);
  test.each(kinds)("repeats: $title", async ({ table, sound }) => {
    const cases = fc.tuple(
      recordsOf(sound ? soundOf(table) : table),
      fc.constantFrom("upsert" as const, "upsert" as const, "update" as const, "ignore" as const),
      fc.constantFrom(...setsFor(engine, table)),
      fc.constantFrom(null, null, ...table.wheres),
      fc.constantFrom(...ways),
    );
    await fc.assert(
      fc.asyncProperty(cases, async ([chosen, mode, sets, where, way]) => {
        const records = mode === "update" ? fitting(chosen, table) : chosen;
        const updates = mode !== "ignore";
        const written = Object.keys(table.values);
        const load: Omit<ReferenceLoad, "records"> = {
          engine: engine.name,
          table: "t",
          columns: table.columns,
          defaults: table.defaults ?? {},
          key: ["k"],
          mode,
          updateColumns: written,
          sets: updates ? sets : {},
          where: updates ? where : null,
        };
        await start(table);
        const expected = await applyReference(database, { ...load, records });
        const rows = await image(table);
        await start(table);
        const input = records.map((record) => `${JSON.stringify(record)}\n`).join("");
        const flags = flagsOf(load);
        const result = await runLoad(
          database,
          { folder: temporary.path, table: "t", extension: "ndjson", input, flags },
          way,
        );
        const shown = `${wayTitle(way)}\n${flags.join(" ")}\n${input}${result.output}`;
        expect(result.counts, shown).toEqual(expected.counts);
        expect(await image(table), shown).toEqual(rows);
        const rejected = expected.fates.flatMap((fate, at) =>
          fate === "rejected" ? [at + 1] : [],
        );
        expect(
          result.rejects.map(({ record }) => record).toSorted((a, b) => a - b),
          shown,
        ).toEqual(rejected);
      }),
      { numRuns: timesOf(engine.name === "sqlserver" ? "repeats, translated" : "repeats") },
    );
  });
});

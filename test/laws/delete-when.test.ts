/**
 * The law of `--delete-when`, by random loads: whatever the strategy, row source, batch size and commits, the table and the
 * counts are those of the records applied one at a time, each of which writes a row or deletes it.
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

/** A table to load into, with what makes it treacherous. */
interface Table {
  readonly title: string;
  readonly setup: Readonly<Record<Engine["name"], string>>;
  readonly columns: ReferenceLoad["columns"];
  readonly key: readonly string[];
}

const CHILD = "create table c (id int primary key, k int references t (k)";

const TABLES: readonly Table[] = [
  {
    title: "a plain key, columns that must have a value, a check",
    setup: same(
      "create table t (k int primary key, n int, s text not null, check (n < 90)); insert into t values (1, 1, 'a'), (2, null, 'b'), (4, 4, 'd');",
      "create table probe (k int, n int, s text not null, check (n < 90))",
    ),
    columns: { k: "int", n: "int", s: "text" },
    key: ["k"],
  },
  {
    title: "two unique keys",
    setup: same(
      "create table t (k int primary key, n int unique, s text); insert into t values (0, 3, 'a'), (4, 0, 'b');",
      "create table probe (k int, n int, s text)",
    ),
    columns: { k: "int", n: "int", s: "text" },
    key: ["k"],
  },
  {
    title: "a key in two columns, compared without case",
    setup: {
      sqlite:
        "create table t (k int, s text collate nocase, n int, primary key (k, s)) without rowid; insert into t values (1, 'A', 5);",
      postgres:
        "create extension citext; create table t (k int, s citext, n int, primary key (k, s)); insert into t values (1, 'A', 5);",
      sqlserver:
        "create table probe (k int, s nvarchar(100) not null, n int); create table t (k int, s nvarchar(100), n int, primary key (k, s)); insert into t values (1, 'A', 5);",
    },
    columns: { k: "int", s: "citext", n: "int" },
    key: ["k", "s"],
  },
  {
    title: "rows that refer to each other",
    setup: same(
      "create table t (k int primary key, n int references t (k), s text); insert into t values (2, null, 'x'), (3, 2, 'y');",
      "create table probe (k int, n int, s text)",
    ),
    columns: { k: "int", n: "int", s: "text" },
    key: ["k"],
  },
  {
    title: "rows that others refer to",
    setup: same(
      `create table t (k int primary key, n int, s text); insert into t values (1, 1, 'a'), (2, 2, 'b'), (3, 3, 'c'); ${CHILD}); insert into c values (1, 1), (2, 3);`,
      "create table probe (k int, n int, s text)",
    ),
    columns: { k: "int", n: "int", s: "text" },
    key: ["k"],
  },
  {
    title: "rows that take others along",
    setup: same(
      `create table t (k int primary key, n int, s text); insert into t values (1, 1, 'a'), (2, 2, 'b'); ${CHILD} on delete cascade); insert into c values (1, 1);`,
      "create table probe (k int, n int, s text)",
    ),
    columns: { k: "int", n: "int", s: "text" },
    key: ["k"],
  },
];

/** SQL that all engines read; `probe` is the table once more without its keys, for the oracle of SQL Server. */
function same(sql: string, probe: string): Table["setup"] {
  const tsql = `${probe}; ${sql}`.replaceAll(/\btext\b/g, "nvarchar(100)");
  return { sqlite: sql, postgres: sql, sqlserver: tsql };
}

const spelled = fc.oneof(
  { weight: 14, arbitrary: fc.integer({ min: 0, max: 5 }).map(String) },
  { weight: 1, arbitrary: fc.constantFrom("01", "+2", " 3") },
  { weight: 1, arbitrary: fc.constant(null) },
);
const value = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: 0, max: 5 }).map(String) },
  { weight: 1, arbitrary: fc.constantFrom("95", "01") },
  { weight: 2, arbitrary: fc.constant(null) },
);
const text = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom("a", "A", "b", "it's") },
  { weight: 1, arbitrary: fc.constant(null) },
);
const mark = fc.constantFrom("u", "d", "u", "d", "gone", "D", null);

function recordsOf(engine: Engine["name"]): fc.Arbitrary<ReferenceRecord[]> {
  const number =
    engine === "sqlite"
      ? value
      : fc.oneof({ weight: 20, arbitrary: value }, { weight: 1, arbitrary: fc.constant("bad") });
  const record = fc.record(
    { k: spelled, n: number, s: text, op: mark },
    { requiredKeys: ["k", "s"] },
  );
  const few = fc.array(record, { minLength: 1, maxLength: 14 });
  const many = fc.array(record, { minLength: 15, maxLength: 40 });
  return fc.oneof({ weight: 3, arbitrary: few }, { weight: 1, arbitrary: many });
}

const rule = fc.record({
  mode: fc.constantFrom("upsert", "upsert", "upsert", "ignore", "update"),
  set: fc.constantFrom(null, null, "coalesce(target.n, 0) + coalesce(excluded.n, 0)"),
  where: fc.constantFrom(null, null, "excluded.n > target.n", "target.n is null or target.n <> 2"),
});
type Rule = typeof rule extends fc.Arbitrary<infer T> ? T : never;

/** One random load. */
interface Case {
  readonly records: readonly ReferenceRecord[];
  readonly chosen: Rule;
  readonly way: Way;
  readonly extension: "csv" | "ndjson";
}

const DELETE_WHEN = { field: "op", values: ["d", "gone"] };

function referenceOf(
  engine: Engine,
  { columns, key }: Table,
  { mode, set, where }: Rule,
): Omit<ReferenceLoad, "records"> {
  const updates = mode === "upsert" || mode === "update";
  const tsql = Object.entries(columns).map(([name, type]) => [
    name,
    type.replace(/^(cite|te)xt$/, "nvarchar(100)"),
  ]);
  return {
    engine: engine.name,
    table: "t",
    columns: engine.name === "sqlserver" ? (Object.fromEntries(tsql) as Table["columns"]) : columns,
    defaults: {},
    key,
    mode,
    updateColumns: Object.keys(columns).filter((name) => !key.includes(name)),
    sets: updates && set !== null ? { n: set } : {},
    where: updates ? where : null,
    deleteWhen: DELETE_WHEN,
  };
}

function flagsOf({ key, mode, sets, where }: Omit<ReferenceLoad, "records">): string[] {
  const marks = DELETE_WHEN.values.flatMap((each) => ["--delete-when", `op=${each}`]);
  const flags = ["--mode", mode, "--key", key.join(","), ...marks];
  for (const [column, expression] of Object.entries(sets))
    flags.push("--set", `${column} = ${expression}`);
  if (where !== null) flags.push("--update-where", where);
  return flags;
}

const FIELDS = ["op", "k", "n", "s"];

function sourceOf(records: readonly ReferenceRecord[], extension: Case["extension"]): string {
  if (extension === "ndjson") return records.map((each) => `${JSON.stringify(each)}\n`).join("");
  const lines = records.map((each) => FIELDS.map((name) => each[name] ?? "").join(","));
  return `${[FIELDS.join(","), ...lines].join("\n")}\n`;
}

describe.each(ENGINES)("$title", (engine) => {
  const database = useDatabase(engine);
  const temporary = useTempDir();
  const once = waysOf(engine, [1, 3, 1000]);
  const inParts = waysOf(engine, [2, 1000]).map((way) => ({ ...way, flags: ["--commit", "3"] }));
  const rows = async (): Promise<(string | null)[][]> =>
    await database.rows("select k, n, s from t order by 1, 2, 3");

  const holds = async (table: Table, { chosen, way, extension, ...each }: Case): Promise<void> => {
    const records =
      extension === "ndjson"
        ? each.records
        : each.records.map((record) => ({ op: null, n: null, ...record }));
    const load = referenceOf(engine, table, chosen);
    await database.reset();
    await database.exec(table.setup[engine.name]);
    const expected = await applyReference(database, {
      ...load,
      records,
      isCsv: extension === "csv",
    });
    const expectedRows = await rows();
    await database.reset();
    await database.exec(table.setup[engine.name]);
    const [input, flags] = [sourceOf(records, extension), flagsOf(load)];
    const from = { folder: temporary.path, table: "t", extension, input, flags };
    const result = await runLoad(database, from, way);
    const shown = `${wayTitle(way)}\n${flags.join(" ")}\n${input}${result.output}`;
    expect(result.counts, shown).toEqual(expected.counts);
    expect(await rows(), shown).toEqual(expectedRows);
    const rejected = expected.fates.flatMap((fate, at) => (fate === "rejected" ? [at + 1] : []));
    expect(
      result.rejects.map((reject) => reject.record),
      shown,
    ).toEqual(rejected);
  };

  test.each(TABLES)("any way equals one at a time: $title", async (table) => {
    const property = fc.asyncProperty(
      fc.record({
        records: recordsOf(engine.name),
        chosen: rule,
        way: fc.constantFrom<Way>(...once, ...inParts),
        extension: fc.constantFrom("csv", "ndjson"),
      }),
      async (each) => await holds(table, each),
    );
    const times = engine.name === "sqlserver" ? "delete when, translated" : "delete when";
    await fc.assert(property, { numRuns: timesOf(times) });
  });
});

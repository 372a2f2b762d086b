/**
 * The law, by random loads: whatever the strategy, row source, batch size and commits, and whoever encodes the rows, the table and
 * the counts are those of applying the records one at a time in file order.
 */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { encodeAtOnce } from "../helpers/encode-at-once.ts";
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
  readonly defaults?: ReferenceLoad["defaults"];
  readonly key: readonly string[];
  /** Where `--strategy native` is refused. */
  readonly notNative?: readonly Engine["name"][];
}

const TABLES: readonly Table[] = [
  {
    title: "a plain key, a default, a check",
    setup: same(
      "create table t (k int primary key, n int default 7, s text not null default '-', check (n < 90)); insert into t (k, n) values (1, 1), (2, null);",
      "create table probe (k int, n int default 7, s text not null default '-', check (n < 90))",
    ),
    columns: { k: "int", n: "int", s: "text" },
    defaults: { n: "7", s: "'-'" },
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
        "create table t (k int, s text collate nocase, n int, primary key (k, s)); insert into t values (1, 'A', 5);",
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
      "create table t (k int primary key, n int references t (k), s text); insert into t values (2, null, 'x');",
      "create table probe (k int, n int, s text)",
    ),
    columns: { k: "int", n: "int", s: "text" },
    key: ["k"],
  },
  {
    title: "a generated column and numbers with a scale",
    setup: {
      ...same(
        "create table t (k int primary key, n numeric(12, 2), s text, g text generated always as (s || '!') stored); insert into t (k, n) values (3, 1.5);",
        "",
      ),
      sqlserver:
        "create table probe (k int, n numeric(12, 2), s nvarchar(100)); create table t (k int primary key, n numeric(12, 2), s nvarchar(100), g as (s + N'!')); insert into t (k, n) values (3, 1.5);",
    },
    columns: { k: "int", n: "numeric(12,2)", s: "text", g: "text" },
    key: ["k"],
  },
  {
    title: "a key of text with blanks, of a fixed length",
    setup: same(
      "create table t (k char(3) primary key, n int, s text); insert into t values ('3', 1, 'a');",
      "create table probe (k char(3), n int, s text)",
    ),
    columns: { k: "char(3)", n: "int", s: "text" },
    key: ["k"],
  },
  {
    title: "a key with a scale, beside a partial index",
    notNative: ["sqlserver"],
    setup: same(
      "create table t (k numeric(4, 1) primary key, n int, s text); create unique index t_n on t (n) where s = 'a'; insert into t values (2, 4, 'a');",
      "create table probe (k numeric(4, 1), n int, s text)",
    ),
    columns: { k: "numeric(4,1)", n: "int", s: "text" },
    key: ["k"],
  },
];

/** SQL that all engines read; `probe` is the table once more without its keys, for the oracle of SQL Server. */
function same(sql: string, probe: string): Table["setup"] {
  const tsql = `${probe}; ${sql}`.replaceAll(/\btext\b/g, "nvarchar(100)");
  return { sqlite: sql, postgres: sql, sqlserver: tsql };
}

const spelled = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: 0, max: 4 }).map(String) },
  { weight: 1, arbitrary: fc.constantFrom("01", "+2", " 3", "4 ") },
  { weight: 1, arbitrary: fc.constant(null) },
);
const value = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: 0, max: 5 }).map(String) },
  { weight: 1, arbitrary: fc.constantFrom("95", "01") },
  { weight: 2, arbitrary: fc.constant(null) },
);
const text = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom("a", "A", "b", "", "it's") },
  { weight: 1, arbitrary: fc.constant(null) },
);

/** Records of a few keys, some with columns left out, a few with values that do not fit. */
function recordsOf(
  engine: Engine["name"],
  key: readonly string[],
): fc.Arbitrary<ReferenceRecord[]> {
  const number =
    engine !== "sqlite"
      ? fc.oneof({ weight: 20, arbitrary: value }, { weight: 1, arbitrary: fc.constant("bad") })
      : value;
  // A key column may be NULL, but when no record has it there is nothing to plan.
  const requiredKeys: ("k" | "s")[] = key.includes("s") ? ["k", "s"] : ["k"];
  const record = fc.record({ k: spelled, n: number, s: text }, { requiredKeys });
  return fc.array(record, { minLength: 1, maxLength: 14 });
}

const rule = fc.record({
  mode: fc.constantFrom("upsert", "upsert", "upsert", "ignore", "insert", "update"),
  set: fc.constantFrom(null, null, "coalesce(target.n, 0) + coalesce(excluded.n, 0)"),
  where: fc.constantFrom(null, null, "excluded.n > target.n", "target.n is null or excluded.n = 1"),
});
type Rule = typeof rule extends fc.Arbitrary<infer T> ? T : never;

/** One random load. */
interface Case {
  readonly records: readonly ReferenceRecord[];
  readonly chosen: Rule;
  readonly way: Way;
  /** The rows of the table go first. */
  readonly empties: boolean;
}

/** Also where every record is rejected. */
const EMPTYING = ["--truncate", "--max-delete", "100%"];

function referenceOf(
  engine: Engine,
  table: Table,
  { mode, set, where }: Rule,
): Omit<ReferenceLoad, "records"> {
  const updates = mode === "upsert" || mode === "update";
  return {
    engine: engine.name,
    table: "t",
    columns: engine.name === "sqlserver" ? tsqlTypes(table.columns) : table.columns,
    defaults: table.defaults ?? {},
    key: table.key,
    mode,
    updateColumns: Object.keys(table.columns).filter((name) => !table.key.includes(name)),
    sets: updates && set !== null ? { n: set } : {},
    where: updates ? where : null,
  };
}

function tsqlTypes(columns: Table["columns"]): Table["columns"] {
  const types = Object.entries(columns).map(([name, type]) => [
    name,
    /^(cite|te)xt$/.test(type) ? "nvarchar(100)" : type,
  ]);
  return Object.fromEntries(types) as Table["columns"];
}

function flagsOf({ key, mode, sets, where }: Omit<ReferenceLoad, "records">): string[] {
  const flags = ["--mode", mode];
  if (mode !== "insert") flags.push("--key", key.join(","));
  for (const [column, expression] of Object.entries(sets))
    flags.push("--set", `${column} = ${expression}`);
  if (where !== null) flags.push("--update-where", where);
  return flags;
}

function ndjson(records: readonly ReferenceRecord[]): string {
  return records.map((record) => `${JSON.stringify(record)}\n`).join("");
}

// Every other chunk comes as if a thread had read it.
encodeAtOnce(({ records }) => records % 2 === 1);

describe.each(ENGINES)("$title", (engine) => {
  const database = useDatabase(engine);
  const temporary = useTempDir();
  const once = waysOf(engine, [1, 2, 3, 5, 1000]);
  const inParts = waysOf(engine, [2, 1000]).map((way) => ({ ...way, flags: ["--commit", "3"] }));
  const ways: readonly Way[] = [...once, ...inParts];
  const image = async (table: Table): Promise<(string | null)[][]> =>
    await database.rows(`select ${Object.keys(table.columns).join(", ")} from t order by 1, 2, 3`);
  const start = async (table: Table): Promise<void> => {
    await database.reset();
    await database.exec(table.setup[engine.name]);
  };

  const holds = async (table: Table, { records, chosen, way, empties }: Case): Promise<void> => {
    const load = referenceOf(engine, table, chosen);
    const flags = [...flagsOf(load), ...(empties ? EMPTYING : [])];
    await start(table);
    const removed = empties ? (await image(table)).length : 0;
    if (empties) await database.exec("delete from t");
    const expected = await applyReference(database, { ...load, records });
    const expectedRows = await image(table);
    await start(table);
    const input = ndjson(records);
    const from = { folder: temporary.path, table: "t", extension: "ndjson", input, flags } as const;
    const result = await runLoad(database, from, way);
    const shown = `${wayTitle(way)}\n${flags.join(" ")}\n${input}${result.output}`;
    expect(result.counts, shown).toEqual({ ...expected.counts, ...(removed > 0 && { removed }) });
    expect(await image(table), shown).toEqual(expectedRows);
    const rejected = expected.fates.flatMap((fate, at) => (fate === "rejected" ? [at + 1] : []));
    expect(
      result.rejects.map((reject) => reject.record),
      shown,
    ).toEqual(rejected);
  };
  const numRuns = timesOf(
    engine.name === "sqlserver" ? "any batching, translated" : "any batching",
  );
  const casesOf = (table: Table, empties: boolean): fc.Arbitrary<Case> => {
    const isNative = table.notNative?.includes(engine.name) !== true;
    const able = ways.filter(({ strategy }) => isNative || strategy !== "native");
    return fc.record({
      records: recordsOf(engine.name, table.key),
      chosen: empties ? rule.filter(({ mode }) => mode !== "update") : rule,
      way: fc.constantFrom(...able),
      empties: fc.constant(empties),
    });
  };

  test.each(TABLES)("any way equals one at a time: $title", async (table) => {
    const property = fc.asyncProperty(casesOf(table, false), (each) => holds(table, each));
    await fc.assert(property, { numRuns });
  });

  test.each(TABLES)("--truncate equals an empty table and one at a time: $title", async (table) => {
    const property = fc.asyncProperty(casesOf(table, true), (each) => holds(table, each));
    await fc.assert(property, { numRuns: timesOf("any batching, emptied") });
  });

  test("a second load of the same file changes nothing", async () => {
    const [table] = TABLES;
    if (table === undefined) return;
    const distinct = fc.uniqueArray(
      fc.record({ k: fc.integer({ min: 0, max: 30 }).map(String), n: value, s: text }),
      { selector: (record) => record.k, minLength: 1, maxLength: 12 },
    );
    await fc.assert(
      fc.asyncProperty(distinct, fc.constantFrom(...ways), async (records, way) => {
        await start(table);
        const load = {
          folder: temporary.path,
          table: "t",
          extension: "ndjson",
          input: ndjson(records),
        } as const;
        const first = await runLoad(database, { ...load, flags: ["--key", "k"] }, way);
        const rejected = first.counts["rejected"] ?? 0;
        // A job that is finished would not be done again.
        const isJob = way.flags?.includes("--commit") === true;
        const again = ["--key", "k", ...(isJob ? ["--reset-job"] : [])];
        const second = await runLoad(database, { ...load, flags: again }, way);
        const { unchanged = 0, ignored = 0, rejected: rejectedAgain = 0 } = second.counts;
        expect(rejectedAgain, second.output).toBe(rejected);
        expect(unchanged + ignored, second.output).toBe(records.length - rejected);
      }),
      { numRuns: timesOf("a second load") },
    );
  });
});

/**
 * The law of `--delete-missing`, by random loads: whatever the strategy, row source and batch size, the table is that of the
 * records applied one at a time, less the rows whose key no record has. The oracle compares keys by conditions of its own.
 */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { tableEngines, useDatabase, waysOf, wayTitle } from "../helpers/engines.ts";
import type { Engine, Way } from "../helpers/engines.ts";
import { runLoad } from "../helpers/load.ts";
import type { LoadResult } from "../helpers/load.ts";
import { useTempDir } from "../helpers/temp-dir.ts";
import { timesOf } from "../tiers/tiers.ts";

/** A table, the flags that name its key, and when a row `t` has a record `o`, in the oracle's words. */
interface Table {
  readonly title: string;
  readonly setup: string;
  readonly key: readonly string[];
  readonly same: string;
  /** Which rows may go: what the key leaves to be said. */
  readonly keyed: string;
  /** Where there is no such table, or no such way. */
  readonly not?: readonly Engine["name"][];
  readonly strategy?: string;
}

const TABLES: readonly Table[] = [
  {
    title: "a key of whole numbers",
    setup: "create table t (k integer not null primary key, s varchar(9), n int)",
    key: ["--key", "k"],
    same: "o.k = t.k",
    keyed: "1 = 1",
  },
  {
    title: "a key in two columns",
    setup: "create table t (k int not null, s varchar(9) not null, n int, primary key (k, s))",
    key: ["--key", "s,k"],
    same: "o.k = t.k and o.s = t.s",
    keyed: "1 = 1",
  },
  {
    title: "a key without case",
    setup: "create table t (k int, s CASELESS not null primary key, n int)",
    key: ["--key", "s"],
    same: "lower(o.s) = lower(t.s)",
    keyed: "1 = 1",
  },
  {
    title: "a key that is an expression",
    setup:
      "create table t (k int, s varchar(9), n int); create unique index t_s on t (lower(s), k)",
    key: ["--constraint", "t_s"],
    same: "lower(o.s) = lower(t.s) and o.k = t.k",
    keyed: "t.s is not null and t.k is not null",
    not: ["sqlserver"],
  },
  {
    title: "a key within a predicate",
    setup:
      "create table t (k int, s varchar(9), n int); create unique index t_k on t (k) where n > 2",
    key: ["--key", "k", "--key-where", "n > 2"],
    same: "o.k = t.k and o.n > 2",
    keyed: "t.n > 2 and t.k is not null",
    not: ["sqlserver"],
  },
  {
    title: "NULLs that are equal",
    setup: "create table t (k int, s varchar(9), n int)",
    key: ["--key", "k,s", "--null-key", "match"],
    same: "(o.k = t.k or (o.k is null and t.k is null)) and (o.s = t.s or (o.s is null and t.s is null))",
    keyed: "1 = 1",
    strategy: "select-then-write",
  },
  {
    title: "NULLs that are inserted",
    setup: "create table t (k int, s varchar(9), n int); create unique index t_k on t (k, s)",
    key: ["--key", "k,s", "--null-key", "insert"],
    same: "o.k = t.k and o.s = t.s",
    keyed: "t.k is not null and t.s is not null",
    // Its unique index takes one row with NULL only.
    not: ["sqlserver"],
  },
];

const CASELESS = { sqlite: "text collate nocase", postgres: "citext", sqlserver: "nvarchar(9)" };
const number = fc.option(fc.integer({ min: 0, max: 5 }), { freq: 12 });
const text = fc.option(fc.constantFrom("a", "A", "b", "B"), { freq: 12 });
const row = fc.record({ k: number, s: text, n: number });
type Row = typeof row extends fc.Arbitrary<infer T> ? T : never;

function literal({ k, s, n }: Row): string {
  const string = s === null ? "null" : `'${s}'`;
  return `(${k ?? "null"}, ${string}, ${n ?? "null"})`;
}

function csv(rows: readonly Row[]): string {
  return `k,s,n\n${rows.map(({ k, s, n }) => `${k ?? ""},${s ?? ""},${n ?? ""}\n`).join("")}`;
}

/** Says whether a record has no value at all: it is counted as blank and not written, so that it has no key. */
function isBlank({ k, s, n }: Row): boolean {
  return k === null && s === null && n === null;
}

/** Many numbers in order make spans; a few out of order do not. */
const runs = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 1, max: 30 })), {
    minLength: 1,
    maxLength: 5,
  })
  .map((list) =>
    list.flatMap(([from, length]) =>
      Array.from({ length }, (_, at): Row => ({ k: from + at, s: "a", n: 1 })),
    ),
  );

/** A random load. */
interface Case {
  readonly there: readonly Row[];
  readonly records: readonly Row[];
  readonly scope: string | null;
  readonly way: Way;
}

function casesOf(
  { strategy }: Table,
  records: fc.Arbitrary<Row[]>,
  ways: readonly Way[],
): fc.Arbitrary<Case> {
  return fc.record({
    // A key without a unique index must be unique all the same.
    there: fc.uniqueArray(row, {
      maxLength: 12,
      selector: ({ k, s }) => `${k} ${s?.toLowerCase()}`,
    }),
    records,
    scope: fc.constantFrom(null, null, "n < 4", "s = 'a' or n is null"),
    way: fc.constantFrom(
      ...ways.filter((way) => strategy === undefined || way.strategy === strategy),
    ),
  });
}

describe.each(tableEngines())("$title", (engine) => {
  const database = useDatabase(engine);
  const temporary = useTempDir();
  const ways = waysOf(engine, [1, 3, 1000]);
  const image = (): Promise<(string | null)[][]> =>
    database.rows("select k, s, n from t order by k, s, n");

  const start = async ({ setup }: Table, there: readonly Row[]): Promise<void> => {
    await database.reset();
    if (engine.name === "postgres") await database.exec("create extension citext");
    for (const sql of setup.split("; "))
      await database.exec(sql.replace("CASELESS", CASELESS[engine.name]));
    // Rows that the table does not take are none of it.
    for (const each of there)
      await database.exec(`insert into t values ${literal(each)}`).catch(() => {});
  };
  const load = async (
    table: Table,
    records: readonly Row[],
    more: readonly string[],
    way: Way,
  ): Promise<LoadResult> => {
    const flags = [...table.key, ...more];
    const from = {
      folder: temporary.path,
      table: "t",
      extension: "csv",
      input: csv(records),
      flags,
    } as const;
    return await runLoad(database, from, way);
  };

  /** The rows whose key no record has, taken away one at a time. */
  const takeAway = async (
    table: Table,
    records: readonly Row[],
    scope: string,
  ): Promise<number> => {
    await database.exec("create table o (k int, s varchar(9), n int)");
    for (const each of records)
      if (!isBlank(each)) await database.exec(`insert into o values ${literal(each)}`);
    const where = `${table.keyed} and (${scope}) and not exists (select 1 from o where ${table.same})`;
    const gone = await database.rows(`select k from t where ${where}`);
    await database.exec(`delete from t where ${where}`);
    await database.exec("drop table o");
    return gone.length;
  };

  const holds = async (table: Table, { there, records, scope, way }: Case): Promise<void> => {
    const one = { ...way, batchRows: 1 };
    await start(table, there);
    const before = await load(table, records, [], one);
    const isWithheld = (before.counts["rejected"] ?? 0) > 0;
    const removed = isWithheld ? 0 : await takeAway(table, records, scope ?? "1 = 1");
    const expected = await image();
    await start(table, there);
    const flags = ["--delete-missing", "--max-delete", "100%"];
    if (scope !== null) flags.push("--delete-where", scope);
    const result = await load(table, records, flags, way);
    const shown = `${wayTitle(way)}\n${JSON.stringify(there)}\n${csv(records)}${scope}\n${result.output}`;
    expect(result.counts, shown).toEqual({ ...before.counts, ...(removed > 0 && { removed }) });
    expect(await image(), shown).toEqual(expected);
    expect(result.exit, shown).toBe(isWithheld ? 3 : 0);
  };

  const numRuns = timesOf(
    engine.name === "sqlserver" ? "delete missing, translated" : "delete missing",
  );

  test.each(TABLES.filter(({ not = [] }) => !not.includes(engine.name)))(
    "$title",
    async (table) => {
      const records = fc.array(row, { minLength: 1, maxLength: 10 });
      const property = fc.asyncProperty(casesOf(table, records, ways), (each) =>
        holds(table, each),
      );
      await fc.assert(property, { numRuns });
    },
  );

  test("numbers that follow one another, and some that do not", async () => {
    const [table] = TABLES;
    if (table === undefined) return;
    const rows = fc.array(fc.integer({ min: 0, max: 95 }), { maxLength: 40 });
    const cases = fc.record({ ids: rows, records: runs, way: fc.constantFrom(...ways) });
    const property = fc.asyncProperty(cases, async ({ ids, records, way }) => {
      const there = ids.map((k): Row => ({ k, s: null, n: null }));
      await holds(table, { there, records, scope: null, way });
    });
    await fc.assert(property, { numRuns });
  });
});

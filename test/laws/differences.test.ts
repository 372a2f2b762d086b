/**
 * The law of `--diff`, by random loads: what is told, done by hand to the table as it was, gives the table that the load makes;
 * and the dry run itself changes nothing. The table and its differences are read by queries of the test's own.
 */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { RowDifference } from "../../src/model/differences.ts";
import type { Report } from "../../src/report/report.ts";
import { tableEngines, useDatabase, waysOf, wayTitle } from "../helpers/engines.ts";
import type { Way } from "../helpers/engines.ts";
import { runLoad } from "../helpers/load.ts";
import type { LoadResult } from "../helpers/load.ts";
import { useTempDir } from "../helpers/temp-dir.ts";
import { timesOf } from "../tiers/tiers.ts";

interface Table {
  readonly title: string;
  readonly setup: string;
  readonly key: readonly string[];
  readonly columns: readonly string[];
  readonly flags: readonly string[];
  readonly strategy?: string;
}

const TABLES: readonly Table[] = [
  {
    title: "a key of whole numbers",
    setup: "create table t (k integer not null primary key, s varchar(9), n int)",
    key: ["k"],
    columns: ["k", "s", "n"],
    flags: ["--key", "k"],
  },
  {
    title: "a key without case, which is stored as it comes",
    setup: "create table t (s CASELESS not null primary key, k int, n int)",
    key: ["s"],
    columns: ["s", "k", "n"],
    flags: ["--key", "s", "--update-columns", "s,k,n"],
  },
  {
    title: "a key in two columns, and the load has another",
    setup: "create table t (k int not null, s varchar(9) not null, n int, primary key (k, s))",
    key: ["k", "s"],
    columns: ["k", "s", "n"],
    flags: ["--key", "s"],
    strategy: "select-then-write",
  },
];

const CASELESS = { sqlite: "text collate nocase", postgres: "citext", sqlserver: "nvarchar(9)" };
const MORE: readonly (readonly string[])[] = [
  [],
  ["--delete-missing", "--max-delete", "100%"],
  ["--mode", "update"],
  ["--mode", "ignore"],
  ["--truncate"],
  ["--set", "n = target.n + 1"],
];

const number = fc.option(fc.integer({ min: 0, max: 6 }), { freq: 9 });
const text = fc.option(fc.constantFrom("a", "A", "b", "B b", "", "NULL"), { freq: 9 });
const row = fc.record({ k: number, s: text, n: number });
type Row = typeof row extends fc.Arbitrary<infer T> ? T : never;
type Image = Readonly<Record<string, string | null>>;

function literal({ k, s, n }: Row): string {
  return `${k ?? "null"}, ${s === null ? "null" : `'${s}'`}, ${n ?? "null"}`;
}

function csv(rows: readonly Row[]): string {
  const texts = rows.map(({ k, s, n }) => `${k ?? ""},${s === null ? "" : `"${s}"`},${n ?? ""}\n`);
  return `k,s,n\n${texts.join("")}`;
}

/** The rows with the differences done to them. */
function done(rows: readonly Image[], differences: readonly RowDifference[]): Image[] {
  const isAt = (image: Image, { key }: RowDifference): boolean =>
    Object.entries(key).every(([name, value]) => image[name] === value);
  const left = rows.flatMap((image) => {
    const found = differences.filter((each) => each.kind !== "inserted" && isAt(image, each));
    expect(found.length).toBeLessThan(2);
    const [difference] = found;
    if (difference === undefined || difference.kind === "extra") return [image];
    for (const [name, { old }] of Object.entries(difference.columns))
      expect([name, image[name]]).toEqual([name, old]);
    if (difference.kind === "removed") return [];
    const changed = Object.entries(difference.columns).map(([name, each]) => [name, each.new]);
    return [{ ...image, ...Object.fromEntries(changed) } as Image];
  });
  const added = differences
    .filter(({ kind }) => kind === "inserted")
    .map(({ key, columns }) => {
      const values = Object.entries(columns).map(([name, each]) => [name, each.new ?? null]);
      return { ...key, ...Object.fromEntries(values) } as Image;
    });
  return [...left, ...added];
}

function inOrder(images: readonly Image[]): string[] {
  return images
    .map((image) => JSON.stringify(Object.entries(image).toSorted(([a], [b]) => (a < b ? -1 : 1))))
    .toSorted();
}

/** A random load. */
interface Case {
  readonly there: readonly Row[];
  readonly records: readonly Row[];
  readonly more: readonly string[];
  readonly way: Way;
}

function casesOf(ways: readonly Way[]): fc.Arbitrary<Case> {
  return fc.record({
    there: fc.array(row, { maxLength: 8 }),
    records: fc.array(row, { minLength: 1, maxLength: 10 }),
    more: fc.constantFrom(...MORE),
    way: fc.constantFrom(...ways),
  });
}

describe.each(tableEngines())("$title", (engine) => {
  const database = useDatabase(engine);
  const temporary = useTempDir();
  const start = async ({ setup }: Table, there: readonly Row[]): Promise<void> => {
    await database.reset();
    if (engine.name === "postgres") await database.exec("create extension citext");
    await database.exec(setup.replace("CASELESS", CASELESS[engine.name]));
    // Rows that the table does not take are none of it.
    for (const each of there)
      await database.exec(`insert into t (k, s, n) values (${literal(each)})`).catch(() => {});
  };
  const image = async ({ columns }: Table): Promise<Image[]> =>
    (await database.rows(`select ${columns.join(", ")} from t`)).map((values) =>
      Object.fromEntries(columns.map((name, at) => [name, values[at] ?? null])),
    );

  const holds = async (table: Table, { there, records, more, way }: Case): Promise<void> => {
    await start(table, there);
    const before = await image(table);
    const load = async (flags: readonly string[]): Promise<LoadResult> => {
      const all = [...table.flags, ...more, ...flags];
      const from = { folder: temporary.path, table: "t", input: csv(records) };
      return await runLoad(database, { ...from, extension: "csv", flags: all }, way);
    };
    const tried = await load(["--dry-run", "--diff", "all"]);
    expect(inOrder(await image(table)), "a dry run changes nothing").toEqual(inOrder(before));
    const { output } = await load([]);
    const after = await image(table);
    const shown = `${wayTitle(way)} ${more.join(" ")}\n${JSON.stringify(there)}\n${csv(records)}\n${tried.output}\n${output}`;
    if (tried.error !== null) return;
    const report = JSON.parse(tried.output.split("\n")[0] ?? "") as Report;
    expect(inOrder(done(before, report.differences ?? [])), shown).toEqual(inOrder(after));
    const { inserted, updated, removed } = report.differencesTotal ?? {};
    expect((inserted ?? 0) + (updated ?? 0) + (removed ?? 0) === 0, shown).toBe(
      JSON.stringify(inOrder(before)) === JSON.stringify(inOrder(after)),
    );
  };

  const ways = waysOf(engine, [1, 3, 1000]);
  const runs = engine.name === "sqlserver" ? "delete missing, translated" : "delete missing";
  test.each(TABLES)("what is told is what comes: $title", async (table) => {
    const { strategy } = table;
    const own = ways.filter((way) => strategy === undefined || way.strategy === strategy);
    const property = fc.asyncProperty(casesOf(own), async (each) => await holds(table, each));
    await fc.assert(property, { numRuns: timesOf(runs) });
  });
});

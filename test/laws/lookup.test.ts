/**
 * The law of `--lookup`, by random loads: whatever the strategy, row source and batch size, the tables and counts are those
 * of records looked up and written one at a time. The oracle is a model of its own, which asks no database.
 */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { tableEngines, useDatabase, waysOf, wayTitle } from "../helpers/engines.ts";
import type { Way } from "../helpers/engines.ts";
import { LookupModel } from "../helpers/lookup-model.ts";
import type { BookRecord, Missing } from "../helpers/lookup-model.ts";
import { runLoad } from "../helpers/load.ts";
import { useTempDir } from "../helpers/temp-dir.ts";
import { timesOf } from "../tiers/tiers.ts";

const TABLES = {
  sqlite: [
    "create table authors (id integer primary key, email text collate nocase not null unique)",
    "create table shops (id integer primary key, town varchar(9) not null, no int not null, unique (town, no))",
  ],
  postgres: [
    "create extension citext",
    "create table authors (id bigint generated always as identity primary key, email citext not null unique)",
    "create table shops (id bigint generated always as identity primary key, town varchar(9) not null, no int not null, unique (town, no))",
  ],
  sqlserver: [
    "create table authors (id bigint identity primary key, email nvarchar(9) not null unique)",
    "create table shops (id bigint identity primary key, town nvarchar(9) not null, no int not null, unique (town, no))",
  ],
} as const;

const BOOKS =
  "create table books (k int not null primary key, n int, author_id bigint references authors (id), shop_id bigint references shops (id), check (n < 4))";

const FLAGS = [
  "--key",
  "k",
  "--lookup",
  "author_id = authors(email)",
  "--lookup",
  "shop_id = shops(town, no)",
];

const number = fc.option(fc.integer({ min: 0, max: 4 }), { freq: 9 });
const email = fc.constantFrom("a", "A", "b", "c", "C", "d", "", null, undefined);
const record: fc.Arbitrary<BookRecord> = fc.record({
  k: number,
  n: number,
  email,
  town: fc.constantFrom("x", "x", "y", "z", null, undefined),
  no: fc.constantFrom(1, 1, 2, 3, null, undefined),
});

/** A random load. */
interface Case {
  readonly records: readonly BookRecord[];
  readonly missing: Missing;
  readonly format: "csv" | "ndjson";
  readonly way: Way;
}

function casesOf(ways: readonly Way[]): fc.Arbitrary<Case> {
  return fc.record({
    records: fc.array(record, { minLength: 1, maxLength: 14 }),
    missing: fc.constantFrom<Missing>("insert", "insert", "reject", "null"),
    format: fc.constantFrom<"csv" | "ndjson">("csv", "ndjson"),
    way: fc.constantFrom(...ways),
  });
}

function lineOf({ k, n, email: mail, town, no }: BookRecord): string {
  return [k ?? "", n ?? "", mail ?? "", town ?? "", no ?? ""].join(",");
}

function sourceOf({ records, format }: Case): string {
  if (format === "ndjson") return records.map((each) => `${JSON.stringify(each)}\n`).join("");
  return `k,n,email,town,no\n${records.map((each) => `${lineOf(each)}\n`).join("")}`;
}

describe.each(tableEngines())("$title", (engine) => {
  const database = useDatabase(engine);
  const temporary = useTempDir();
  const ways = waysOf(engine, [1, 3, 1000]);

  const holds = async (each: Case): Promise<void> => {
    await database.reset();
    for (const sql of [...TABLES[engine.name], BOOKS]) await database.exec(sql);
    const model = new LookupModel(each.missing, each.format === "csv");
    for (const sql of model.setup) await database.exec(sql);
    const expected = model.apply(each.records);
    const input = sourceOf(each);
    const result = await runLoad(
      database,
      {
        folder: temporary.path,
        table: "books",
        extension: each.format,
        input,
        flags: [...FLAGS, "--lookup-missing", each.missing],
      },
      each.way,
    );
    const rejects = result.rejects
      .map(({ record: at, code }) => [at, code] as const)
      .toSorted(([a], [b]) => a - b);
    const shown = `${wayTitle(each.way)} ${each.missing}\n${input}\n${result.output}`;
    expect(result.counts, shown).toEqual(expected.counts);
    expect(rejects, shown).toEqual(expected.rejects);
    const books = `select b.k, b.n, a.email, s.town, s.no from books b left join authors a on a.id = b.author_id
      left join shops s on s.id = b.shop_id order by b.k`;
    expect(await database.rows(books), shown).toEqual(expected.books);
    expect(await database.rows("select email from authors order by id"), shown).toEqual(
      expected.authors,
    );
    expect(await database.rows("select town, no from shops order by id"), shown).toEqual(
      expected.shops,
    );
  };

  test("look-ups in batches are look-ups one at a time", async () => {
    await fc.assert(fc.asyncProperty(casesOf(ways), holds), {
      numRuns: timesOf(engine.name === "sqlserver" ? "look-ups, translated" : "look-ups"),
    });
  });
});

/**
 * Rows that go from bytes to SQLite, several in a statement, and encoded as soon as they are read, leave the same table, counts
 * and rejects as rows that are read on the slow path and applied one at a time. What is stored is compared with its type.
 */
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { RowGroup } from "../../src/targets/sqlite/apply/row-group.ts";
import { encodeAtOnce } from "../helpers/encode-at-once.ts";
import { ENGINES, useDatabase } from "../helpers/engines.ts";
import type { Engine } from "../helpers/engines.ts";
import { runLoad } from "../helpers/load.ts";
import { useTempDir } from "../helpers/temp-dir.ts";
import { timesOf } from "../tiers/tiers.ts";

/** A table that has a column for each way in which SQLite takes values, and what makes it treacherous. */
interface Table {
  readonly title: string;
  readonly setup: string;
  readonly key: string;
  /** What else is looked at. */
  readonly also?: string;
  /** What stands in the column i, where most of it must be accepted. */
  readonly i?: fc.Arbitrary<string | null>;
}

const COLUMNS = ["k", "i", "n", "r", "s", "b", "a"] as const;

/** `more`: further columns and constraints. */
function table(key: string, more = "", behind = ""): string {
  return `create table t (k ${key}, i integer, n numeric, r real, s text, b blob, a${more})${behind};`;
}

const TABLES: readonly Table[] = [
  { title: "a rowid", setup: table("integer primary key"), key: "k" },
  { title: "an int key", setup: table("int primary key"), key: "k" },
  { title: "a text key without case", setup: table("text primary key collate nocase"), key: "k" },
  { title: "a real key", setup: table("real primary key"), key: "k" },
  { title: "a key of any type", setup: table("primary key"), key: "k" },
  {
    title: "a numeric key, no rowid",
    setup: table("numeric primary key", "", " without rowid"),
    key: "k",
  },
  {
    title: "strict",
    setup:
      "create table t (k integer primary key, i int, n any, r real, s text, b any, a any) strict;",
    key: "k",
  },
  {
    title: "strict without rowid",
    setup:
      "create table t (k int primary key, i int, n real, r real, s text, b any, a any) strict, without rowid;",
    key: "k",
  },
  {
    title: "columns that are required",
    setup: table("integer primary key", ", unique (i, s), check (typeof(n) <> 'real')").replace(
      "s text",
      "s text not null",
    ),
    key: "k",
  },
  {
    title: "expressions of the schema that look at types",
    setup: `${table("int primary key", ", g as (typeof(i) || typeof(n)) stored, h as (json(s))")}
      create unique index on_type on t (typeof(r) || r) where typeof(i) = 'integer'; create index on_text on t (json(h));`,
    key: "k",
    also: "g",
  },
  {
    title: "constraints that say what a violation does",
    setup: table("integer primary key", ", unique (i) on conflict ignore").replace(
      "s text",
      "s text default 'd' not null on conflict replace",
    ),
    key: "k",
  },
  {
    title: "a rowid that no key is, given out in order",
    setup: table("int unique", ", id integer primary key autoincrement"),
    key: "k",
    also: "id",
  },
  {
    title: "a rowid past what a double holds",
    setup: `${table("int primary key")} insert into t (rowid, k) values (9007199254740993, -7);`,
    key: "k",
    also: "cast(rowid as text)",
  },
  {
    title: "parents, some of whom are missing",
    setup: `create table p (i integer primary key); insert into p values (0), (1), (12);
      ${table("integer primary key", ", foreign key (i) references p (i)")}`,
    key: "k",
    i: fc.oneof(
      { weight: 30, arbitrary: fc.constantFrom("0", "1", "12") },
      { weight: 1, arbitrary: fc.constant("99") },
    ),
  },
  {
    title: "children, of which one refers to a column that is updated",
    setup: `${table("integer primary key", ", unique (i)")}
      create table c (i references t (i), k references t (k)); insert into t (k, i) values (1, 1), (2, 12);
      insert into c values (1, 1), (12, 2);`,
    key: "k",
    i: fc.oneof(
      { weight: 12, arbitrary: fc.integer({ min: 20, max: 2000 }).map(String) },
      { weight: 1, arbitrary: fc.constantFrom("1", "12") },
    ),
  },
  {
    title: "a trigger that looks at types",
    setup: `${table("integer primary key")} create table seen (what);
      create trigger look before insert on t begin insert into seen values (typeof(new.i) || typeof(new.n)); end;`,
    key: "k",
    also: "(select group_concat(what) from seen)",
  },
  {
    title: "a key of two columns, and a partial one",
    setup: `${table("int", ", unique (k, n)")} create unique index part on t (i) where s is not null;`,
    key: "k,n",
  },
];

const ODD = [
  "0",
  "1",
  "2",
  "12",
  "-1",
  "007",
  "+1",
  "-0",
  "-0.0",
  "0.0",
  "1.0",
  "1.50",
  "0.5",
  ".5",
  "5.",
  "-2.25",
  "1e5",
  "1E400",
  "-1e400",
  "0x10",
  " 1",
  "1 ",
  "1.5.1",
  "--1",
  "-",
  ".",
  "1,5",
  "abc",
  "é",
  "日本",
  "😀",
  "a\nb",
  'say "hi"',
  "''",
  "NaN",
  "Infinity",
  "123456789012345",
  "1234567890123456",
  "999999999999999.5",
  "99999999999999.5",
  "0.000000000000001",
  "9007199254740993",
  "9223372036854775807",
  "9223372036854775808",
  "-9223372036854775808",
  "-9223372036854775809",
  "12345678901234567890123",
  "0.1000000000000000055511151231257827",
  "2024-01-31",
  "true",
  '{"a":1}',
  "[1]",
] as const;

const field = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...ODD) },
  { weight: 2, arbitrary: fc.integer({ min: -3, max: 20 }).map(String) },
  { weight: 1, arbitrary: fc.maxSafeInteger().map(String) },
  { weight: 1, arbitrary: fc.double({ noNaN: true }).map(String) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.integer({ min: -99_999, max: 99_999 }), fc.integer({ min: 0, max: 99 }))
      .map(([whole, part]) => `${whole}.${String(part).padStart(2, "0")}`),
  },
  {
    weight: 1,
    arbitrary: fc
      .string({ unit: "grapheme", maxLength: 8 })
      .filter((text) => !["\0", "\u0001", "\r"].some((odd) => text.includes(odd))),
  },
);

/** `null` stands for an empty field. */
const key = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: 0, max: 12 }).map(String) },
  { weight: 1, arbitrary: field },
);
const cell = fc.option(field, { freq: 6 });
/** A failure is shown with fewer records, but its values are as they are: to shrink those takes thousands of loads. */
const recordsOf = ({ i = cell }: Pick<Table, "i">): fc.Arbitrary<(string | null)[][]> =>
  fc.array(fc.noShrink(fc.tuple(key, i, cell, cell, cell, cell, cell)), {
    minLength: 1,
    maxLength: 90,
    // Enough rows that twenty go together more often than not.
    size: "max",
  });

function csv(rows: readonly (readonly (string | null)[])[]): string {
  const written = rows.map((row) =>
    row.map((text) =>
      text === null
        ? ""
        : text === "" || /[",\n]/.test(text)
          ? `"${text.replaceAll('"', '""')}"`
          : text,
    ),
  );
  return [COLUMNS, ...written].map((row) => `${row.join(",")}\n`).join("");
}

const UPSERTS: readonly (readonly string[])[] = [
  [],
  [],
  ["--null-keeps"],
  ["--rewrite-unchanged"],
  ["-u", "n,s"],
  ["--update-where", "excluded.n > target.n or typeof(excluded.i) = 'text'"],
  ["--set", "s = typeof(excluded.i) || excluded.n || coalesce(target.s, '')"],
  ["--set", "s = json(excluded.s)"],
  ["--stamp", "s = excluded.k || typeof(excluded.i)"],
  ["--const", "i=12"],
  ["--const", "i=9223372036854775808"],
];

const rule = fc.record({
  mode: fc.constantFrom("insert", "upsert", "upsert", "upsert", "ignore", "update"),
  more: fc.constantFrom(...UPSERTS),
  strategy: fc.constantFrom("native", "native", "native", "auto", "select-then-write"),
  batchRows: fc.integer({ min: 1, max: 50 }),
  /** Keys in their order, each of them once. */
  ascends: fc.boolean(),
  held: fc.boolean(),
});

/** Rows that a table may hold before. */
const HELD =
  "insert or ignore into t (k, s) values (2, '1'), (5, '1'), (6, '1'), (11, '1'), (40, '1');";

function flagsOf(by: string, { mode, more }: { mode: string; more: readonly string[] }): string[] {
  const constant = more[0] === "--const";
  const flags = ["--mode", mode, ...(mode === "upsert" || constant ? more : [])];
  if (constant) flags.push("-m", "i:");
  return mode === "insert" ? flags : [...flags, "--key", by];
}

/** Notes the pages of which no row was told by itself. */
function countedPages(): { readonly pages: number } {
  const seen = { pages: 0 };
  const run = Reflect.get(RowGroup.prototype, "countPage");
  beforeAll(() => {
    vi.spyOn(RowGroup.prototype, "countPage").mockImplementation(function (
      this: RowGroup,
      ...page
    ) {
      const counts = run.apply(this, page);
      if (counts !== null) seen.pages += 1;
      return counts;
    });
  });
  afterAll(() => {
    vi.restoreAllMocks();
  });
  return seen;
}

describe.each(ENGINES.filter(({ name }) => name === "sqlite"))("$title", (engine: Engine) => {
  const database = useDatabase(engine);
  const temporary = useTempDir();
  const encoded = encodeAtOnce();
  const counted = countedPages();
  const load = async (
    { setup, also }: Table,
    input: string,
    flags: readonly string[],
    way: { readonly strategy: string; readonly batchRows: number },
  ) => {
    await database.reset();
    await database.exec(setup);
    const { counts, rejects, error, output } = await runLoad(
      database,
      { folder: temporary.path, table: "t", extension: "csv", input, flags },
      { rowSource: "values", ...way },
    );
    const shown = COLUMNS.map((name) => `typeof(${name}) || quote(${name})`).join(", ");
    const rows = await database.rows(
      `select ${shown}${also === undefined ? "" : `, ${also}`} from t`,
    );
    return { counts, rejects, error, rows, output };
  };

  test.each(TABLES)("both paths are one: $title", async (table) => {
    const seen = { loads: 0 };
    await fc.assert(
      fc.asyncProperty(recordsOf(table), rule, async (rows, chosen) => {
        const one = chosen.held ? { ...table, setup: `${table.setup} ${HELD}` } : table;
        const inOrder = rows.map(([, ...cells], at) => [String(at), ...cells]);
        const input = csv(chosen.ascends ? inOrder : rows);
        const flags = flagsOf(one.key, chosen);
        const way = { strategy: chosen.strategy };
        // A comment sign makes every record one for the slow path; batches of one row share no statement.
        const careful = [...flags, "--comment", "\u0001"];
        const expected = await load(one, input, careful, { ...way, batchRows: 1 });
        const ways = [
          await load(one, input, flags, { ...way, batchRows: chosen.batchRows }),
          await load(one, input, flags, { ...way, batchRows: 1000 }),
          await load(one, input, careful, { ...way, batchRows: chosen.batchRows }),
        ];
        for (const { output, ...actual } of ways) {
          const { output: _, ...wanted } = expected;
          expect(actual, `${flags.join(" ")} ${JSON.stringify(chosen)}\n${input}${output}`).toEqual(
            wanted,
          );
        }
        seen.loads += expected.error === null ? 1 : 0;
      }),
      { numRuns: timesOf("packed") },
    );
    expect(seen.loads, "loads that were no mistake of the test").toBeGreaterThan(
      timesOf("packed") / 4,
    );
  });

  test("rows have been encoded ahead", () => {
    expect(encoded.chunks).toBeGreaterThan(0);
  });

  test.each([
    ["a rowid", 0],
    ["a text key without case", 1],
    ["a rowid that no key is, given out in order", 0],
    ["a rowid past what a double holds", 0],
  ])("%s: so many pages are counted at once: %i", async (title, pages) => {
    const table = TABLES.find((each) => each.title === title);
    if (table === undefined) throw new Error(`no table is called ${title}`);
    const held = { ...table, setup: `${table.setup} ${HELD}` };
    const keys = Array.from({ length: 80 }, (_, at) => at);
    const cells = [null, null, null, "2", null, null];
    const input = csv(
      keys.map((at) => [String(at), ...(at === 6 ? [null, null, null, "1", null, null] : cells)]),
    );
    const before = counted.pages;
    const way = { strategy: "native", batchRows: 1000 };
    const { counts } = await load(held, input, ["--key", "k"], way);
    expect(counts).toEqual({ inserted: 75, updated: 4, unchanged: 1 });
    expect(counted.pages - before).toBe(pages);
  });

  test("a row does not make good for one that orphans a child", async () => {
    const children = TABLES.find(({ title }) => title.startsWith("children"));
    if (children === undefined) throw new Error("no table has children");
    const others = Array.from({ length: 40 }, (_, at) => [String(100 + at), String(5000 + at)]);
    const rows = [["1", "37"], ["50", "1"], ...others];
    const input = csv(rows.map((row) => [...row, null, null, null, null, null]));
    const way = { strategy: "native", batchRows: 1000 };
    const { rejects, counts } = await load(children, input, ["--key", "k"], way);
    expect(rejects.map(({ record, code }) => [record, code])).toEqual([
      [1, "ROW_FOREIGN_KEY"],
      [2, "ROW_UNIQUE"],
    ]);
    expect(counts).toEqual({ inserted: 40, rejected: 2 });
  });
});

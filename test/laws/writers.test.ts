/** `--writers N`: several writers at once end in the table, the counts and the rejects of one at a time, in file order. */
import * as fc from "fast-check";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { nonZero } from "../helpers/database-shell.ts";
import { encodeAtOnce } from "../helpers/encode-at-once.ts";
import { ENGINES, useDatabase } from "../helpers/engines.ts";
import { KEYED, LIMIT, loadCsv, manyRecords } from "../helpers/writers-load.ts";
import { applyReference } from "../helpers/reference.ts";
import type { ReferenceLoad, ReferenceRecord } from "../helpers/reference.ts";
import { runUpsurge } from "../helpers/run-upsurge.ts";
import { tempDir, useTempDir } from "../helpers/temp-dir.ts";
import { firstOf, timesOf } from "../tiers/tiers.ts";

const [postgres] = ENGINES.filter(({ name }) => name === "postgres");
if (postgres === undefined) throw new Error("there is no engine postgres");

/** A table to load into, and the keys that records may bring. */
interface Table {
  readonly title: string;
  readonly setup: string;
  readonly types: Readonly<Record<"k" | "n" | "s", string>>;
  readonly key: readonly ("k" | "n" | "s")[];
  /** Ordinary spellings, and those that make a batch go by itself. */
  readonly keys: readonly [usual: readonly string[], odd: readonly (string | null)[]];
  readonly writers: "several" | "one";
}

const DIGITS = ["0", "1", "2", "3", "4", "5", "-6", "70"];

const TABLES: readonly Table[] = [
  {
    title: "an int key",
    setup: "create table t (k int primary key, n int, s text, check (n < 90))",
    types: { k: "int", n: "int", s: "text" },
    key: ["k"],
    keys: [DIGITS, ["01", "+2", " 3", "x", null]],
    writers: "several",
  },
  {
    title: "a bigint key and a default",
    setup: "create table t (k bigint primary key, n int not null default 1, s text)",
    types: { k: "bigint", n: "int", s: "text" },
    key: ["k"],
    keys: [
      [...DIGITS, "9007199254740993", "9007199254740992"],
      ["00", null],
    ],
    writers: "several",
  },
  {
    title: "a key of two columns",
    setup: "create table t (k int, n int, s text, primary key (s, k))",
    types: { k: "int", n: "int", s: "text" },
    key: ["k", "s"],
    keys: [
      ["1", "2", "3"],
      ["1 ", null],
    ],
    writers: "several",
  },
  {
    title: "a key of text",
    setup: "create table t (k text primary key, n int, s text)",
    types: { k: "text", n: "int", s: "text" },
    key: ["k"],
    keys: [
      ["a", "A", "b", "a ", "é", "it's", "x,y"],
      ["", null],
    ],
    writers: "several",
  },
  {
    title: "a unique key that may be NULL",
    setup: "create table t (k int unique, n int, s text)",
    types: { k: "int", n: "int", s: "text" },
    key: ["k"],
    keys: [DIGITS, ["01", null]],
    writers: "several",
  },
  {
    title: "a key compared without case",
    setup: "create extension citext; create table t (k citext primary key, n int, s text)",
    types: { k: "citext", n: "int", s: "text" },
    key: ["k"],
    keys: [["a", "A", "b", "B"], [null]],
    writers: "one",
  },
  {
    title: "two unique keys",
    setup: "create table t (k int primary key, n int unique, s text)",
    types: { k: "int", n: "int", s: "text" },
    key: ["k"],
    keys: [DIGITS, [null]],
    writers: "one",
  },
];

const rule = fc.record({
  mode: fc.constantFrom("upsert", "upsert", "ignore", "insert"),
  set: fc.constantFrom(
    null,
    "target.n + excluded.n",
    "(coalesce(target.n, 1) * 2 + excluded.n) % 50",
  ),
  where: fc.constantFrom(null, null, "excluded.n > target.n"),
});
type Rule = typeof rule extends fc.Arbitrary<infer T> ? T : never;

const way = fc.record({
  writers: fc.integer({ min: 1, max: 4 }),
  commit: fc.integer({ min: 1, max: 25 }),
  batch: fc.integer({ min: 1, max: 12 }),
});

function recordsFor({ keys: [usual, odd] }: Table): fc.Arbitrary<ReferenceRecord[]> {
  const k = fc.oneof(
    { weight: 25, arbitrary: fc.constantFrom(...usual) },
    { weight: 1, arbitrary: fc.constantFrom(...odd) },
  );
  const n = fc.oneof(
    { weight: 30, arbitrary: fc.integer({ min: 0, max: 5 }).map(String) },
    { weight: 1, arbitrary: fc.constantFrom("95", "bad", null) },
  );
  const s = fc.constantFrom("a", "b", "c d", "e");
  return fc.array(fc.record({ k, n, s }), { minLength: 1, maxLength: 40 });
}

/** A field of CSV; an empty one is NULL unless it is quoted. */
function field(value: string | null | undefined): string {
  if (value === null || value === undefined) return "";
  return /[,"]|^$/.test(value) ? `"${value}"` : value;
}

function csv(records: readonly ReferenceRecord[]): string {
  const lines = records.map(({ k, n, s }) => `${[k, n, s].map(field).join(",")}\n`);
  return `k,n,s\n${lines.join("")}`;
}

function referenceOf(table: Table, { mode, set, where }: Rule): Omit<ReferenceLoad, "records"> {
  return {
    engine: "postgres",
    table: "t",
    columns: table.types,
    defaults: {},
    key: table.key,
    mode,
    updateColumns: ["k", "n", "s"].filter((name) => !table.key.some((each) => each === name)),
    sets: mode === "upsert" && set !== null ? { n: set } : {},
    where: mode === "upsert" ? where : null,
  };
}

function flagsOf({ key, mode, sets, where }: Omit<ReferenceLoad, "records">): string[] {
  const flags = ["--mode", mode, ...(mode === "insert" ? [] : ["--key", key.join(",")])];
  for (const [column, sql] of Object.entries(sets)) flags.push("--set", `${column} = ${sql}`);
  return where === null ? flags : [...flags, "--update-where", where];
}

// Every other chunk comes as if a thread had read it.
encodeAtOnce(({ records }) => records % 2 === 1);

describe("several writers", () => {
  const database = useDatabase(postgres);
  const temporary = useTempDir();
  const image = (): Promise<(string | null)[][]> =>
    database.rows("select k, n, s from t order by 1, 2, 3");
  const start = async (setup: string): Promise<void> => {
    await database.reset();
    await database.exec(setup);
  };

  test.each(TABLES)("equal one at a time: $title", async (table) => {
    const cases = fc.tuple(recordsFor(table), rule, way);
    await fc.assert(
      fc.asyncProperty(cases, async ([records, chosen, { writers, commit, batch }]) => {
        const reference = referenceOf(table, chosen);
        await start(table.setup);
        const expected = await applyReference(database, { ...reference, records });
        const expectedRows = await image();
        await start(table.setup);
        const run = ["--writers", String(writers), "--commit", String(commit), "-b", String(batch)];
        const input = csv(records);
        const flags = [...flagsOf(reference), ...run, ...LIMIT];
        const { report, rejectReport, output } = await loadCsv(
          database,
          temporary.path,
          input,
          flags,
        );
        const shown = `${flags.join(" ")}\n${input}${output}`;
        expect(nonZero(report.counts), shown).toEqual(expected.counts);
        expect(await image(), shown).toEqual(expectedRows);
        const rejected = expected.fates.flatMap((fate, at) =>
          fate === "rejected" ? [at + 1] : [],
        );
        const lines = rejectReport === "" ? [] : rejectReport.trimEnd().split("\n");
        expect(
          lines.map((line) => JSON.parse(line).record),
          shown,
        ).toEqual(rejected);
      }),
      { numRuns: timesOf("writers") },
    );
  });

  test.each(TABLES)("are planned where keys can be told apart: $title", async (table) => {
    await start(table.setup);
    const folder = tempDir({ "in.csv": "k,n,s\n1,1,a\n" });
    const args = ["--to", database.url, "--table", "t", "--key", table.key.join(",")];
    const run = ["--writers", "3", "--commit", "100"];
    const { stdout } = await runUpsurge(["plan", join(folder, "in.csv"), ...args, ...run]);

    if (table.writers === "one") expect(stdout).toMatch(/^ {2}one writer: ./m);
    else {
      expect(stdout).toMatch(/^writers +3 connections at once$/m);
      expect(stdout).toMatch(/^ {2}3 writers: rows with the same key go to the same writer$/m);
    }
  });

  test("equal one writer on many records, rejects and their order included", async () => {
    const input = manyRecords(8_000);
    const outcomes: string[] = [];
    for (const run of firstOf("ways of several writers", [
      [],
      ["--writers", "4", "--commit", "500", "-b", "700"],
      ["--writers", "16", "--commit", "5000", "--row-source", "arrays"],
      ["--writers", "2", "--commit", "3000"],
      ["--writers", "3", "--commit", "3000", "--allow-at-least-once"],
      ["--writers", "3", "--commit", "100000"],
    ])) {
      await start(KEYED);
      const flags = ["--key", "k", "--set", "n = target.n + excluded.n", ...LIMIT, ...run];
      const { report, rejects } = await loadCsv(database, temporary.path, input, flags);
      outcomes.push(JSON.stringify([report.counts, rejects, await image()]));
    }
    expect(new Set(outcomes).size).toBe(1);
    // Besides those that come at fault, sums that reach what the check forbids.
    expect(JSON.parse(outcomes[0] ?? "")[0].rejected).toBeGreaterThan(20);
  });

  test("insert into a table without a key, any row anywhere", async () => {
    await start("create table t (k int, n int, s text, check (n <> 77))");
    const flags = ["--writers", "3", "--commit", "2000", "-b", "300", ...LIMIT];
    const { report, output } = await loadCsv(database, temporary.path, manyRecords(8_000), flags);

    expect(report.counts, output).toMatchObject({ read: 8_000, inserted: 7_996, rejected: 4 });
    expect(await database.rows("select count(*), count(distinct s) from t")).toEqual([
      ["7996", "7996"],
    ]);
  });
});

describe.each(ENGINES.filter(({ name }) => name !== "postgres"))("$title", (engine) => {
  const database = useDatabase(engine);
  const temporary = useTempDir();

  test("takes one writer at a time, and says so", async () => {
    await database.reset();
    await database.exec("create table t (k int primary key, n int)");
    const run = ["--key", "k", "--writers", "4", "--commit", "10"];
    const lines = Array.from({ length: 100 }, (_, at) => `${at % 60},${at}\n`);
    const { report, output } = await loadCsv(
      database,
      temporary.path,
      `k,n\n${lines.join("")}`,
      run,
    );
    expect(report.counts, output).toMatchObject({ read: 100, inserted: 60, updated: 40 });
    const into = ["--to", database.url, "--table", "t", ...run];
    const { stdout } = await runUpsurge(["plan", join(temporary.path, "in.csv"), ...into]);
    expect(stdout).toMatch(/^ {2}one writer: this target takes one writer at a time$/m);
  });
});

/**
 * Values as people write them: `--decimal`, `--thousands`, `--date-format`. A load of them gives the table that a load of the
 * same values in the database's own spelling gives, however it is done.
 */
import { describe, expect, test } from "vitest";
import { tableEngines, useDatabase, waysOf, wayTitle } from "../helpers/engines.ts";
import type { TestDatabase } from "../helpers/engines.ts";
import { ValuesShell } from "../helpers/values-shell.ts";
import type { ReportedRun } from "../helpers/database-shell.ts";

const TABLE =
  "create table t (id int not null primary key, n int, price decimal(12,4), d date, s varchar(40))";
const FLAGS = ["--key", "id", "-d", ";", "--decimal", ",", "--thousands", "."];
const DATED = [...FLAGS, "--date-format", "%d.%m.%Y"];
const ALL = "select id, n, price * 10000, d, s from t order by id";

/** The same records: as a spreadsheet of half of Europe writes them, and as databases do. */
const WRITTEN =
  "id;n;price;d;s\n1.001;1.000;1.234,56;31.12.2025;1.000,5\n2;-3;,5;1.2.2025;a\n1.001;7;12;29.02.2024;b\n4;;;;c\n2;8;-0,0625;01.01.2024;\n";
const PLAIN =
  "id;n;price;d;s\n1001;1000;1234.56;2025-12-31;1.000,5\n2;-3;0.5;2025-02-01;a\n1001;7;12;2024-02-29;b\n4;;;;c\n2;8;-0.0625;2024-01-01;\n";
const AS_JSON =
  '{"id":1001,"n":"1.000","price":"1.234,56","d":"31.12.2025","s":"1.000,5"}\n{"id":2,"n":-3,"price":0.5,"d":"1.2.2025","s":"a"}\n{"id":"1.001","n":7,"price":12,"d":"29.02.2024","s":"b"}\n{"id":4,"n":null,"price":null,"d":null,"s":"c"}\n{"id":2,"n":8,"price":"-0,0625","d":"01.01.2024","s":null}\n';

describe.each(tableEngines())("$title", (engine) => {
  const database = useDatabase(engine);

  for (const way of waysOf(engine, [2, 100])) {
    test(`numbers and dates are what they mean: ${wayTitle(way)}`, async () => {
      const shell = new ValuesShell(database);
      const { strategy, rowSource, batchRows } = way;
      const how = ["--strategy", strategy, "--row-source", rowSource, "-b", String(batchRows)];

      await shell.start(TABLE);
      const plain = await shell.load(PLAIN, ["--key", "id", "-d", ";", ...how]);
      const expected = await shell.rows(ALL);
      expect([plain.exit, expected.length], plain.stderr).toEqual([0, 3]);

      await shell.start(TABLE);
      const csv = await shell.load(WRITTEN, [...DATED, ...how]);
      expect([csv.exit, csv.report.counts], csv.stderr).toEqual([0, plain.report.counts]);
      expect(await shell.rows(ALL)).toEqual(expected);
      const again = await shell.load(WRITTEN, [...DATED, "--check", ...how]);
      expect(again.report.counts.inserted).toBe(0);

      await shell.start(TABLE);
      const json = await shell.load(
        AS_JSON,
        DATED.filter((flag) => flag !== "-d" && flag !== ";").concat(how),
        "in.ndjson",
      );
      expect([json.exit, json.report.counts], json.stderr).toEqual([0, plain.report.counts]);
      expect(await shell.rows(ALL)).toEqual(expected);
    });
  }

  rejects(database);
  dates(database);

  test("a plan shows one value of each column as it is read", async () => {
    const shell = new ValuesShell(database);
    await shell.start(TABLE);
    await shell.load("id;n;price\n1;2;1.234,50\n", FLAGS);

    const shown = await shell.print([
      "plan",
      "in.csv",
      ...FLAGS,
      "--to",
      database.url,
      "--table",
      "t",
    ]);

    expect(shown).toContain('price: "1.234,50" is read as 1234.50\n');
  });

  test("other marks are another meaning: a job does not go on with them", async () => {
    const shell = new ValuesShell(database);
    await shell.start(TABLE);
    const job = ["--key", "id", "--commit", "1", "--job", "j"];
    const first = await shell.load("id,n\n1,2\n", job);
    const other = await shell.load("id,n\n1,2\n2,3\n", [...job, "--thousands", "'"]);

    expect([first.exit, other.report.error?.code]).toEqual([0, "JOB_OPTIONS"]);
  });

  test("--create infers types from the values as they are read", async () => {
    const shell = new ValuesShell(database);
    await shell.start();
    const text = "id;price;d;code;mixed\n1;1.234,56;31.12.2025;007;1,5\n2;3;1.2.2026;1.5;x\n";
    const named = engine.name === "sqlite" ? "d=%d.%m.%Y" : "%d.%m.%Y";
    const flags = [...FLAGS, "--create", "--date-format", named];

    const { exit, stderr } = await shell.load(text, flags);

    expect(exit, stderr).toBe(0);
    expect(await shell.rows("select id, price * 100, d, code, mixed from t order by id")).toEqual([
      expect.stringMatching(/^1\|123456(\.0+)?\|2025-12-31\|007\|1,5$/),
      expect.stringMatching(/^2\|300(\.0+)?\|2026-02-01\|1\.5\|x$/),
    ]);
  });
});

function rejects(database: TestDatabase): void {
  test("what could mean another number is rejected with the bytes it had, and loads once it is corrected", async () => {
    const shell = new ValuesShell(database);
    await shell.start(TABLE);
    const bad = ["1.5", "12.34,5", "5 €", "12-", "1,2,3", "0.123"];
    const lines = bad.map((price, at) => `${at + 2};"${price}";x\n`);
    const text = `id;price;s\n1;1,5;y\n${lines.join("")}9;1.000;z\n`;

    const ran = await shell.load(text, [...FLAGS, "--max-rejects", "9"]);

    expect([ran.exit, ran.report.counts], ran.stderr).toEqual([
      3,
      expect.objectContaining({ read: 8, inserted: 2, rejected: 6 }),
    ]);
    expect(ran.report.rejects).toEqual([expect.objectContaining({ code: "ROW_TYPE", count: 6 })]);
    expect(shell.file("in.csv.rejects.csv")).toBe(`id;price;s\n${lines.join("")}`);
    const corrected = await shell.load(
      shell.file("in.csv.rejects.csv").replaceAll(/"[^"]*"/g, "1,25"),
      FLAGS,
      "corrected.csv",
    );
    expect([corrected.exit, corrected.report.counts.inserted], corrected.stderr).toEqual([0, 6]);
    expect(await shell.rows("select sum(price) * 100 from t")).toEqual([
      expect.stringMatching(/^100900(\.0+)?$/),
    ]);
  });

  test("the fix names the flag that reads the value, and with it the record goes in", async () => {
    const shell = new ValuesShell(database);
    await shell.start(TABLE);
    const key = ["--key", "id", "-d", ";"];

    const comma = await shell.load("id;price\n1;1.234\n", [...key, "--decimal", ","]);
    expect(comma.report.error?.fix).toContain("pass --decimal ',' --thousands '.'");
    const corrected = await shell.load("id;price\n1;1.234\n", FLAGS);

    expect([comma.exit, corrected.exit]).toEqual([4, 0]);
    expect(await shell.rows("select id from t where price = 1234")).toEqual(["1"]);
  });
}

/** Loads one date under these formats. */
async function loadDate(shell: ValuesShell, d: string, ...formats: string[]): Promise<ReportedRun> {
  await shell.start(TABLE);
  const flags = formats.flatMap((format) => ["--date-format", format]);
  return await shell.load(`id,d\n1,${d}\n`, ["--key", "id", ...flags]);
}

function dates(database: TestDatabase): void {
  test("only what fits a format is taken, ISO dates included", async () => {
    const shell = new ValuesShell(database);

    const iso = await loadDate(shell, "2025-12-31", "%d.%m.%Y");
    expect([iso.exit, iso.report.error?.message]).toEqual([
      4,
      expect.stringContaining('the value "2025-12-31" for d is no date of the form %d.%m.%Y'),
    ]);
    const both = await loadDate(shell, "2025-12-31", "%d.%m.%Y", "%Y-%m-%d");
    expect(both.exit, both.stderr).toBe(0);
    expect(await shell.rows("select d from t")).toEqual(["2025-12-31"]);
  });

  test("a date of two forms that mean two days is rejected, one that means the same day is not", async () => {
    const shell = new ValuesShell(database);
    const forms = ["%d/%m/%Y", "%m/%d/%Y"];

    expect((await loadDate(shell, "01/02/2025", ...forms)).exit).toBe(4);
    const same = await loadDate(shell, "02/02/2025", ...forms);
    expect(same.exit, same.stderr).toBe(0);
    expect(await shell.rows("select d from t")).toEqual(["2025-02-02"]);
  });

  test("a format may name its column, whatever its type, and then it is for no other", async () => {
    const shell = new ValuesShell(database);
    await shell.start(TABLE);
    const flags = ["--key", "id", "--date-format", "s=%d.%m.%Y %H:%M"];

    const { exit, stderr } = await shell.load("id,d,s\n1,2025-01-02,31.12.2025 9:05\n", flags);

    expect(exit, stderr).toBe(0);
    expect(await shell.rows("select d, s from t")).toEqual(["2025-01-02|2025-12-31 09:05:00"]);
  });

  test("a table without dates is told to name the column", async () => {
    const shell = new ValuesShell(database);
    await shell.start("create table t (id int not null primary key, s varchar(40))");
    const key = ["--key", "id"];

    const refused = await shell.load("id,s\n1,31.12.2025\n", [...key, "--date-format", "%d.%m.%Y"]);
    expect([refused.exit, refused.report.error?.fix]).toEqual([
      2,
      "name the column of the dates: --date-format 'COLUMN=%d.%m.%Y'",
    ]);
    const named = await shell.load("id,s\n1,31.12.2025\n", [...key, "--date-format", "s=%d.%m.%Y"]);
    expect(named.exit, named.stderr).toBe(0);
    expect(await shell.rows("select s from t")).toEqual(["2025-12-31"]);
  });
}

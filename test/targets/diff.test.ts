/** `--diff`: a dry run tells which rows would change, and how. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Report } from "../../src/report/report.ts";
import { tableEngines, useDatabase, waysOf, wayTitle } from "../helpers/engines.ts";
import type { TestDatabase } from "../helpers/engines.ts";
import { RunShell } from "../helpers/run-shell.ts";
import { runUpsurge } from "../helpers/run-upsurge.ts";
import { tempDir } from "../helpers/temp-dir.ts";

const TABLE = "create table t (id int not null primary key, name varchar(80), n int)";
const ROWS = "insert into t values (1, 'Ann', 1), (2, 'Bob', 2), (3, 'Cid', null), (4, 'Dan', 4)";

/** Changes 1 twice and 3, leaves 2 as it is, adds 5, and has no 4. */
const FILE = "id,name,n\n3,Cid,3\n1,Anna,1\n5,Eve,\n2,Bob,2\n1,Ann-Marie,1\n";

interface Told {
  readonly exit: number;
  readonly report: Report;
  readonly stderr: string;
}

class DiffShell {
  readonly folder = tempDir();
  readonly #database: TestDatabase;

  constructor(database: TestDatabase) {
    this.#database = database;
  }

  async start(...statements: readonly string[]): Promise<void> {
    await this.#database.reset();
    for (const sql of statements) await this.#database.exec(sql);
  }

  async words(text: string, flags: readonly string[], name = "in.csv"): Promise<string> {
    const { stdout, stderr } = await this.#run(text, flags, name);
    return stdout + stderr;
  }

  async tells(text: string, flags: readonly string[], name = "in.csv"): Promise<Told> {
    const { exitCode, stdout, stderr } = await this.#run(text, [...flags, "--json"], name);
    return { exit: exitCode, report: JSON.parse(stdout) as Report, stderr };
  }

  async #run(
    text: string,
    flags: readonly string[],
    name: string,
  ): Promise<Awaited<ReturnType<typeof runUpsurge>>> {
    writeFileSync(join(this.folder, name), text);
    const into = [name, "--to", this.#database.url, "--table", "t"];
    return await runUpsurge([...into, ...flags], { cwd: this.folder });
  }
}

const KEYED = ["--key", "id", "--check", "--diff", "10"];

describe.each(tableEngines())("$title", (engine) => {
  const database = useDatabase(engine);

  for (const way of waysOf(engine, [2])) {
    test(`tells what is new, other and gone: ${wayTitle(way)}`, async () => {
      const shell = new DiffShell(database);
      await shell.start(TABLE, ROWS);
      const { strategy, rowSource } = way;
      const how = ["--strategy", strategy, "--row-source", rowSource, "--batch-rows", "2"];
      const { exit, report, stderr } = await shell.tells(FILE, [...KEYED, ...how]);

      expect(exit, stderr).toBe(3);
      expect(report.differencesTotal).toEqual({ inserted: 1, updated: 2, removed: 0, extra: 1 });
      expect(report.differences).toEqual([
        { kind: "updated", key: { id: "1" }, columns: { name: { old: "Ann", new: "Ann-Marie" } } },
        { kind: "updated", key: { id: "3" }, columns: { n: { old: null, new: "3" } } },
        { kind: "inserted", key: { id: "5" }, columns: { name: { new: "Eve" }, n: { new: null } } },
        { kind: "extra", key: { id: "4" }, columns: {} },
      ]);
      const whole = await shell.tells(FILE, [...KEYED, ...how, "--delete-missing"]);
      expect(whole.report.differencesTotal).toEqual({
        inserted: 1,
        updated: 2,
        removed: 1,
        extra: null,
      });
      expect(whole.report.differences?.[2]).toEqual({
        kind: "removed",
        key: { id: "4" },
        columns: { name: { old: "Dan" }, n: { old: "4" } },
      });
    });
  }

  printed(database);
  modes(database);
  runs(database);
});

function printed(database: TestDatabase): void {
  test("prints a line for each, and what is not printed is counted", async () => {
    const shell = new DiffShell(database);
    await shell.start(TABLE, ROWS);
    const all = await shell.words(FILE, ["--key", "id", "--dry-run", "--diff", "all"]);
    expect(all).toContain("1 inserted, 2 updated; 1 row that no record has stays\n");
    expect(all).toContain(
      "\n  ~ id=1  name: Ann → Ann-Marie\n  ~ id=3  n: NULL → 3\n  + id=5  name: Eve, n: NULL\n  ? id=4\n",
    );
    const two = await shell.words(FILE, ["--key", "id", "--check", "--diff", "2"]);
    expect(two).toContain("id=3");
    expect(two).not.toContain("id=5");
    expect(two).toContain("? id=4\n  and 1 more; --diff all prints all of them\n");
    const none = await shell.words(FILE, ["--key", "id", "--check", "--diff", "0"]);
    expect(none).toContain("and 4 more; --diff all prints all of them\n");
    expect(none).not.toContain("id=");
  });

  test("values that could be taken for something else are quoted, long ones are cut, and the report has them whole", async () => {
    const shell = new DiffShell(database);
    await shell.start(TABLE, "insert into t values (1, 'a, b', 1), (2, 'NULL', 2), (3, '', 3)");
    const long = "x".repeat(75);
    const file = `id,name,n\n1,"a → ""b""",1\n2,,2\n3,\u001B[31m\t ,3\n4,${long},4\n`;
    const flags = [...KEYED, "--empty", "null"];
    const text = await shell.words(file, flags);
    expect(text).toContain(String.raw`~ id=1  name: "a, b" → "a → \"b\""`);
    expect(text).toContain('~ id=2  name: "NULL" → NULL\n');
    expect(text).toContain(String.raw`~ id=3  name: "" → "\u001b[31m\t "`);
    expect(text).toContain(`+ id=4  name: ${"x".repeat(60)}…, n: 4\n`);
    const { report } = await shell.tells(file, flags);
    expect(report.differences?.[3]?.columns["name"]).toEqual({ new: long });
  });

  test("after the load nothing differs, by the same command", async () => {
    const shell = new DiffShell(database);
    await shell.start(TABLE, ROWS);
    const flags = ["--key", "id", "--delete-missing"];
    expect((await shell.tells(FILE, flags)).exit).toBe(0);
    const { exit, report } = await shell.tells(FILE, [...flags, "--check", "--diff", "10"]);
    expect([exit, report.differences]).toEqual([3, []]);
    // The record that a later one undoes is a change, and no difference.
    expect(report.counts).toMatchObject({ updated: 2, unchanged: 3 });
  });

  test("hidden columns are told to change, and not how", async () => {
    const shell = new DiffShell(database);
    await shell.start(TABLE, ROWS);
    const flags = [...KEYED, "--diff-hide", "name", "--delete-missing"];
    const text = await shell.words(FILE, flags);
    expect(text).toContain("~ id=1  name: (hidden)\n");
    expect(text).toContain("- id=4  name: (hidden), n: 4\n");
    const { report } = await shell.tells(FILE, flags);
    expect(JSON.stringify(report.differences)).not.toMatch(/Ann|Dan|Eve/);
    const key = await shell.words(FILE, [...KEYED, "--diff-hide", "id"]);
    expect(key).toContain("~ id=(hidden)  name: Ann → Ann-Marie\n");
    expect(key).toContain("? id=(hidden)\n");
    const unknown = await shell.tells(FILE, [...KEYED, "--diff-hide", "nam"]);
    expect([unknown.exit, unknown.report.error?.code]).toEqual([2, "PLAN_UNKNOWN_COLUMN"]);
  });

  test.each([
    [["--diff", "5"], "--diff 5 does not go with a load that is kept"],
    [["--check", "--diff-hide", "n"], "--diff-hide does not go with a load without --diff"],
    [["--check", "--diff", "some"], "it takes a whole number, or all"],
  ])("%j is refused", async (flags, said) => {
    const shell = new DiffShell(database);
    await shell.start(TABLE);
    expect(await shell.words(FILE, ["--key", "id", ...flags])).toContain(said);
  });
}

function modes(database: TestDatabase): void {
  test.each([
    ["ignore", [1, 0, 1], ["5"]],
    ["update", [0, 2, 1], ["1", "3"]],
  ])("mode %s", async (mode, [inserted, updated, extra], keys) => {
    const shell = new DiffShell(database);
    await shell.start(TABLE, ROWS);
    const { report } = await shell.tells(FILE, [...KEYED, "--mode", mode]);
    expect(report.differencesTotal).toEqual({ inserted, updated, removed: 0, extra });
    const changed = report.differences?.filter(({ kind }) => kind !== "extra");
    expect(changed?.map(({ key }) => key["id"])).toEqual(keys);
  });

  test("mode insert is compared by the primary key, and a table without one is refused", async () => {
    const shell = new DiffShell(database);
    await shell.start(TABLE, ROWS);
    const flags = ["--mode", "insert", "--check", "--diff", "10"];
    const { report } = await shell.tells("id,n\n7,7\n", flags);
    expect(report.differencesTotal).toEqual({ inserted: 1, updated: 0, removed: 0, extra: null });
    await shell.start("create table t (id int, n int)");
    const none = await shell.tells("id,n\n7,7\n", flags);
    expect([none.exit, none.report.error?.code]).toEqual([2, "PLAN_UNSUPPORTED"]);
    expect(none.report.error?.message).toContain("--diff on");
  });

  test("an emptied table, SQL before and after, and marks are told by what comes of them", async () => {
    const shell = new DiffShell(database);
    await shell.start(TABLE, ROWS);
    const emptied = await shell.tells(FILE, [...KEYED, "--truncate"]);
    expect(emptied.report.differencesTotal, emptied.stderr).toMatchObject({
      inserted: 1,
      updated: 2,
      removed: 1,
    });
    const after = [
      "--after",
      "update t set n = 9 where id = 4",
      "--before",
      "delete from t where id = 3",
    ];
    const steps = await shell.tells("id,n\n1,1\n", [...KEYED, ...after]);
    expect(steps.report.differences?.slice(0, 2)).toEqual([
      { kind: "removed", key: { id: "3" }, columns: { name: { old: "Cid" }, n: { old: null } } },
      { kind: "updated", key: { id: "4" }, columns: { n: { old: "4", new: "9" } } },
    ]);
    const marks = ["--delete-missing", "--delete-set", "n = -1", "--delete-where", "n is not null"];
    const marked = await shell.tells("id,n\n1,1\n2,2\n", [...KEYED, ...marks]);
    expect(marked.report.differences).toEqual([
      { kind: "updated", key: { id: "4" }, columns: { n: { old: "4", new: "-1" } } },
    ]);
  });

  test("a stamp is no change by itself, and a reject leaves rows without a record unknown", async () => {
    const shell = new DiffShell(database);
    await shell.start(TABLE, ROWS);
    const stamped = await shell.tells("id,name\n1,Ann\n2,Rob\n", [...KEYED, "--stamp", "n = 77"]);
    expect(stamped.report.differences?.[0]).toEqual({
      kind: "updated",
      key: { id: "2" },
      columns: { name: { old: "Bob", new: "Rob" } },
    });
    const rejects = ["--max-rejects", "1", "--reject-file", join(shell.folder, "r.csv")];
    const { report } = await shell.tells("id,n\n,1\n2,3\n", [...KEYED, ...rejects]);
    expect(report.differencesTotal).toEqual({ inserted: 0, updated: 1, removed: 0, extra: null });
  });

  test("records in JSON, and many rows of many pages", async () => {
    const shell = new DiffShell(database);
    await shell.start(TABLE, ROWS);
    const lines = Array.from({ length: 1203 }, (_, at) => `{"id":${at + 3},"n":${at}}\n`).join("");
    const flags = ["--key", "id", "--check", "--diff", "all"];
    const { report } = await shell.tells(lines, flags, "in.ndjson");
    expect(report.differencesTotal).toEqual({ inserted: 1201, updated: 2, removed: 0, extra: 2 });
    const keys = report.differences?.map(({ key }) => key["id"]);
    expect(keys).toEqual([...Array.from({ length: 1203 }, (_, at) => String(at + 3)), "1", "2"]);
    expect(report.differences?.[1202]?.columns).toEqual({
      name: { new: null },
      n: { new: "1202" },
    });
  });
}

function runs(database: TestDatabase): void {
  test("a run tells of each table once, however many files it has", async () => {
    const shell = new RunShell(database);
    await shell.start(
      "create table authors (id int primary key, name varchar(20))",
      "create table books (id int primary key, author int references authors (id), title varchar(20))",
      "insert into authors values (1, 'Ann'), (2, 'Bob')",
      "insert into books values (1, 1, 'One'), (9, 2, 'Nine')",
    );
    shell.write({
      "seeds/books.csv": "id,author,title\n1,3,One\n2,1,Two\n",
      "seeds/authors.csv": "id,name\n1,Anne\n3,Cid\n",
      "dev/authors.csv": "id,name\n3,Cyd\n2,Bob\n",
    });
    const { exit, report } = await shell.run("seeds", "dev", "--check", "--diff", "10");
    expect(exit).toBe(3);
    const [first, second, third] = report.tables;
    expect([first?.load, first?.differences]).toEqual(["seeds/authors.csv", undefined]);
    const authors = report.tables.find(({ load }) => load === "dev/authors.csv");
    expect(authors?.differencesTotal).toEqual({ inserted: 1, updated: 1, removed: 0, extra: 0 });
    expect(authors?.differences).toEqual([
      { kind: "updated", key: { id: "1" }, columns: { name: { old: "Ann", new: "Anne" } } },
      { kind: "inserted", key: { id: "3" }, columns: { name: { new: "Cyd" } } },
    ]);
    const books = [second, third].find((each) => each !== undefined && each !== authors);
    expect(books?.differences).toEqual([
      { kind: "updated", key: { id: "1" }, columns: { author: { old: "1", new: "3" } } },
      {
        kind: "inserted",
        key: { id: "2" },
        columns: { author: { new: "1" }, title: { new: "Two" } },
      },
      { kind: "extra", key: { id: "9" }, columns: {} },
    ]);
    const hides = ["--check", "--diff", "1", "--diff-hide"];
    const hidden = await shell.run("seeds", ...hides, "title,name");
    expect([hidden.exit, hidden.error]).toEqual([3, null]);
    expect((await shell.run("seeds", ...hides, "tittle")).error).toBe("PLAN_UNKNOWN_COLUMN");
    expect(await shell.rows("select count(*) from books")).toEqual([["2"]]);
  });
}

/** `--delete-missing`: which rows may go, and what refers to them. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { tableEngines, useDatabase } from "../helpers/engines.ts";
import type { TestDatabase } from "../helpers/engines.ts";
import { MissingShell } from "../helpers/missing-shell.ts";

const TABLE = "create table t (id int not null primary key, n int, check (n < 100))";
const ROWS = "insert into t values (1, 1), (2, 2), (3, 3), (4, 4), (5, 5)";
const MARKED = "insert into t values (1, 1, null), (2, 2, 5), (3, 3, null), (4, 4, null)";

describe.each(tableEngines())("$title", (engine) => {
  const database = useDatabase(engine);

  references(database);
  scopes(database);
  refusals(database);
});

function references(database: TestDatabase): void {
  test("a foreign key that forbids it stops the load, and the keys are named", async () => {
    const shell = new MissingShell(database);
    await shell.start(
      TABLE,
      ROWS,
      "create table c (t int, constraint c_t foreign key (t) references t (id))",
      "insert into c values (1), (3), (3), (5)",
    );
    const { exit, report } = await shell.load("id,n\n2,2\n3,30\n4,4\n5,5\n");
    expect([exit, report.error?.code], JSON.stringify(report)).toEqual([4, "DELETE_FORBIDDEN"]);
    expect(report.error?.cause).toMatch(
      /rows of (\w+\.)?c refer to \(id\) = \(1\) by (c_t|the foreign key \(t\))/,
    );
    expect(await shell.ids()).toEqual(["1", "2", "3", "4", "5"]);
    expect(await shell.ids("select n from t where id = 3")).toEqual(["3"]);

    const spared = await shell.load("id,n\n1,1\n3,3\n5,5\n");
    expect([spared.exit, spared.report.counts.removed], spared.stderr).toEqual([0, 2]);
  });

  test("rows that go along are counted in a dry run, and named in the plan", async () => {
    const shell = new MissingShell(database);
    await shell.start(
      TABLE,
      ROWS,
      "create table c (t int references t (id) on delete cascade)",
      "create table d (t int references t (id) on delete set null)",
      "insert into c values (1), (1), (3)",
      "insert into d values (2), (3)",
    );
    const text = "id,n\n3,3\n4,4\n5,5\n";
    const dry = await shell.load(text, ["--dry-run"]);
    expect(dry.report.deletes?.along).toMatchObject([
      { onDelete: "cascade", rows: 2 },
      { onDelete: "set null", rows: 1 },
    ]);
    const shown = await shell.plan([]);
    expect(shown).toMatch(/rows of (\w+\.)?c go along/);
    expect(shown).toMatch(/rows of (\w+\.)?d lose what refers/);
    expect(await shell.ids("select t from c order by t")).toEqual(["1", "1", "3"]);

    const done = await shell.load(text);
    expect(done.report.counts.removed, done.stderr).toBe(2);
    expect(await shell.ids("select t from c order by t")).toEqual(["3"]);
    expect(await shell.ids("select t from d where t is null")).toEqual([null]);
  });

  test("rows that refer to each other go together, and stop the load where one stays", async () => {
    const shell = new MissingShell(database);
    await shell.start(
      "create table t (id int not null primary key, n int, p int references t (id))",
      "insert into t values (1, 1, null), (2, 2, 1), (3, 3, 2), (4, 4, null)",
    );
    const went = await shell.load("id,n,p\n1,1,\n4,4,\n", ["--max-delete", "2"]);
    expect([went.exit, went.report.counts.removed], went.stderr).toEqual([0, 2]);

    await database.exec("insert into t values (5, 5, 1)");
    const stopped = await shell.load("id,n,p\n4,4,\n5,5,1\n");
    expect([stopped.exit, stopped.report.error?.code]).toEqual([4, "DELETE_FORBIDDEN"]);
    expect(await shell.ids()).toEqual(["1", "4", "5"]);
  });

  test("NULL in the key is never missing, unless NULLs match", async () => {
    const shell = new MissingShell(database);
    const more = ["--strategy", "select-then-write"];
    const start = async (): Promise<void> =>
      shell.start(
        "create table t (id int, part int, n int)",
        "insert into t values (1, 1, 1), (1, null, 2), (null, null, 3), (2, 2, 4), (3, null, 5)",
      );
    const key = ["--key", "id,part", ...more];
    writeFileSync(join(shell.folder, "in.csv"), "id,part,n\n1,1,1\n");
    await start();
    const kept = await shell.run(["in.csv", ...key]);
    expect([kept.exit, kept.report.counts.removed], kept.stderr).toEqual([0, 1]);
    expect(await shell.ids("select n from t order by n")).toEqual(["1", "2", "3", "5"]);

    await start();
    writeFileSync(join(shell.folder, "in.csv"), "id,part,n\n1,,20\n,,30\n");
    const matched = await shell.run(["in.csv", ...key, "--null-key", "match"]);
    expect([matched.exit, matched.report.counts.removed], matched.stderr).toEqual([0, 3]);
    expect(await shell.ids("select n from t order by n")).toEqual(["20", "30"]);
  });
}

/** A line for each id from one to another. */
function lines(from: number, to: number, n: number): string {
  return Array.from({ length: to - from + 1 }, (_, at) => `${from + at},${n}\n`).join("");
}

function scopes(database: TestDatabase): void {
  test("keys that come again in a later batch leave no gap behind them", async () => {
    const shell = new MissingShell(database);
    await shell.start("create table t (id int not null primary key, n int)");
    await shell.load(`id,n\n${lines(1, 130, 1)}`);
    const again = `id,n\n${lines(1, 100, 1)}${lines(50, 69, 2)}${lines(105, 120, 2)}${lines(20, 39, 3)}`;
    const { exit, report, stderr } = await shell.load(again, [
      "--batch-rows",
      "20",
      "--max-delete",
      "20",
    ]);

    expect([exit, report.counts.removed], stderr).toEqual([0, 14]);
    const left = "select n, count(*) from t group by n order by n";
    expect(await database.rows(left)).toEqual([
      ["1", "60"],
      ["2", "36"],
      ["3", "20"],
    ]);
  });

  test("two tenants share a table", async () => {
    const shell = new MissingShell(database);
    await shell.start(
      "create table t (id int not null, tenant int not null, n int, primary key (tenant, id))",
      "insert into t values (1, 1, 1), (2, 1, 2), (3, 1, 3), (1, 2, 1), (2, 2, 2)",
    );
    writeFileSync(join(shell.folder, "in.csv"), "id,n\n2,2\n");
    const flags = ["in.csv", "--key", "tenant,id", "--const", "tenant=1"];
    const { exit, report, stderr } = await shell.run([...flags, "--delete-where", "tenant = 1"]);
    expect([exit, report.counts.removed], stderr).toEqual([0, 2]);
    expect(report.deletes).toMatchObject({ scope: 3, missing: 2 });
    expect(await shell.ids("select id from t order by tenant, id")).toEqual(["2", "1", "2"]);
  });

  test("rows are marked once, and live again where the load says so", async () => {
    const shell = new MissingShell(database);
    await shell.start("create table t (id int not null primary key, n int, gone int)", MARKED);
    const flags = ["--delete-set", "gone = 7", "--delete-where", "gone is null"];
    const first = await shell.load("id,n\n1,1\n2,2\n", flags);
    expect([first.exit, first.report.counts.removed], first.stderr).toEqual([0, 2]);
    expect(first.report.deletes).toMatchObject({ marked: true, scope: 3, live: 0 });
    const again = await shell.load("id,n\n1,1\n2,2\n", [...flags, "--check"]);
    expect([again.exit, again.report.counts.removed]).toEqual([0, 0]);
    const back = await shell.load("id,n\n1,1\n2,2\n3,3\n", [...flags, "--set", "gone = null"]);
    expect([back.exit, back.report.counts], back.stderr).toMatchObject([
      0,
      { updated: 2, unchanged: 1, removed: 0 },
    ]);
    expect(await shell.ids("select id from t where gone is null order by id")).toEqual([
      "1",
      "2",
      "3",
    ]);
  });

  test("marked rows that still count as live are warned of", async () => {
    const shell = new MissingShell(database);
    await shell.start(TABLE, ROWS);
    const { report } = await shell.load("id,n\n1,1\n2,2\n3,3\n4,4\n", [
      "--delete-set",
      "n = target.n + 1",
      "--delete-where",
      "n > 0",
    ]);
    expect([report.exit, report.counts.removed]).toEqual([0, 1]);
    expect(report.warnings.join()).toContain("still match --delete-where");
  });
}

function refusals(database: TestDatabase): void {
  test.each([
    [["--delete-where", "nosuch = 1"], "--delete-where"],
    [["--delete-where", "n = 1", "--delete-set", "n = nosuch"], "--delete-set"],
    [["--delete-where", "n = 1) or (n = 2"], "--delete-where"],
  ])(
    "SQL that the database does not take is refused before the first record %j",
    async (flags, flag) => {
      const shell = new MissingShell(database);
      await shell.start(TABLE, ROWS);
      const { exit, report } = await shell.load("id,n\n1,1\n", flags);
      expect([exit, report.error?.code]).toEqual([2, "PLAN_EXPRESSION"]);
      expect(report.error?.where).toContain(flag);
      expect(report.error?.fix).not.toContain("excluded");
    },
  );

  test.each([
    [["--set", "id = 9"], 2],
    [["--stamp", "id = 9"], 2],
    [["--set", "n = 9"], 0],
  ])("what changes the key of a row is refused %j", async (flags, exit) => {
    const shell = new MissingShell(database);
    await shell.start(TABLE, ROWS);
    const ran = await shell.load("id,n\n1,1\n2,2\n3,3\n4,4\n", flags);
    expect([ran.exit, ran.report.error?.code]).toEqual([
      exit,
      exit === 0 ? undefined : "OPTION_CONFLICT",
    ]);
  });

  test("a view has no rows to keep from other writers", async () => {
    const shell = new MissingShell(database);
    await shell.start(TABLE, ROWS, "create view v as select id, n from t");
    const { exit, report } = await shell.load("id,n\n1,1\n", ["--table", "v"]);
    expect([exit, report.error?.code]).toEqual([2, "PLAN_UNSUPPORTED"]);
  });

  test("a record without its key stops a load of which the database makes it", async () => {
    const shell = new MissingShell(database);
    await shell.start(TABLE, ROWS);
    writeFileSync(join(shell.folder, "in.ndjson"), '{"id":1,"n":1}\n{"n":2}\n');
    const { exit } = await shell.run(["in.ndjson", "--key", "id"]);
    expect(exit).toBe(4);
    expect(await shell.ids()).toEqual(["1", "2", "3", "4", "5"]);
  });
}

/** `--delete-missing`: after the last record the rows go whose key no record has, or none does. */
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { tableEngines, useDatabase, waysOf, wayTitle } from "../helpers/engines.ts";
import type { TestDatabase } from "../helpers/engines.ts";
import { MissingShell } from "../helpers/missing-shell.ts";

const TABLE = "create table t (id int not null primary key, n int, check (n < 100))";
const ROWS = "insert into t values (1, 1), (2, 2), (3, 3), (4, 4), (5, 5)";

describe.each(tableEngines())("$title", (engine) => {
  const database = useDatabase(engine);

  for (const way of waysOf(engine, [2])) {
    test(`takes the rows away that no record has: ${wayTitle(way)}`, async () => {
      const shell = new MissingShell(database);
      await shell.start(TABLE, ROWS);
      const { strategy, rowSource, batchRows } = way;
      const flags = ["--strategy", strategy, "--row-source", rowSource];
      const text = "id,n\n2,2\n6,6\n4,9\n02,7\n5,5\n6,6\n";
      const { exit, report, stderr } = await shell.load(text, [
        ...flags,
        "--batch-rows",
        String(batchRows),
      ]);

      expect(exit, stderr).toBe(0);
      expect(report.counts).toMatchObject({ read: 6, inserted: 1, updated: 2, removed: 2 });
      expect(report.deletes).toMatchObject({ scope: 5, missing: 2 });
      expect(await shell.ids()).toEqual(["2", "4", "5", "6"]);
    });
  }

  modes(database);
  limits(database);
  rejects(database);
  sources(database);

  test("the plan names the statements, and the report those that were run", async () => {
    const shell = new MissingShell(database);
    await shell.start(TABLE, ROWS);
    const shown = await shell.plan(["--delete-where", "n < 3"]);
    const { report } = await shell.load("id,n\n1,1\n3,3\n", ["--delete-where", "n < 3"]);

    expect(report.steps?.map(({ step }) => step)).toEqual(
      Array(report.steps?.length).fill("--delete-missing"),
    );
    for (const { sql } of report.steps ?? []) expect(shown).toContain(sql);
    expect(shown).toContain("no record has are deleted after the last record");
    expect(await shell.ids()).toEqual(["1", "3", "4", "5"]);
  });

  test("a job in one transaction takes rows away once", async () => {
    const shell = new MissingShell(database);
    await shell.start(TABLE, ROWS);
    const first = await shell.load("id,n\n1,1\n2,2\n3,3\n", ["--job", "j"]);
    expect([first.exit, first.report.counts.removed], first.stderr).toEqual([0, 2]);
    await database.exec("insert into t values (9, 9)");
    const again = await shell.load("id,n\n1,1\n2,2\n3,3\n", ["--job", "j"]);
    expect([again.exit, again.report.job?.alreadyLoadedAt !== null]).toEqual([0, true]);
    expect(await shell.ids()).toEqual(["1", "2", "3", "9"]);
  });

  test("SQL of --after sees the rows gone, that of --before still there", async () => {
    const shell = new MissingShell(database);
    await shell.start(TABLE, ROWS, "create table log (n int)");
    const count = "insert into log select count(*) from t";
    const { exit, stderr } = await shell.load("id,n\n1,1\n2,2\n3,3\n", [
      "--before",
      count,
      "--after",
      count,
    ]);
    expect(exit, stderr).toBe(0);
    expect(await shell.ids("select n from log order by n")).toEqual(["3", "5"]);
  });
});

function modes(database: TestDatabase): void {
  test.each([
    ["ignore", ["1", "3", "6"], "3"],
    ["update", ["1", "3"], "30"],
  ])("mode %s", async (mode, left, n) => {
    const shell = new MissingShell(database);
    await shell.start(TABLE, ROWS);
    const { exit, report, stderr } = await shell.load("id,n\n1,1\n3,30\n6,6\n", ["--mode", mode]);
    expect([exit, report.counts.removed], stderr).toEqual([0, 3]);
    expect(await shell.ids()).toEqual(left);
    expect(await shell.ids("select n from t where id = 3")).toEqual([n]);
  });

  test("a row that a condition keeps as it is has a record all the same", async () => {
    const shell = new MissingShell(database);
    await shell.start(TABLE, ROWS);
    const { report } = await shell.load("id,n\n1,0\n2,9\n3,0\n4,0\n", [
      "--update-where",
      "excluded.n > target.n",
    ]);
    expect(report.counts).toMatchObject({ skipped: 3, updated: 1, removed: 1 });
    expect(await shell.ids()).toEqual(["1", "2", "3", "4"]);
  });

  test.each([["--dry-run"], ["--check"]])("%s counts, and undoes it", async (flag) => {
    const shell = new MissingShell(database);
    await shell.start(TABLE, ROWS);
    const { exit, report } = await shell.load("id,n\n1,1\n2,2\n3,3\n", [flag]);
    expect([exit, report.counts.removed]).toEqual([flag === "--check" ? 3 : 0, 2]);
    expect(await shell.ids()).toEqual(["1", "2", "3", "4", "5"]);
  });
}

function numbers(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, at) => from + at);
}

function fileOf(ids: readonly number[]): string {
  return `id,n\n${ids.map((id) => `${id},1\n`).join("")}`;
}

function rowsOf(ids: readonly number[]): string {
  return `insert into t values ${ids.map((id) => `(${id}, 1)`).join(", ")}`;
}

function limits(database: TestDatabase): void {
  test.each([
    // Rows there, records, flags, exit.
    [20, 10, [], 0],
    [20, 9, [], 4],
    [150, 135, [], 0],
    [150, 134, [], 4],
    [20, 9, ["--max-delete", "11"], 0],
    [20, 8, ["--max-delete", "11"], 4],
    [20, 15, ["--max-delete", "25%"], 0],
    [20, 14, ["--max-delete", "25%"], 4],
    [20, 19, ["--max-delete", "0"], 4],
    [20, 20, ["--max-delete", "0"], 0],
  ] as const)("of %i rows, %i have a record, %j: exit %i", async (there, have, flags, exit) => {
    const shell = new MissingShell(database);
    await shell.start(TABLE, rowsOf(numbers(1, there)));
    const ran = await shell.load(fileOf(numbers(1, have)), flags);
    expect([ran.exit, ran.report.error?.code], ran.stderr).toEqual([
      exit,
      exit === 0 ? undefined : "DELETE_LIMIT",
    ]);
    expect((await shell.ids()).length).toBe(exit === 0 ? have : there);
    if (exit === 0) return;
    const allow = /--max-delete (\S+?);/.exec(ran.report.error?.fix ?? "")?.[1] ?? "";
    const again = await shell.load(fileOf(numbers(1, have)), ["--max-delete", allow]);
    expect([again.exit, again.report.counts.removed], again.stderr).toEqual([0, there - have]);
  });

  test("all rows go only where that is said", async () => {
    const shell = new MissingShell(database);
    await shell.start(TABLE, ROWS);
    for (const flags of [[], ["--max-delete", "99%"], ["--max-delete", "50"]]) {
      const { exit, report } = await shell.load("id,n\n8,8\n", flags);
      expect([exit, report.error?.code]).toEqual([4, "DELETE_LIMIT"]);
      expect(report.error?.fix).toContain("--max-delete 100%;");
      expect(await shell.ids()).toEqual(["1", "2", "3", "4", "5"]);
    }
    const { exit, report } = await shell.load("id,n\n8,8\n", ["--max-delete", "100%"]);
    expect([exit, report.counts.removed]).toEqual([0, 5]);
    expect(await shell.ids()).toEqual(["8"]);
  });

  test("a source without a record is refused, unless all may go", async () => {
    const shell = new MissingShell(database);
    await shell.start(TABLE, ROWS);
    for (const more of [[], ["--dry-run"], ["--max-delete", "99%"]]) {
      const { exit, report } = await shell.load("id,n\n", more);
      expect([exit, report.error?.code]).toEqual([4, "STEP_NO_RECORD"]);
      expect(await shell.ids()).toEqual(["1", "2", "3", "4", "5"]);
    }
    const { exit, report } = await shell.load("id,n\n", ["--max-delete", "100%"]);
    expect([exit, report.counts.removed]).toEqual([0, 5]);
  });
}

function rejects(database: TestDatabase): void {
  test.each([[[]], [["--rejects-ok"]], [["--rejects-ok", "--dry-run"]]])(
    "a reject keeps every row in the table %j",
    async (more) => {
      const shell = new MissingShell(database);
      await shell.start(TABLE, ROWS);
      const flags = ["--max-rejects", "5", "--reject-file", join(shell.folder, "r.csv"), ...more];
      const { exit, report } = await shell.load("id,n\n1,10\n2,500\n6,6\n", flags);
      expect([exit, report.status, report.counts.removed]).toEqual([3, "rejects", 0]);
      expect(report.deletes).toMatchObject({ scope: 5, missing: null });
      expect(report.warnings.join()).toContain("no row of");
      const isDry = more.includes("--dry-run");
      expect(await shell.ids()).toEqual(["1", "2", "3", "4", "5", ...(isDry ? [] : ["6"])]);
    },
  );

  test("a load that fails leaves the rows", async () => {
    const shell = new MissingShell(database);
    await shell.start(TABLE, ROWS);
    const { exit, report } = await shell.load("id,n\n1,1\n2,500\n");
    expect([exit, report.error?.code, report.counts.removed]).toEqual([4, "REJECT_LIMIT", 0]);
    expect(await shell.ids()).toEqual(["1", "2", "3", "4", "5"]);
  });
}

function sources(database: TestDatabase): void {
  const CUT = "id,n\n1,1\n2,2\n3,3";

  test("a file without its last line end is refused, unless something vouches for it", async () => {
    const shell = new MissingShell(database);
    await shell.start(TABLE, ROWS);
    const { exit, report } = await shell.load(CUT);
    expect([exit, report.error?.code]).toEqual([4, "SOURCE_INCOMPLETE"]);
    expect(report.error?.fix).toContain("--expect-rows");
    expect(await shell.ids()).toEqual(["1", "2", "3", "4", "5"]);
    const vouched = await shell.load(CUT, ["--expect-rows", "3"]);
    expect([vouched.exit, vouched.report.counts.removed]).toEqual([0, 2]);
  });

  test("a stream must be vouched for, before anything is written", async () => {
    const shell = new MissingShell(database);
    await shell.start(TABLE, ROWS);
    const into = ["-", "--key", "id"];
    const text = "id,n\n1,1\n2,2\n3,3\n";
    const refused = await shell.run(into, text);
    expect([refused.exit, refused.report.error?.code]).toEqual([2, "OPTION_MISSING"]);
    const few = await shell.run([...into, "--expect-rows", "4"], text);
    expect([few.exit, few.report.error?.code]).toEqual([4, "SOURCE_ROWS"]);
    const { exit, report } = await shell.run([...into, "--expect-rows", "3"], text);
    expect([exit, report.counts.removed]).toEqual([0, 2]);
  });

  test("a JSON array ends by its bracket, also in a stream", async () => {
    const shell = new MissingShell(database);
    await shell.start(TABLE, ROWS);
    const into = ["-", "--key", "id", "--format", "json"];
    const cut = await shell.run(into, '[{"id":1},{"id":2}');
    expect(cut.exit).toBe(4);
    const open = await shell.run(into, '{"id":1} {"id":2}');
    expect([open.exit, open.report.error?.code]).toEqual([4, "SOURCE_INCOMPLETE"]);
    expect(await shell.ids()).toEqual(["1", "2", "3", "4", "5"]);
    const { exit, report, stderr } = await shell.run(into, '[{"id":1},{"id":2}]');
    expect([exit, report.counts.removed], stderr).toEqual([0, 3]);
  });
}

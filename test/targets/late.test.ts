/** `--late`: columns that are set after the last record, when the rows that they refer to are there. */
import { describe, expect, test } from "vitest";
import { tableEngines, useDatabase, waysOf, wayTitle } from "../helpers/engines.ts";
import type { TestDatabase } from "../helpers/engines.ts";
import { LateShell } from "../helpers/late-shell.ts";

const STAFF =
  "create table staff (id int not null primary key, name varchar(20), boss int references staff (id), check (id < 100))";
const FILE = "id,name,boss\n2,Bo,1\n3,Cy,2\n1,Al,\n";
const ROWS = ["1 Al -", "2 Bo 1", "3 Cy 2"];

describe.each(tableEngines())("$title", (engine) => {
  const database = useDatabase(engine);

  for (const way of waysOf(engine, [2])) {
    test(`rows refer to later rows: ${wayTitle(way)}`, async () => {
      const shell = new LateShell(database);
      await shell.start(STAFF);
      const flags = ["--strategy", way.strategy, "--row-source", way.rowSource];
      const batches = [...flags, "--batch-rows", String(way.batchRows)];
      const first = await shell.load(FILE, batches);
      expect([first.exit, first.counts], first.output).toEqual([0, { inserted: 3 }]);
      expect(first.report.late).toEqual({ columns: ["boss"], noted: 3, set: 2, missed: 0 });
      expect(await shell.rows()).toEqual(ROWS);

      const again = await shell.load(FILE, batches);
      expect([again.exit, again.counts], again.output).toEqual([0, { unchanged: 3 }]);
      const moved = await shell.load("id,name,boss\n2,Bo,3\n3,Di,1\n1,Al,\n4,Ed,2\n", batches);
      expect(moved.counts, moved.output).toEqual({ inserted: 1, updated: 2, unchanged: 1 });
      expect(await shell.rows()).toEqual(["1 Al -", "2 Bo 3", "3 Di 1", "4 Ed 2"]);
    });
  }

  records(database);
  modes(database);
  failures(database);
  together(database);
});

function records(database: TestDatabase): void {
  test("a key that repeats: its values are set in order", async () => {
    const shell = new LateShell(database);
    await shell.start(STAFF);
    const text = "id,name,boss\n2,Bo,3\n1,Al,\n3,Cy,1\n2,Bo,1\n3,Cy,\n";
    const { counts, output } = await shell.load(text);

    // The fourth and the fifth find their row as it is, and only set a value.
    expect(counts, output).toEqual({ inserted: 3, updated: 2 });
    expect(await shell.rows()).toEqual(["1 Al -", "2 Bo 1", "3 Cy -"]);
  });

  test("a record that lacks the field leaves the value as it is, and one with null clears it", async () => {
    const shell = new LateShell(database);
    await shell.start(
      STAFF,
      "insert into staff values (1, 'Al', null), (2, 'Bo', 1), (3, 'Cy', 1)",
    );
    const text = '{"id":2,"name":"Bo"}\n{"id":3,"boss":null}\n{"id":4,"boss":3}\n{"id":1}\n';
    const { counts, output } = await shell.load(text);

    expect(counts, output).toEqual({ inserted: 1, updated: 1, unchanged: 1, ignored: 1 });
    expect(await shell.rows()).toEqual(["1 Al -", "2 Bo 1", "3 Cy -", "4 - 3"]);
  });

  test("more records than are noted at once", async () => {
    const shell = new LateShell(database);
    await shell.start(
      "create table staff (id int not null primary key, name varchar(20), boss int references staff (id))",
    );
    const ids = Array.from({ length: 4100 }, (_, at) => at + 1);
    const text = `id,name,boss\n${ids.map((id) => `${id},ä,${((id * 7) % 4100) + 1}\n`).join("")}`;
    const first = await shell.load(text);
    expect([first.exit, first.counts], first.output).toEqual([0, { inserted: 4100 }]);
    expect(first.report.late).toMatchObject({ noted: 4100, set: 4100 });
    expect((await shell.load(text)).counts).toEqual({ unchanged: 4100 });
    expect(await database.rows("select count(*) from staff where boss is null")).toEqual([["0"]]);
  });

  test("a key without an index, of which a part is NULL", async () => {
    const shell = new LateShell(database);
    await shell.start("create table staff (id int, name varchar(20), boss int)");
    const flags = ["--key", "id,name", "--null-key", "match", "--strategy", "select-then-write"];
    const text = "id,name,boss\n1,,5\n,Al,7\n1,,6\n";
    const { counts, output } = await shell.run(text, [...flags, "--late", "boss"]);
    expect(counts, output).toEqual({ inserted: 2, updated: 1 });
    expect((await shell.rows()).toSorted()).toEqual(["- Al 7", "1 - 6"]);
  });

  test("a record that is rejected sets nothing", async () => {
    const shell = new LateShell(database);
    await shell.start(STAFF);
    const text = "id,name,boss\n2,Bo,1\n200,No,1\n1,Al,\n";
    const { exit, counts, output } = await shell.load(text, ["--max-rejects", "1"]);

    expect([exit, counts], output).toEqual([3, { inserted: 2, rejected: 1 }]);
    expect(await shell.rows()).toEqual(["1 Al -", "2 Bo 1"]);
  });

  test("--null-keeps holds for a row that was there", async () => {
    const shell = new LateShell(database);
    await shell.start(STAFF, "insert into staff values (1, 'Al', null), (2, 'Bo', 1)");
    const text = "id,name,boss\n2,Bo,\n3,Cy,\n3,Cy,2\n3,Cy,\n";
    const { counts, output } = await shell.load(text, ["--null-keeps"]);

    expect(counts, output).toEqual({ inserted: 1, updated: 1, unchanged: 2 });
    expect(await shell.rows()).toEqual(["1 Al -", "2 Bo 1", "3 Cy 2"]);
  });

  test("under --null-keeps a new row has the NULL of its record, and not the default", async () => {
    const shell = new LateShell(database);
    await shell.start(STAFF.replace("boss int", "boss int default 1"));
    const text = "id,name,boss\n1,Al,\n2,Bo,\n3,Cy,2\n2,Bo,\n";
    const { counts, output } = await shell.load(text, ["--null-keeps"]);

    expect(counts, output).toEqual({ inserted: 3, unchanged: 1 });
    expect(await shell.rows()).toEqual(["1 Al -", "2 Bo -", "3 Cy 2"]);
  });
}

function modes(database: TestDatabase): void {
  const there = "insert into staff (id, name) values (1, 'Al'), (2, 'Bo')";

  test.each([
    ["ignore", { inserted: 1, ignored: 2 }, ["1 Al -", "2 Bo -", "3 Cy 2"]],
    ["update", { updated: 1, unchanged: 1, skipped: 1 }, ["1 Al -", "2 Bo 1"]],
  ])("mode %s", async (mode, counts, rows) => {
    const shell = new LateShell(database);
    await shell.start(STAFF, there);
    const ran = await shell.load(FILE, ["--mode", mode]);
    expect(ran.counts, ran.output).toEqual(counts);
    expect(await shell.rows()).toEqual(rows);
  });

  test.each(["native", "select-then-write"])(
    "--update-where decides where nothing else is updated: %s",
    async (strategy) => {
      const shell = new LateShell(database);
      await shell.start(STAFF, "insert into staff (id, name) values (1, 'Al'), (2, 'Bo')");
      const where = ["--update-where", "target.name = 'Al'", "--strategy", strategy];
      const text = "id,boss\n1,2\n2,3\n3,1\n1,3\n";
      const { exit, counts, output } = await shell.load(text, where);
      expect([exit, counts], output).toEqual([0, { inserted: 1, updated: 2, skipped: 1 }]);
      expect(await shell.rows()).toEqual(["1 Al 3", "2 Bo -", "3 - 1"]);
    },
  );

  test("a row that --update-where skips keeps its value; --set and --stamp count once", async () => {
    const shell = new LateShell(database);
    await shell.start(STAFF, "alter table staff add n int", "alter table staff add s int", there);
    const flags = ["--set", "n = coalesce(target.n, 0) + 1", "--stamp", "s = 7"];
    const where = ["--update-where", "excluded.name <> 'Bo'"];
    const { counts, output } = await shell.load(FILE, [...flags, ...where]);
    expect(counts, output).toEqual({ inserted: 1, updated: 1, skipped: 1 });
    expect(await shell.rows()).toEqual(["1 Al -", "2 Bo -", "3 Cy 2"]);
    const marks = await database.rows("select id, n, s from staff order by id");
    expect(marks).toEqual([
      ["1", "1", "7"],
      ["2", null, null],
      ["3", null, "7"],
    ]);
  });

  test.each([
    ["--dry-run", 0],
    ["--check", 3],
  ])("%s counts, and keeps nothing", async (flag, exit) => {
    const shell = new LateShell(database);
    await shell.start(STAFF, there);
    const ran = await shell.load(FILE, [flag]);
    expect([ran.exit, ran.counts], ran.output).toEqual([
      exit,
      { inserted: 1, updated: 1, unchanged: 1 },
    ]);
    expect(await shell.rows()).toEqual(["1 Al -", "2 Bo -"]);
  });
}

function failures(database: TestDatabase): void {
  test("a value that is refused ends the load: nothing is kept, and its place is named", async () => {
    const shell = new LateShell(database);
    await shell.start(STAFF);
    const text = "id,name,boss\n2,Bo,1\n3,Cy,9\n1,Al,\n4,Ed,8\n";
    for (const flags of [[], ["--max-rejects", "9"], ["--dry-run"]]) {
      const { exit, error, report, output } = await shell.load(text, flags);
      expect([exit, error], output).toEqual([4, "LATE_VALUE"]);
      expect(report.error?.cause).toMatch(
        /^staff\.csv, record 2, line 3; staff\.csv, record 4, line 5: /,
      );
      expect(report.error?.where).toBe("staff.csv, record 2, line 3");
      expect(report.error?.fix).toContain("or add the record that it refers to");
    }
    expect(await shell.rows()).toEqual([]);
  });

  test("the fix of a record that refers to a later one sets its value late", async () => {
    const shell = new LateShell(database);
    await shell.start(STAFF);
    const refused = await shell.run(FILE, ["--key", "id"]);
    expect(refused.error, refused.output).toBe("REJECT_LIMIT");
    const flag = /--late (\w+)/.exec(refused.report.error?.fix ?? "")?.[1];
    const ran = await shell.run(FILE, ["--key", "id", "--late", flag ?? ""]);
    expect(ran.counts, ran.output).toEqual({ inserted: 3 });
  });

  test.each([
    [["--key", "id", "--late", "id"], "PLAN_LATE", /the key of the record is told by it/],
    [["--key", "id", "--late", "nobody"], "PLAN_UNKNOWN_COLUMN", /boss/],
    [["--late", "boss"], "PLAN_LATE", /name a unique key with --key/],
    [["--mode", "insert", "--late", "boss"], "OPTION_CONFLICT", /by the key of its record/],
    [
      ["--key", "id", "--late", "boss", "--commit", "9"],
      "OPTION_CONFLICT",
      /the transaction of all/,
    ],
    [["--key", "id", "--late", "boss", "-u", "name"], "PLAN_LATE", /--update-columns leaves it/],
    [["--key", "id", "--late", "boss", "--set", "boss = 1"], "PLAN_LATE", /--set or --stamp/],
    [["--key", "id", "--late", "boss", "--null-key", "insert"], "PLAN_LATE", /not found again/],
    [
      ["--key", "id", "--late", "boss", "--update-where", "excluded.boss > target.boss"],
      "PLAN_LATE",
      /--update-where reads excluded\.boss/,
    ],
    [["--key", "id", "--late", "must"], "PLAN_LATE", /NOT NULL and has no default/],
  ])("is refused before the first record: %j", async (flags, code, text) => {
    const shell = new LateShell(database);
    await shell.start(STAFF.replace(", check", ", must int not null, check"));
    const ran = await shell.run("id,name,boss,must\n1,Al,,1\n", flags);
    expect([ran.exit, ran.error], ran.output).toEqual([2, code]);
    expect(`${ran.report.error?.cause} ${ran.report.error?.fix}`).toMatch(text);
  });
}

function together(database: TestDatabase): void {
  test("with --delete-missing a row goes that is no longer referred to", async () => {
    const shell = new LateShell(database);
    await shell.start(STAFF);
    await shell.load(FILE);
    const ran = await shell.load("id,name,boss\n3,Cy,1\n1,Al,\n", ["--delete-missing"]);
    expect([ran.exit, ran.counts], ran.output).toEqual([
      0,
      { updated: 1, unchanged: 1, removed: 1 },
    ]);
    expect(await shell.rows()).toEqual(["1 Al -", "3 Cy 1"]);
  });

  test("a job in one transaction is loaded once", async () => {
    const shell = new LateShell(database);
    await shell.start(STAFF);
    const first = await shell.load(FILE, ["--job", "staff", "--keep-job"]);
    expect([first.exit, first.counts], first.output).toEqual([0, { inserted: 3 }]);
    const again = await shell.load(FILE, ["--job", "staff"]);
    expect(again.report.job?.alreadyLoadedAt, again.output).not.toBeNull();
    expect(await shell.rows()).toEqual(ROWS);
  });

  test("the plan says so, and shows the statements of both passes", async () => {
    const shell = new LateShell(database);
    await shell.start(STAFF);
    const plan = await shell.plan(FILE);
    expect(plan).toContain("boss is set after the last record, by key and in file order");
    expect(plan).toMatch(/update [^;]*set [^;]*boss/i);
    expect(plan).not.toContain("one row at a time");
  });

  test("a value that finds no row any more is told of", async () => {
    const shell = new LateShell(database);
    await shell.start(STAFF);
    const text = "id,name,boss\n1,Al,\n2,Bo,1\n2,Bo,1\n";
    const { exit, counts, report, output } = await shell.load(text, [
      "--set",
      "id = target.id + 50",
    ]);
    expect([exit, counts], output).toEqual([0, { inserted: 2, updated: 1 }]);
    expect(report.late).toMatchObject({ noted: 3, set: 0, missed: 2 });
    expect(report.warnings.join("\n")).toContain("2 records did not set boss: no row of");
    expect(await shell.rows()).toEqual(["1 Al -", "52 Bo -"]);
  });

  test("a column that no field fills is told of", async () => {
    const shell = new LateShell(database);
    await shell.start(STAFF);
    for (const text of ["id,name\n1,Al\n", '{"id":1,"name":"Al"}\n']) {
      const { exit, report, output } = await shell.load(text);
      expect(exit, output).toBe(0);
      expect(report.warnings).toEqual([
        "no record had a field for the column boss, which --late names",
      ]);
    }
  });
}

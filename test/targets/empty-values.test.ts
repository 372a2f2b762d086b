/** Values that are none: tokens of one field, tokens in quotes, empty fields that count as absent, records without any value. */
import { describe, expect, test } from "vitest";
import { tableEngines, useDatabase, waysOf, wayTitle } from "../helpers/engines.ts";
import type { TestDatabase } from "../helpers/engines.ts";
import { ValuesShell } from "../helpers/values-shell.ts";

const TABLE =
  "create table t (id int not null primary key, n int, s varchar(20), state varchar(20) default 'new')";
const ALL = "select id, n, s, state from t order by id";
const KEY = ["--key", "id"];

describe.each(tableEngines())("$title", (engine) => {
  const database = useDatabase(engine);

  tokens(database);
  absentOnes(database);
  blanks(database);

  for (const way of waysOf(engine, [2, 100])) {
    test(`an empty field takes the default on insert and keeps on update: ${wayTitle(way)}`, async () => {
      const shell = new ValuesShell(database);
      const { strategy, rowSource, batchRows } = way;
      const how = ["--strategy", strategy, "--row-source", rowSource, "-b", String(batchRows)];
      await shell.start(TABLE, "insert into t values (1, 1, 'a', 'old'), (2, 2, 'b', 'old')");
      const text = 'id,s,state\n1,x,\n2,y,done\n3,z,""\n4,w,sent\n3,v,\n,,\n1,,\n4,,\n';

      const { exit, report, stderr } = await shell.load(text, [
        ...KEY,
        "--default-on-empty",
        "state",
        ...how,
      ]);

      expect([exit, report.counts.blank], stderr).toEqual([0, 1]);
      expect(report.counts).toMatchObject({ read: 7, inserted: 2, updated: 5 });
      expect(await shell.rows(ALL)).toEqual([
        "1|1|null|old",
        "2|2|y|done",
        "3|null|v|new",
        "4|null|null|sent",
      ]);
    });
  }
});

function tokens(database: TestDatabase): void {
  test("a token is NULL in its own field alone", async () => {
    const shell = new ValuesShell(database);
    await shell.start(TABLE);
    const flags = [...KEY, "--null-in", "n=-1", "--null-in", "s=none", "--null-in=s=-1"];

    const csv = await shell.load('id,n,s,state\n1,-1,none,none\n2,5,"none",-1\n', flags);
    const json = await shell.load(
      '{"id":3,"n":"-1","s":"none","state":"none"}\n',
      flags,
      "in.ndjson",
    );

    expect([csv.exit, json.exit], csv.stderr + json.stderr).toEqual([0, 0]);
    expect(await shell.rows(ALL)).toEqual(["1|null|null|none", "2|5|none|-1", "3|null|null|none"]);
  });

  test("--null-in field= makes NULL of its empty values, whatever --empty says", async () => {
    const shell = new ValuesShell(database);
    await shell.start(TABLE);

    const ran = await shell.load("id,s,state\n1,,\n", [
      ...KEY,
      "--empty",
      "string",
      "--null-in",
      "s=",
    ]);

    expect(ran.exit, ran.stderr).toBe(0);
    expect(await shell.rows("select id from t where s is null and state = ''")).toEqual(["1"]);
  });

  test("--null-quoted takes tokens in quotes, and leaves quoted empty fields to --empty", async () => {
    const shell = new ValuesShell(database);
    const text = 'id,n,s,state\n1,"NULL","NULL",""\n2,NULL,"NU""LL",x\n';

    await shell.start(TABLE);
    const plain = await shell.load(text, [...KEY, "--null", "NULL", "--map", "n:"]);
    expect(plain.exit, plain.stderr).toBe(0);
    expect(await shell.rows("select s from t order by id")).toEqual(["NULL", 'NU"LL']);

    await shell.start(TABLE);
    const flags = [...KEY, "--null", "NULL", "--null", 'NU"LL', "--null-quoted"];
    const quoted = await shell.load(text, flags);
    expect(quoted.exit, quoted.stderr).toBe(0);
    expect(await shell.rows("select id, n, s from t order by id")).toEqual([
      "1|null|null",
      "2|null|null",
    ]);
    expect(await shell.rows("select id from t where state = ''")).toEqual(["1"]);
    await shell.start(TABLE);
    await shell.load(text, [...flags, "--null", ""]);
    expect(await shell.rows("select id from t where state is null")).toEqual(["1"]);
  });

  test.each([
    [
      ["--null-quoted"],
      "add --null TOKEN; or pass --empty null alone, if quoted empty fields are NULL",
    ],
    [["--null-in", "s=", "--keep-empty", "s"], "leave one of them out"],
    [["--default-on-empty", "s", "--keep-empty", "s"], "leave one of them out"],
    [["--default-on-empty", "id"], "leave id out of --default-on-empty"],
    [
      ["--thousands", "."],
      "pass --decimal , as well, if that begins the decimals; or leave --thousands out",
    ],
  ])("%j is refused", async (flags, fix) => {
    const shell = new ValuesShell(database);
    await shell.start(TABLE);

    const { exit, report } = await shell.load("id,s\n1,a\n", [...KEY, ...flags]);

    expect([exit, report.error?.code, report.error?.fix]).toEqual([2, "OPTION_CONFLICT", fix]);
  });

  test.each(["--null-in=x=1", "--default-on-empty=x"])("%s names no field", async (flag) => {
    const shell = new ValuesShell(database);
    await shell.start(TABLE);

    const { exit, report } = await shell.load("id,s\n1,a\n", [...KEY, flag]);

    expect([exit, report.error?.code]).toEqual([2, "PLAN_NO_FIELD"]);
  });
}

function absentOnes(database: TestDatabase): void {
  test("an empty JSON string counts as absent, NULL does not", async () => {
    const shell = new ValuesShell(database);
    await shell.start(TABLE, "insert into t values (1, 1, 'a', 'old'), (2, 2, 'b', 'old')");
    const text =
      '{"id":1,"state":""}\n{"id":2,"state":null}\n{"id":3,"state":""}\n{"id":4,"state":"x"}\n';

    const { exit, stderr } = await shell.load(
      text,
      [...KEY, "--default-on-empty", "state"],
      "in.ndjson",
    );

    expect(exit, stderr).toBe(0);
    expect(await shell.rows("select id, state from t order by id")).toEqual([
      "1|old",
      "2|null",
      "3|new",
      "4|x",
    ]);
  });

  test("a token is NULL, and not absent", async () => {
    const shell = new ValuesShell(database);
    await shell.start(TABLE);
    const flags = [...KEY, "--null", "-", "--default-on-empty", "state"];

    const { exit, stderr } = await shell.load("id,state\n1,-\n2,\n", flags);

    expect(exit, stderr).toBe(0);
    expect(await shell.rows("select id, state from t order by id")).toEqual(["1|null", "2|new"]);
  });
}

function blanks(database: TestDatabase): void {
  test("records without any value are numbered and counted, and not written", async () => {
    const shell = new ValuesShell(database);
    await shell.start(TABLE);
    const text = "id;n;s\n1;1;a\n;;\n;;;;\n2;x;b\n;;\n3;3;c\n;;\n;;\n";

    const { exit, report, stderr } = await shell.load(text, [
      ...KEY,
      "-d",
      ";",
      "--max-rejects",
      "1",
      "--null",
      "x",
      "--const",
      "state=y",
      "--expect-rows",
      "3",
    ]);

    expect(exit, stderr).toBe(0);
    expect(report.counts).toMatchObject({ read: 3, inserted: 3, rejected: 0, blank: 5 });
    expect(await shell.rows("select id, n from t order by id")).toEqual(["1|1", "2|null", "3|3"]);
  });

  test("a reject behind them has their numbers before it", async () => {
    const shell = new ValuesShell(database);
    await shell.start(TABLE);

    const { report } = await shell.load("id,n,s\n,,\n,,\n1,2,3,4\n", KEY);

    expect(report.error?.where).toContain("record 3, line 4");
  });

  test.each([
    ["empty texts are values", "id,s\n,\n", ["--empty", "string", "--map", "id:s", "--map", "s:"]],
    ["in a file of one field they are values", 's\na\n""\n\nb\n', ["--empty", "null"]],
    ["a kept empty text is a value", "s,state\n,\n", ["--keep-empty", "s"]],
    ["a token is a value", "s,state\nNA,NA\n", ["--null", "NA"]],
  ])("%s", async (_, text, flags) => {
    const shell = new ValuesShell(database);
    await shell.start("create table t (s varchar(20), state varchar(20))");

    const { exit, report, stderr } = await shell.load(text, flags);

    expect([exit, report.counts.blank], stderr).toEqual([0, 0]);
    expect(report.counts.inserted).toBeGreaterThan(0);
  });

  test.each([1, 2])("a job counts each of them once: %i writers", async (writers) => {
    const shell = new ValuesShell(database);
    await shell.start(TABLE);
    const lines = Array.from({ length: 40 }, (_, at) => (at % 3 === 0 ? ",,\n" : `${at},1,a\n`));
    const job = [...KEY, "--commit", "5", "--job", "j", "--writers", String(writers), "-b", "4"];
    const begun = await shell.load(`id,n,s\n${lines.join("")}99,1\n`, job);
    const ended = await shell.load(`id,n,s\n${lines.join("")}99,1\n`, [
      ...job,
      "--max-rejects",
      "1",
    ]);

    expect([begun.exit, ended.exit], ended.stderr).toEqual([4, 3]);
    expect(ended.report.counts).toMatchObject({ read: 27, inserted: 26, rejected: 1, blank: 14 });
    expect(await shell.rows("select count(*) from t")).toEqual(["26"]);
  });
}

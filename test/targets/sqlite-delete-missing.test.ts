/** `--delete-missing` on SQLite: tables of its own kinds, and who waits for whom. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { ENGINES, useDatabase } from "../helpers/engines.ts";
import type { Engine } from "../helpers/engines.ts";
import { MissingShell } from "../helpers/missing-shell.ts";

const sqlite = ENGINES.find(({ name }) => name === "sqlite") as Engine;
const database = useDatabase(sqlite);

/** So many whole numbers, each one more than that before. */
const consecutive = (first: number, count: number): number[] =>
  Array.from({ length: count }, (_, at) => first + at);

describe("tables", () => {
  test.each([
    [
      "without rowids",
      "create table t (id text, n int, primary key (id, n)) without rowid",
      "id,n",
    ],
    [
      "with a column that hides the rowid",
      "create table t (id text unique, n int, rowid text)",
      "id",
    ],
    [
      "with columns that hide all of its names",
      "create table t (id text primary key, n int, rowid int, oid int, _rowid_ int)",
      "id",
    ],
    ["that are strict", "create table t (id text primary key, n int) strict", "id"],
    [
      "with an index without case",
      "create table t (id text, n int); create unique index t_id on t (id collate nocase)",
      "id",
    ],
    ["with a key that takes any type", "create table t (id primary key, n int)", "id"],
  ])("%s", async (_, setup, key) => {
    const shell = new MissingShell(database);
    await shell.start(setup, "insert into t (id, n) values ('A', 1), ('b', 2), ('C', 3), ('d', 4)");
    const isCaseless = setup.includes("nocase");
    const text = isCaseless ? "id,n\na,1\nB,2\n" : "id,n\nA,1\nb,2\n";
    writeFileSync(join(shell.folder, "in.csv"), text);
    const { exit, report, stderr } = await shell.run(["in.csv", "--key", key]);
    expect([exit, report.counts.removed], stderr).toEqual([0, 2]);
    expect(await shell.ids("select id from t order by n")).toEqual(["A", "b"]);
  });

  test("numbers as keys are told apart by their value, also beyond what a double holds", async () => {
    const shell = new MissingShell(database);
    const big = "9007199254740993";
    await shell.start(
      "create table t (id integer primary key, n int)",
      `insert into t values (-3, 1), (7, 1), (${big}, 1), (9007199254740992, 1), (${"9".repeat(18)}, 1)`,
    );
    const { exit, report, stderr } = await shell.load(`id,n\n-3,1\n007,1\n${big},1\n`);
    expect([exit, report.counts.removed], stderr).toEqual([0, 2]);
    expect(await shell.ids("select cast(id as text) from t order by id")).toEqual(["-3", "7", big]);
  });

  test("spans of ids, with gaps between them and before and behind", async () => {
    const shell = new MissingShell(database);
    await shell.start(
      "create table t (id integer primary key, n int)",
      "with recursive s(i) as (select -5 union all select i + 1 from s where i < 200) insert into t select i, 0 from s",
    );
    const spans = [
      10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 3, 50, 51, 52, 53, 54, 55, 56, 57, 58, 12, 90,
    ];
    const text = `id,n\n${spans.map((id) => `${id},0\n`).join("")}`;
    const { exit, report, stderr } = await shell.load(text, ["--max-delete", "99%"]);
    const left = [...new Set(spans)].toSorted((a, b) => a - b).map(String);
    expect([exit, report.counts.removed], stderr).toEqual([0, 206 - left.length]);
    expect(await shell.ids()).toEqual(left);
  });

  test("spans of ids in several batches, of which one has ids within those of one before", async () => {
    const shell = new MissingShell(database);
    await shell.start(
      "create table t (id integer primary key, n int)",
      "with recursive s(i) as (select 0 union all select i + 1 from s where i < 99) insert into t select i, 0 from s",
    );
    const batches = [...consecutive(0, 30), ...consecutive(0, 10), ...consecutive(40, 20)];
    const text = `id,n\n${batches.map((id) => `${id},0\n`).join("")}`;
    const { exit, report, stderr } = await shell.load(text, ["--max-delete", "99%", "-b", "30"]);
    expect([exit, report.counts.removed], stderr).toEqual([0, 50]);
    expect(await shell.ids()).toEqual([...consecutive(0, 30), ...consecutive(40, 20)].map(String));
  });

  test("rows that a trigger keeps are told of, and not counted", async () => {
    const shell = new MissingShell(database);
    await shell.start(
      "create table t (id int primary key, n int)",
      "insert into t values (1, 1), (2, 2), (3, 3), (4, 4)",
      "create trigger g before delete on t when old.id = 3 begin select raise(ignore); end",
    );
    const { exit, report } = await shell.load("id,n\n1,1\n2,2\n");
    expect([exit, report.counts.removed]).toEqual([0, 1]);
    expect(report.warnings.join()).toContain("1 row of t, which no record has, stayed");
    expect(await shell.ids()).toEqual(["1", "2", "3"]);
  });
});

describe("keys", () => {
  test("a row that is live by the predicate of its key is kept live", async () => {
    const shell = new MissingShell(database);
    await shell.start(
      "create table t (id text, n int, gone text)",
      "create unique index t_id on t (id) where gone is null",
      "insert into t values ('a', 1, null), ('b', 2, null), ('b', 0, 'x'), ('c', 3, null)",
    );
    writeFileSync(join(shell.folder, "in.csv"), "id,n\na,9\nd,4\n");
    const key = ["in.csv", "--key", "id", "--key-where", "gone is null"];
    const mark = ["--delete-set", "gone = 'y'", "--delete-where", "gone is null"];
    const { exit, report, stderr } = await shell.run([...key, ...mark, "--set", "gone = null"]);
    expect([exit, report.counts.removed], stderr).toEqual([0, 2]);
    expect(await shell.ids("select id || coalesce(gone, '') from t order by 1")).toEqual([
      "a",
      "bx",
      "by",
      "cy",
      "d",
    ]);
    // A stamp is set in new rows as well, which it may bring within the predicate.
    const stamped = await shell.run([...key, ...mark, "--stamp", "gone = null"]);
    expect([stamped.exit, stamped.report.error?.code]).toEqual([2, "OPTION_CONFLICT"]);
  });

  test("a rowid that is made for a record without a key cannot be told", async () => {
    const shell = new MissingShell(database);
    await shell.start(
      "create table t (id integer primary key, n int)",
      "insert into t values (1, 1)",
    );
    const { exit, report } = await shell.load("id,n\n1,1\n,2\n", ["--null-key", "insert"]);
    expect([exit, report.error?.code]).toEqual([2, "PLAN_UNSUPPORTED"]);
    expect(report.error?.fix).toContain("--null-key insert");
  });
});

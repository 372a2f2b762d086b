/** `--delete-when`: a record deletes the row of its key, in its place in the order. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Report } from "../../src/report/report.ts";
import { tableEngines, useDatabase, waysOf, wayTitle } from "../helpers/engines.ts";
import type { TestDatabase } from "../helpers/engines.ts";
import { runUpsurge } from "../helpers/run-upsurge.ts";
import { tempDir } from "../helpers/temp-dir.ts";

const TABLE = "create table t (id int not null primary key, name varchar(20) not null, n int)";
const ROWS = "insert into t values (1, 'Ann', 1), (2, 'Bob', 2), (3, 'Cid', 3)";
const KEYED = ["--key", "id", "--delete-when", "op=d"];

class ChangesShell {
  readonly folder = tempDir();
  readonly #database: TestDatabase;

  constructor(database: TestDatabase) {
    this.#database = database;
  }

  async start(...statements: readonly string[]): Promise<void> {
    await this.#database.reset();
    for (const sql of statements) await this.#database.exec(sql);
  }

  /** Loads the files, by their names, into `t`. */
  async load(
    files: Readonly<Record<string, string>>,
    flags: readonly string[] = KEYED,
  ): Promise<{ readonly exit: number; readonly report: Report; readonly stderr: string }> {
    const names = Object.keys(files);
    for (const name of names) writeFileSync(join(this.folder, name), files[name] ?? "");
    const into = [...names, "--to", this.#database.url, "--table", "t", "--json"];
    const { exitCode, stdout, stderr } = await runUpsurge([...into, ...flags], {
      cwd: this.folder,
    });
    return { exit: exitCode, report: JSON.parse(stdout) as Report, stderr };
  }

  async plan(flags: readonly string[]): Promise<string> {
    const into = ["plan", "in.csv", "--to", this.#database.url, "--table", "t"];
    const { stdout, stderr } = await runUpsurge([...into, ...flags], { cwd: this.folder });
    return stdout + stderr;
  }

  async rows(sql = "select id, name, n from t order by id"): Promise<string[]> {
    return (await this.#database.rows(sql)).map((row) => row.map((each) => each ?? "-").join(" "));
  }
}

/** Of the key 2: written, deleted, written anew. The others of a record that deletes are no values at all. */
const CHANGES =
  "op,id,name,n\nu,2,Bea,20\nd,2,,x\nc,2,Ben,22\nd,1,,\nd,9,,\nu,4,Dan,4\nd,4,,\nd,4,,\n,5,Eve,5\n";

describe.each(tableEngines())("$title", (engine) => {
  const database = useDatabase(engine);

  for (const way of waysOf(engine, [1, 1000])) {
    test(`each record in its place: ${wayTitle(way)}`, async () => {
      const shell = new ChangesShell(database);
      await shell.start(TABLE, ROWS);
      const how = ["--strategy", way.strategy, "--row-source", way.rowSource];
      const flags = [...KEYED, ...how, "--batch-rows", String(way.batchRows)];
      const { exit, report, stderr } = await shell.load({ "in.csv": CHANGES }, flags);

      expect(exit, stderr).toBe(0);
      expect(report.counts).toMatchObject({
        read: 9,
        inserted: 3,
        updated: 1,
        skipped: 2,
        deleted: 3,
        removed: 0,
      });
      expect(await shell.rows()).toEqual(["2 Ben 22", "3 Cid 3", "5 Eve 5"]);
    });
  }

  values(database);
  rejects(database);
  order(database);
  flags(database);
});

function values(database: TestDatabase): void {
  test("texts are compared as they are read: no value equals none, and no list a text", async () => {
    const shell = new ChangesShell(database);
    await shell.start(TABLE, ROWS);
    const lines = [
      '{"gone": null, "id": 1, "name": "a"}',
      '{"id": 2, "name": "b"}',
      '{"gone": true, "id": "3"}',
      '{"gone": ["true"], "id": 4, "name": "d"}',
      '{"gone": 1, "id": 5, "name": "e"}',
      '{"gone": 1.0, "id": 5, "name": "e"}',
    ];
    const marks = ["gone=true", "gone=1.0", 'gone=["true"]'].flatMap((mark) => [
      "--delete-when",
      mark,
    ]);
    const { exit, report, stderr } = await shell.load({ "in.ndjson": `${lines.join("\n")}\n` }, [
      "--key",
      "id",
      ...marks,
    ]);
    expect(exit, stderr).toBe(0);
    expect(report.counts).toMatchObject({ updated: 2, inserted: 2, deleted: 2 });
    expect(await shell.rows("select id, name from t order by id")).toEqual(["1 a", "2 b", "4 d"]);
  });

  test("in CSV, NULL equals nothing, and quotes are no part of a value", async () => {
    const shell = new ChangesShell(database);
    await shell.start(TABLE, ROWS);
    const file = 'id,name,op\n1,a,"d"\n2,b, d\n3,c,D\n';
    const { report } = await shell.load({ "in.csv": file });
    expect(report.counts).toMatchObject({ deleted: 1, updated: 2 });
    const nulls = ["--null", "d"];
    const none = await shell.load({ "in.csv": "id,name,op\n2,bb,d\n" }, [...KEYED, ...nulls]);
    expect(none.report.counts).toMatchObject({ deleted: 0, updated: 1 });
    expect(await shell.rows("select id, name from t order by id")).toEqual(["2 bb", "3 c"]);
  });

  test("of fields with one name, any deletes by it, and one by its number", async () => {
    const shell = new ChangesShell(database);
    await shell.start(TABLE, ROWS);
    const files = { "a.csv": "id,name,op,op\n1,Ann,u,d\n2,Bob,d,u\n" };
    const apart = ["--key", "id", "--map", "3:", "--map", "4:"];
    const second = await shell.load(files, [...apart, "--delete-when", "4=d"]);
    expect(second.report.counts, second.stderr).toMatchObject({ deleted: 1, unchanged: 1 });
    expect(await shell.rows("select id from t order by id")).not.toContain("1");
    const either = await shell.load(files, [...apart, "--delete-when", "op=d"]);
    expect(either.report.counts, either.stderr).toMatchObject({ deleted: 1, skipped: 1 });
  });

  test("the field may be a column, or be left out, or come from one file of several", async () => {
    const shell = new ChangesShell(database);
    await shell.start(TABLE, ROWS);
    const column = ["--key", "id", "--delete-when", "name=Bob"];
    const first = await shell.load({ "a.csv": "id,name\n1,Ann\n2,Bob\n" }, column);
    expect(first.report.counts).toMatchObject({ unchanged: 1, deleted: 1 });
    const dropped = await shell.load({ "a.csv": "id,op\n1,d\n" }, [...KEYED, "--map", "op:"]);
    expect(dropped.report.counts.deleted, dropped.stderr).toBe(1);
    const files = { "a.csv": "id,name\n7,Gus\n8,Hal\n", "b.csv": "op,id,name\nd,7,\nu,9,Ida\n" };
    const several = await shell.load(files);
    expect(several.report.counts, several.stderr).toMatchObject({ inserted: 3, deleted: 1 });
    expect(await shell.rows("select id from t order by id")).toEqual(["3", "8", "9"]);
  });
}

function rejects(database: TestDatabase): void {
  const LINES = ["--max-rejects", "9", "--reject-file", "r.csv"];

  test("a row that others refer to is a reject, and so is a record without its key", async () => {
    const shell = new ChangesShell(database);
    const child = "create table c (id int primary key, t int references t (id))";
    await shell.start(TABLE, ROWS, child, "insert into c values (1, 2)");
    const rejected = ["--max-rejects", "9", "--reject-file", join(shell.folder, "r.csv")];
    const file = "op,id,name\nd,1,\nd,2,\nd,,\nu,2,Bea\nd,3,\n";
    const { exit, report, stderr } = await shell.load({ "in.csv": file }, [...KEYED, ...rejected]);
    expect([exit, report.counts.deleted], stderr).toEqual([3, 2]);
    expect(report.rejects.map(({ code, first }) => [code, first[0]?.line[0]])).toEqual([
      ["ROW_REFERENCED", 3],
      ["ROW_NULL_KEY", 4],
    ]);
    expect(await shell.rows("select id, name from t")).toEqual(["2 Bea"]);
    const stopped = await shell.load({ "in.csv": "op,id\nd,2\n" });
    expect([stopped.exit, stopped.report.error?.code]).toEqual([4, "REJECT_LIMIT"]);
    expect(stopped.report.error?.message).toContain("ROW_REFERENCED");
  });

  test("what it is not read for cannot be wrong in it", async () => {
    const shell = new ChangesShell(database);
    await shell.start(TABLE, ROWS);
    const lines = ['{"op":"d","id":1,"name":null,"n":{"a":1},"more":2}', '{"op":"d","n":1}'];
    const more = ["--extra-fields", "error", ...LINES.slice(0, 2)];
    const { exit, report } = await shell.load(
      { "in.ndjson": `{"id":3,"name":"c","n":3,"op":"u"}\n${lines.join("\n")}\n` },
      [...KEYED, ...more],
    );
    // The header of JSON is what its first records have: a field that has no column is told before.
    expect([exit, report.error?.code]).toEqual([2, "PLAN_UNKNOWN_FIELD"]);
    const ignoring = [...KEYED, "--extra-fields", "ignore", ...LINES.slice(0, 2)];
    const done = await shell.load({ "in.ndjson": `${lines.join("\n")}\n` }, ignoring);
    expect([done.exit, done.report.counts.deleted], done.stderr).toEqual([3, 1]);
    expect(done.report.rejects.map(({ code }) => code)).toEqual(["ROW_NULL_KEY"]);
  });
}

function order(database: TestDatabase): void {
  test("many records in turn, of many keys and of few, in batches and in parts", async () => {
    const shell = new ChangesShell(database);
    const left = new Map<number, string>();
    const lines = Array.from({ length: 3000 }, (_, at) => {
      const id = at % 7 === 0 ? at % 5 : (at * 37) % 900;
      const isDelete = at % 3 === 1;
      if (isDelete) left.delete(id);
      else left.set(id, `n${at}`);
      return isDelete ? `d,${id},` : `u,${id},n${at}`;
    });
    const file = { "in.csv": `op,id,name\n${lines.join("\n")}\n` };
    const expected = [...left].toSorted(([a], [b]) => a - b).map(([id, name]) => `${id} ${name}`);
    for (const more of [[], ["--batch-rows", "250"], ["--commit", "700"]]) {
      await shell.start(TABLE);
      const { exit, report, stderr } = await shell.load(file, [...KEYED, ...more]);
      expect(exit, stderr).toBe(0);
      expect(report.counts.deleted).toBeGreaterThan(100);
      expect(await shell.rows("select id, name from t order by id")).toEqual(expected);
    }
  });

  test("a value that a deleted row gives up can be taken", async () => {
    const shell = new ChangesShell(database);
    await shell.start(
      "create table t (id int not null primary key, name varchar(20) not null unique)",
      "insert into t values (1, 'Ann'), (2, 'Bob')",
    );
    const file = "op,id,name\nd,1,\nu,3,Ann\nu,4,Bob\nd,2,\nu,5,Cid\nd,5,\nu,6,Cid\n";
    const more = ["--max-rejects", "1", "--reject-file", join(shell.folder, "r.csv")];
    const { report } = await shell.load({ "in.csv": file }, [...KEYED, ...more]);
    expect(report.counts).toMatchObject({ inserted: 3, deleted: 3, rejected: 1 });
    expect(await shell.rows("select id, name from t order by id")).toEqual(["3 Ann", "6 Cid"]);
  });

  test("a dry run and a check tell it, and undo it", async () => {
    const shell = new ChangesShell(database);
    await shell.start(TABLE, ROWS);
    const tried = await shell.load({ "in.csv": "op,id\nd,1\n" }, [
      ...KEYED,
      "--check",
      "--diff",
      "5",
    ]);
    expect([tried.exit, tried.report.counts.deleted], tried.stderr).toEqual([3, 1]);
    expect(tried.report.differences?.[0]).toMatchObject({ kind: "removed", key: { id: "1" } });
    expect((await shell.rows()).length).toBe(3);
  });

  test("a key that was deleted by a record is not missing, and a row whose key none has is", async () => {
    const shell = new ChangesShell(database);
    await shell.start(TABLE, ROWS);
    const { report, stderr } = await shell.load({ "in.csv": "op,id,name\nd,1,\nu,2,Bob\n" }, [
      ...KEYED,
      "--delete-missing",
    ]);
    expect(report.counts, stderr).toMatchObject({ deleted: 1, removed: 1, unchanged: 1 });
    expect(await shell.rows()).toEqual(["2 Bob 2"]);
  });
}

function flags(database: TestDatabase): void {
  test.each([
    ["ignore", ["2 Bob 2"], { deleted: 1, ignored: 1, inserted: 1 }],
    ["update", ["2 Rob 2"], { deleted: 1, updated: 1, skipped: 1 }],
  ])("mode %s", async (mode, [second], counts) => {
    const shell = new ChangesShell(database);
    await shell.start(TABLE, ROWS);
    const file = "op,id,name\nd,1,\nu,2,Rob\nu,9,Ida\n";
    const { report } = await shell.load({ "in.csv": file }, [...KEYED, "--mode", mode]);
    expect(report.counts).toMatchObject(counts);
    expect((await shell.rows())[0]).toBe(second);
  });

  test("--update-where holds for deletes, and may read the record", async () => {
    const shell = new ChangesShell(database);
    await shell.start(TABLE, ROWS);
    const file = "op,id,name,n\nd,1,,0\nd,2,,5\nd,3,,\nu,3,Cyd,9\n";
    const newer = ["--update-where", "excluded.n > target.n"];
    const { report } = await shell.load({ "in.csv": file }, [...KEYED, ...newer]);
    expect(report.counts).toMatchObject({ deleted: 1, skipped: 2, updated: 1 });
    expect(await shell.rows()).toEqual(["1 Ann 1", "3 Cyd 9"]);
  });

  test("a constant may be part of the key", async () => {
    const shell = new ChangesShell(database);
    await shell.start(
      "create table t (tenant int not null, id int not null, n int, primary key (tenant, id))",
      "insert into t values (1, 1, 1), (2, 1, 1)",
    );
    const keyed = ["--key", "tenant,id", "--const", "tenant=2", "--delete-when", "op=d"];
    const { report } = await shell.load({ "in.csv": "id,op\n1,d\n" }, keyed);
    expect(report.counts.deleted).toBe(1);
    expect(await shell.rows("select tenant from t")).toEqual(["1"]);
  });

  test.each([
    [["--delete-when", "op=d"], "add --key"],
    [["--mode", "insert", "--delete-when", "op=d"], "a record deletes by its key"],
    [["--ignore", "--any-constraint", "--delete-when", "op=d"], "a record deletes by one key"],
    [["--key", "id", "--delete-when", "op="], "field=value"],
    [["--key", "id", "--delete-when", "opp=d"], "did you mean op?"],
    [[...KEYED, "--max-delete", "5"], "--max-delete"],
  ])("%j is refused", async (given, said) => {
    const shell = new ChangesShell(database);
    await shell.start(TABLE, ROWS);
    const { exit, stderr } = await shell.load({ "in.csv": "op,id,name\nd,1,\n" }, given);
    expect([exit, stderr.includes(said)], stderr).toEqual([2, true]);
    expect((await shell.rows()).length).toBe(3);
  });

  test("the plan has the statements of deletes, and a field that no record had is told", async () => {
    const shell = new ChangesShell(database);
    await shell.start(TABLE, ROWS);
    const file = '{"id": 1, "name": "a"}\n';
    const { report } = await shell.load({ "in.ndjson": file });
    expect(report.warnings.join()).toContain("which --delete-when names");
    writeFileSync(join(shell.folder, "in.csv"), "op,id,name\nd,1,\n");
    const plan = await shell.plan(KEYED);
    expect(plan).toContain("a record with op=d deletes the row of its key");
    expect(plan).toMatch(/delete from|delete target/i);
  });
}

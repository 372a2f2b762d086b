/** What is CockroachDB's own: hidden columns, keys that are sharded or of expressions, long messages, jobs without locks. */
import { describe, expect, test } from "vitest";
import { useServer } from "../helpers/distributed-shell.ts";
import { runUpsurge } from "../helpers/run-upsurge.ts";
import { tempDir } from "../helpers/temp-dir.ts";
import { COCKROACH } from "../support/makers/rules.ts";

const { database, load, played } = useServer(COCKROACH, []);

async function table(sql: string): Promise<void> {
  await database.exec(`drop table if exists t; ${sql}`);
}

async function rows(sql: string): Promise<string[]> {
  return (await database.rows(sql)).map((row) => row.join("|"));
}

describe("what the server hides", () => {
  test("a table without a primary key takes rows, and its rowid is nobody's", async () => {
    await table("create table t (a int, b text, rowid serial primary key)");
    const inserted = await load("a,b\n1,x\n1,x\n", ["--mode", "insert"]);

    expect(inserted.counts).toEqual({ read: 2, inserted: 2 });
    const filled = await load("a,rowid\n1,7\n", ["--mode", "insert"]);
    expect([filled.exitCode, filled.report.error.code]).toEqual([2, "PLAN_UNKNOWN_FIELD"]);
    const keyed = await load("a,b\n1,x\n", ["--mode", "upsert"]);
    expect([keyed.exitCode, keyed.report.error.code]).toEqual([2, "PLAN_NO_KEY"]);
  });

  test("a key that is sharded by its hash is the key of the columns behind the shard", async () => {
    // PostgreSQL wants an index on the columns themselves as well.
    await table(`create table t (id int not null unique, name text,
      crdb_internal_id_shard_16 int not null generated always as (id % 16) stored,
      primary key (crdb_internal_id_shard_16, id));
      insert into t (id, name) values (1, 'a')`);
    const { counts, report, stderr } = await load("id,name\n1,b\n2,c\n1,d\n", ["--mode", "upsert"]);

    expect(counts, stderr).toEqual({ read: 3, inserted: 1, updated: 2 });
    expect(report.key.columns).toEqual(["id"]);
    expect(await rows("select id, name from t order by id")).toEqual(["1|d", "2|c"]);
  });

  test("a key with another hidden column is no key of a load", async () => {
    await table(`create table t (id int not null, crdb_internal_region text default 'here',
      primary key (crdb_internal_region, id))`);
    const { exitCode, report } = await load("id\n1\n");

    expect([exitCode, report.error.code]).toEqual([2, "PLAN_NO_CONFLICT_TARGET"]);
  });
});

describe("what is refused before anything is written", () => {
  test.each([
    ["a key of expressions", "create table t (k text); create unique index low on t (lower(k))"],
    ["ids that the server makes", "create table t (k int generated always as identity unique)"],
    ["a key that no index holds", "create table t (k int, constraint without_index unique (k))"],
  ])("%s", async (_what, sql) => {
    await table(sql);
    const flags = sql.includes("lower") ? ["--constraint", "low"] : ["--key", "k"];
    const keeps = sql.includes("identity") ? ["--keep-identity"] : [];
    const { exitCode, report } = await load("k\n1\n", [...flags, ...keeps]);

    expect([exitCode, report.error.code]).toEqual([2, "PLAN_UNSUPPORTED"]);
    expect(await rows("select count(*) from t")).toEqual(["0"]);
  });
});

test("records that are too long for one message go in several", async () => {
  await table("create table t (id int primary key, name text)");
  const long = "x".repeat(100_000);
  const csv = Array.from({ length: 400 }, (_, at) => `${at % 390},${long}${at}`).join("\n");
  const { counts, exitCode, stderr } = await load(`id,name\n${csv}\n`);

  expect(exitCode, stderr).toBe(0);
  expect(counts).toEqual({ read: 400, inserted: 390, updated: 10 });
});

test("arrays, enums and JSON come from JSON as they are meant", async () => {
  await table(`create type mood as enum ('sad', 'ok');
    create table t (id int primary key, names text[], moods mood[], doc jsonb, n int[])`);
  const line = { id: 1, names: ["a,b", 'c"d', null], moods: ["ok"], doc: { x: [1] }, n: [1, 2] };
  const cwd = tempDir({ "a.ndjson": JSON.stringify(line) });
  const words = ["load", "a.ndjson", "--table", "t", "--to", played().url(database.url)];
  const { exitCode, stderr } = await runUpsurge([...words, "--key", "id"], { cwd });

  expect(exitCode, stderr).toBe(0);
  expect(await rows("select names[1], names[2], names[3] is null, moods, doc, n from t")).toEqual([
    'a,b|c"d|t|{ok}|{"x": [1]}|{1,2}',
  ]);
  await database.exec("drop table t; drop type mood");
});

describe("a job", () => {
  test("is kept in its checkpoint, and done once", async () => {
    const ids = Array.from({ length: 2500 }, (_, at) => `${at}`).join("\n");
    const flags = ["--key", "id", "--job", "ids", "--commit", "1000"];
    const first = await load(`id\n${ids}\n`, flags);
    const again = await load(`id\n${ids}\n`, flags);

    expect(first.exitCode, first.stderr).toBe(0);
    expect(first.report.guarantee).toBe("exactly-once");
    expect(again.report.job.alreadyLoadedAt).not.toBeNull();
    expect(await rows("select count(*) from t")).toEqual(["2500"]);
  });

  test("asks for no lock that the server does not hold", async () => {
    await load("id\n1\n", ["--key", "id", "--job", "one", "--commit", "1000"]);

    expect(played().statements.filter((sql) => /advisory/i.test(sql))).toEqual([]);
  });
});

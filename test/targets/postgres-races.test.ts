/**
 * Another session inserts or deletes a key while a load is at it. A merge and a copy straight into the table fail on that, or
 * pass the row over, where ON CONFLICT would not: the load must notice, and come to the same table and counts.
 */
import { join } from "node:path";
import { Client } from "pg";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { ENGINES, useDatabase } from "../helpers/engines.ts";
import type { Engine, TestDatabase } from "../helpers/engines.ts";
import { untilLockWaits } from "../helpers/lock-waits.ts";
import { runUpsurge } from "../helpers/run-upsurge.ts";
import { tempDir } from "../helpers/temp-dir.ts";

const postgres = ENGINES.find(({ name }) => name === "postgres") as Engine;
const IDS = Array.from({ length: 300 }, (_, id) => id);

async function loadInto(
  { url }: TestDatabase,
  ids: readonly number[],
  flags: readonly string[],
): Promise<unknown> {
  const content = `id,v\n${ids.map((id) => `${id},new`).join("\n")}\n`;
  const file = join(tempDir({ "in.csv": content }), "in.csv");
  const args = ["load", file, "--to", url, "--table", "t", "--json", "-q", ...flags];
  const { stdout } = await runUpsurge(args);
  const { status, counts } = JSON.parse(stdout) as { status: string; counts: object };
  const seen = Object.entries(counts).filter(([, count]) => count !== 0);
  return { status, ...Object.fromEntries(seen) };
}

/** Runs a load while another session has done its work and not yet committed; it commits when the load waits for it. */
async function loadAmid(
  database: TestDatabase,
  work: string,
  flags: readonly string[],
): Promise<unknown> {
  const other = new Client({ connectionString: database.url });
  await other.connect();
  try {
    await other.query("begin");
    await other.query(work);
    const running = loadInto(database, IDS, flags);
    await untilLockWaits(database);
    await other.query("commit");
    return await running;
  } finally {
    await other.end();
  }
}

/** The ways of merging, and the version whose they are. */
describe.each([
  ["merge", "150000"],
  ["update-then-insert", "140000"],
])("postgres, %s", (_method, version) => {
  const database = useDatabase(postgres);
  beforeEach(async () => {
    vi.stubEnv("UPSURGE_TEST_POSTGRES_METHODS", version);
    await database.reset();
  });
  afterEach(() => void vi.unstubAllEnvs());

  const loadBeside = (work: string, flags: readonly string[]) => loadAmid(database, work, flags);
  const loadAgainst = (id: number, flags: readonly string[]) =>
    loadBeside(`insert into t values (${id}, 'other')`, flags);

  test.each([[[]], [["--batch-rows", "100"]], [["--row-source", "arrays"]]])(
    "a key that appears in an empty table is updated %j",
    async (flags) => {
      await database.exec("create table t (id int primary key, v text)");
      const result = await loadAgainst(150, ["--key", "id", ...flags]);
      expect(result).toEqual({ status: "ok", read: 300, inserted: 299, updated: 1 });
      expect(
        await database.rows("select count(*), count(*) filter (where v = 'new') from t"),
      ).toEqual([["300", "300"]]);
    },
  );

  test.each([[[]], [["--batch-rows", "100"]]])(
    "a key that appears while rows are merged is updated %j",
    async (flags) => {
      await database.exec(
        "create table t (id int primary key, v text); insert into t select n, 'old' from generate_series(0, 299, 2) n",
      );
      const result = await loadAgainst(151, ["--key", "id", ...flags]);
      expect(result).toEqual({ status: "ok", read: 300, inserted: 149, updated: 151 });
      expect(
        await database.rows("select count(*), count(*) filter (where v = 'new') from t"),
      ).toEqual([["300", "300"]]);
    },
  );

  test("a key that appears between two statements is updated, and what is unchanged counts once", async () => {
    await database.exec(
      "create table t (id int primary key, v text); insert into t select n, case when n < 100 then 'new' else 'old' end from generate_series(0, 299, 2) n",
    );
    const work = "update t set v = 'other' where id = 298; insert into t values (151, 'other')";
    expect(await loadBeside(work, ["--key", "id"])).toEqual({
      status: "ok",
      read: 300,
      inserted: 149,
      updated: 101,
      unchanged: 50,
    });
    expect(await database.rows("select count(*) from t where v = 'new'")).toEqual([["300"]]);
  });

  test("a row that another session deletes is inserted again", async () => {
    await database.exec(
      "create table t (id int primary key, v text); insert into t select n, 'old' from generate_series(0, 299, 2) n",
    );
    const gone = await loadBeside("delete from t where id = 150", ["--key", "id"]);
    expect(gone).toEqual({ status: "ok", read: 300, inserted: 151, updated: 149 });
    expect(await database.rows("select count(*) from t where v = 'new'")).toEqual([["300"]]);
  });

  test("a key that appears in an empty table is ignored by ignore mode, and refused by insert mode", async () => {
    await database.exec("create table t (id int primary key, v text)");
    expect(await loadAgainst(150, ["--key", "id", "--ignore"])).toEqual({
      status: "ok",
      read: 300,
      inserted: 299,
      ignored: 1,
    });
    await database.exec("truncate t");
    expect(await loadAgainst(150, ["--max-rejects", "1"])).toEqual({
      status: "rejects",
      read: 300,
      inserted: 299,
      rejected: 1,
    });
    expect(await database.rows("select v from t where id = 150")).toEqual([["other"]]);
  });
});

describe("postgres, rows that are copied and then not", () => {
  const database = useDatabase(postgres);
  beforeEach(() => database.reset());
  const load = (ids: readonly number[], flags: readonly string[]) => loadInto(database, ids, flags);

  test("an empty table and a source that repeats a key in a later batch", async () => {
    await database.exec("create table t (id int primary key, v text, n int default 1)");
    const ids = [...IDS, ...IDS.slice(0, 50), 1000, 1001, 1000];
    const flags = ["--key", "id", "--batch-rows", "60", "--set", "n = target.n + 1"];
    expect(await load(ids, flags)).toEqual({
      status: "ok",
      read: 353,
      inserted: 302,
      updated: 51,
    });
    expect(await database.rows("select sum(n), count(*) from t")).toEqual([["353", "302"]]);
  });

  test("rows that go on after those of the table are copied again once nothing else comes", async () => {
    await database.exec(
      "create table t (id int primary key, v text); insert into t values (0, 'old'), (250, 'old')",
    );
    expect(await load(IDS, ["--key", "id", "--batch-rows", "20"])).toEqual({
      status: "ok",
      read: 300,
      inserted: 298,
      updated: 2,
    });
    expect(await database.rows("select count(*) from t where v = 'new'")).toEqual([["300"]]);
  });
});

/** What a batch takes is sent to PostgreSQL in one go, and means what it would mean statement by statement. */
import { Client, Connection } from "pg";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Pipeline } from "../../src/targets/postgres/stage/pipeline.ts";
import { ENGINES, useDatabase } from "../helpers/engines.ts";
import { runUpsurge } from "../helpers/run-upsurge.ts";
import { askNoLocks } from "../helpers/statement-log.ts";

const [engine] = ENGINES.filter(({ name }) => name === "postgres");
if (engine === undefined) throw new Error("there is no PostgreSQL");
const database = useDatabase(engine);
beforeEach(async () => await database.reset());
afterEach(() => void vi.restoreAllMocks());

const ROWS = Array.from({ length: 600 }, (_, id) => `${id},v${id}`);

/** How often a load waits for the server, in so many batches. */
async function roundTrips(batches: number, flags: readonly string[]): Promise<number> {
  askNoLocks();
  const asked = [vi.spyOn(Connection.prototype, "query"), vi.spyOn(Connection.prototype, "sync")];
  const size = String(ROWS.length / batches);
  const load = ["-", "--format", "csv", "--to", database.url, "--table", "t", "--key", "id"];
  const stdin = ["id,v", ...ROWS, ""].join("\n");
  const { stdout, stderr } = await runUpsurge([...load, "-q", "--json", "-b", size, ...flags], {
    stdin,
  });
  const count = asked.reduce((sum, { mock }) => sum + mock.calls.length, 0);
  vi.restoreAllMocks();
  expect(JSON.parse(stdout), stderr).toMatchObject({ status: "ok", counts: { read: 600 } });
  return count;
}

test.each([
  ["rows copied into an empty table", "", []],
  [
    "rows merged with those of the table",
    "insert into t select n, 'old' from generate_series(0, 599, 2) n",
    [],
  ],
  [
    "rows that change nothing",
    "insert into t select n, 'v' || n from generate_series(0, 599) n",
    [],
  ],
  ["rows that are ignored", "insert into t values (0)", ["--ignore"]],
  [
    "rows of which some are turned down",
    "insert into t values (0, 'old')",
    ["--update-where", "excluded.id > 300"],
  ],
])("a batch of %s costs one round trip", async (_, before, flags) => {
  const make = `drop table if exists t; create table t (id int primary key, v text); ${before}`;
  await database.exec(make);
  const few = await roundTrips(2, flags);
  await database.exec(make);
  const many = await roundTrips(12, flags);

  expect(many - few).toBe(10);
});

const copy = (data: string) => ({ sql: "copy t from stdin", data: Buffer.from(data) });

describe.each([
  ["together", true],
  ["one after the other, as for a server that only resembles PostgreSQL", false],
])("statements sent %s", (_, together) => {
  let client: Client;
  beforeEach(async () => {
    client = new Client({ connectionString: database.url });
    await client.connect();
    await client.query("create temporary table t (a int primary key, b text)");
    await client.query("begin");
  });
  afterEach(async () => await client.end());

  test("those that wait come first, and only the others are answered", async () => {
    const pipeline = new Pipeline(client, together);
    pipeline.add({ sql: "savepoint s" }, copy("1\tx\n2\ty\n"));
    const answers = await pipeline.run(
      { sql: "update t set b = $1 where a > $2::int", values: ["z", "1"] },
      { sql: "select a, b, null as c from t order by a desc" },
      copy("3\t\\N\n"),
    );

    expect(answers).toEqual([
      { changed: 1, rows: [] },
      {
        changed: 2,
        rows: [
          { a: 2, b: "z", c: null },
          { a: 1, b: "x", c: null },
        ],
      },
      { changed: 1, rows: [] },
    ]);
  });

  test("what comes after an error is not done, and the savepoint before it holds", async () => {
    const pipeline = new Pipeline(client, together);
    pipeline.add(copy("1\tx\n"), { sql: "savepoint s" });
    const failed = pipeline.run(copy("2\ty\n1\tx\n"), { sql: "insert into t values (3)" });

    await expect(failed).rejects.toMatchObject({ code: "23505", table: "t" });
    await client.query("rollback to savepoint s");
    const [left] = await pipeline.run({ sql: "select count(*)::text as n from t" });
    expect(left?.rows[0]).toEqual({ n: "1" });
  });

  test("what was not sent is forgotten, from a statement on or to the end of the transaction", async () => {
    const pipeline = new Pipeline(client, together);
    pipeline.add({ sql: "insert into t values (1)" }, { sql: "savepoint s" }, copy("2\ty\n"));

    expect(pipeline.drop("savepoint s")).toBe(true);
    await pipeline.flush();
    expect(pipeline.drop("savepoint s")).toBe(false);
    pipeline.add({ sql: "insert into t values (3)" });
    pipeline.end();
    const [left] = await pipeline.run({ sql: "select count(*)::text as n from t" });
    expect(left?.rows[0]).toEqual({ n: "1" });
  });
});

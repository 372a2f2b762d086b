/** A commit of PostgreSQL with the statements that are sent along: each of them changes a row, or nothing is committed. */
import { Client } from "pg";
import { afterEach, beforeEach, expect, test } from "vitest";
import { commitWith } from "../../src/targets/postgres/apply/commit.ts";
import { sendingAhead } from "../../src/targets/postgres/connect/run-together.ts";
import { ENGINES, useDatabase } from "../helpers/engines.ts";

const [engine] = ENGINES.filter(({ name }) => name === "postgres");
if (engine === undefined) throw new Error("there is no PostgreSQL");
const database = useDatabase(engine);

const RECONNECTION = {
  reconnect: (): never => {
    throw new Error("the connection is not lost");
  },
  label: "here",
  patienceMs: 0,
};

let client: Client;
beforeEach(async () => {
  await database.reset();
  await database.exec("create table t (v int); create table place (id int unique, at int)");
  await database.exec("insert into place values (1, 10), (2, 10)");
  client = new Client({ connectionString: database.url });
  await client.connect();
});
afterEach(async () => await client.end());

/** Writes a row, and commits it with places that are moved from 10 to 20. */
async function commit(...places: readonly string[]): Promise<boolean> {
  await client.query("begin");
  await client.query("insert into t values (1)");
  const { rows } = await client.query<{ xid: string }>("select pg_current_xact_id()::text as xid");
  const last = places.map((place) => ({
    sql: `update place set at = $1 where ${place} and at = $2`,
    values: [20, 10],
  }));
  return await sendingAhead(client, () =>
    commitWith(client, { last, xid: rows[0]?.xid ?? "" }, RECONNECTION),
  );
}

/** The rows written, and where the places are. */
async function kept(): Promise<unknown> {
  return [
    await database.rows("select count(*) from t"),
    await database.rows("select at from place order by id"),
  ];
}

test.each([
  ["no statement", [], ["10", "10"]],
  ["one that changes a row", ["id = 1"], ["20", "10"]],
  ["two that change a row each", ["id = 1", "id = 2"], ["20", "20"]],
])("with %s, all of it is committed", async (_, places, at) => {
  expect(await commit(...places)).toBe(true);
  expect(await kept()).toEqual([[["1"]], at.map((each) => [each])]);
});

test.each([
  ["the only one", ["id = 3"]],
  ["the first", ["id = 3", "id = 1"]],
  ["the last", ["id = 1", "id = 3"]],
])("nothing is committed where %s changes no row", async (_, places) => {
  expect(await commit(...places)).toBe(false);
  expect(await kept()).toEqual([[["0"]], [["10"], ["10"]]]);
  // The connection serves for the next transaction.
  expect(await commit("id = 1")).toBe(true);
});

test("nothing is committed where one fails, and its error is told", async () => {
  await expect(commit("id = 1", "id = 'x'")).rejects.toMatchObject({ code: "22P02" });
  expect(await kept()).toEqual([[["0"]], [["10"], ["10"]]]);
});

test("a constraint that the commit checks is told as such", async () => {
  await database.exec(
    "alter table t add constraint few unique (v) deferrable initially deferred; insert into t values (1)",
  );
  await expect(commit("id = 1")).rejects.toMatchObject({ code: "TARGET_COMMIT_REFUSED" });
  expect(await kept()).toEqual([[["1"]], [["10"], ["10"]]]);
});

/** The next test file gets a PostgreSQL database that is as good as new: an old one where nothing is left of what was done to it. */
import { Client } from "pg";
import { describe, expect, onTestFinished, test } from "vitest";
import { openPostgres } from "../helpers/postgres-database.ts";

const HAS_OWN_SERVER = (process.env["UPSURGE_TEST_POSTGRES"] ?? "") === "";

/** The database that comes after one to which this was done: whether it is the same, and what is in it. */
async function after(...done: readonly string[]) {
  const before = await openPostgres();
  for (const sql of done) await before.exec(sql);
  await before.close();
  const next = await openPostgres();
  onTestFinished(() => next.close());
  return { isSame: next.url === before.url, next };
}

function alter(how: string): string {
  return `do $$ begin execute format('alter database %I ${how}', current_database()); end $$`;
}

describe.skipIf(!HAS_OWN_SERVER)("the next file", () => {
  test.each([
    ["a table", "create table t (id int primary key)"],
    ["an extension", "create extension citext"],
    ["a setting of the session", "set search_path = pg_catalog"],
    ["a temporary table", "create temp table t (id int)"],
    ["a lock", "select pg_advisory_lock(1)"],
  ])("gets the database in which there was %s", async (_, sql) => {
    const { isSame, next } = await after(sql);

    expect(isSame).toBe(true);
    const left = `select (select count(*) from pg_class where relname = 't'), (select count(*) from pg_extension where extname = 'citext'),
      (select count(*) from pg_locks where locktype = 'advisory' and pid = pg_backend_pid()), current_setting('search_path')`;
    expect(await next.rows(left)).toEqual([["0", "0", "0", '"$user", public']]);
    expect(
      await next.rows("select has_schema_privilege('pg_read_all_data', 'public', 'usage')"),
    ).toEqual([["t"]]);
  });

  test.each([
    ["another schema", "create schema other"],
    ["a function of the system", "create function pg_catalog.mine() returns int return 1"],
    ["a setting of the database", alter("set work_mem = %L").replace("%L", "''1MB''")],
    ["a limit of its connections", alter("connection limit 7")],
    ["privileges by default", "alter default privileges grant select on tables to public"],
    ["a large object", "select lo_create(0)"],
    ["an aborted transaction", "begin"],
  ])("gets another in the place of one with %s", async (_, sql) => {
    expect((await after(sql)).isSame).toBe(false);
  });

  test("is alone: who was still in a transaction has been sent away", async () => {
    const before = await openPostgres();
    const other = new Client({ connectionString: before.url });
    const ended = new Promise<unknown>((resolve) => void other.on("error", resolve));
    await other.connect();
    await other.query("begin; create table t (id int)");
    await before.close();
    const next = await openPostgres();
    onTestFinished(() => next.close());

    expect(await ended).toMatchObject({ code: "57P01" });
    expect(next.url).toBe(before.url);
    const sessions =
      "select count(*) from pg_stat_activity where datname = current_database() and backend_type = 'client backend'";
    expect(await next.rows(sessions)).toEqual([["1"]]);
  });
});

/**
 * A server that says it is another. It is PostgreSQL with a `version()` of the tests in its catalog: what the real ones do
 * beyond saying their name is not tried here.
 */
import { beforeAll, describe, expect, test } from "vitest";
import { ENGINES, useDatabase } from "../helpers/engines.ts";
import { runUpsurge } from "../helpers/run-upsurge.ts";
import type { RunResult } from "../helpers/run-upsurge.ts";

const [engine] = ENGINES.filter(({ name }) => name === "postgres");
if (engine === undefined) throw new Error("there is no PostgreSQL");
const database = useDatabase(engine);

const SAYS =
  "CockroachDB CCL v25.2.0 (x86_64-pc-linux-gnu, built 2025/05/09 13:54:57, go1.23.7 X:nocoverageredesign)";

async function run(command: string, ...flags: string[]): Promise<RunResult> {
  const load = ["-", "--format", "csv", "--table", "t", "--key", "k"];
  const words = command === "load" || command === "plan" ? load : [];
  return await runUpsurge([command, ...words, "--to", database.url, ...flags], { stdin: "k\n1\n" });
}

describe("before it says so", () => {
  beforeAll(async () => {
    await database.reset();
    // A function of the user's on the search path is not asked.
    await database.exec(`create table t (k int primary key);
      create function public.version() returns text language sql as $$ select 'CockroachDB' $$;
      do $$ begin execute format('alter database %I set search_path = public, pg_catalog', current_database()); end $$`);
  });

  test("it is PostgreSQL", async () => {
    expect((await run("load", "--json")).exitCode).toBe(0);
  });
});

describe("a server that says it is CockroachDB", () => {
  beforeAll(async () => {
    await database.reset();
    await database.exec(`create table t (k int primary key);
      alter function pg_catalog.version() rename to own_version;
      create function pg_catalog.version() returns text language sql stable as $$ select '${SAYS}' $$`);
  });

  test.each(["load", "plan", "inspect", "jobs"])(
    "%s is refused by name, with the flag",
    async (command) => {
      const { exitCode, stderr } = await run(command);

      expect(exitCode).toBe(2);
      expect(stderr).toMatch(/is CockroachDB, not PostgreSQL {2}TARGET_LOOKALIKE/);
      expect(stderr).toContain("its advisory locks do nothing");
      expect(stderr).toMatch(/fix: .*--accept-server/);
    },
  );

  test("nothing was written", async () => {
    const sql = `do $$ begin assert (select count(*) from t) = 0; end $$`;
    await expect(database.exec(sql)).resolves.toBeUndefined();
  });

  test("is accepted by the flag, with a warning", async () => {
    const { exitCode, stdout, stderr } = await run("load", "--accept-server", "--json");

    expect(exitCode, stderr).toBe(0);
    const report = JSON.parse(stdout);
    expect(report.counts.inserted).toBe(1);
    expect(report.warnings.join()).toContain("the server is CockroachDB, not PostgreSQL");
  });
});

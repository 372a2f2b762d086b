/** Settings of the session that safety rests on, whatever the URL, the role or the file say of them. */
import { describe, expect, test } from "vitest";
import { ENGINES, useDatabase } from "../helpers/engines.ts";
import { runUpsurge } from "../helpers/run-upsurge.ts";
import type { RunResult } from "../helpers/run-upsurge.ts";

const [sqlite] = ENGINES.filter(({ name }) => name === "sqlite");
const [postgres] = ENGINES.filter(({ name }) => name === "postgres");
if (sqlite === undefined || postgres === undefined) throw new Error("an engine is missing");

const VALUE = "é\\ß\\' 密";

function load(to: string, input: string, flags: readonly string[]): Promise<RunResult> {
  return runUpsurge(["-", "--format", "csv", "--to", to, "--table", "t", "--key", "k", ...flags], {
    stdin: input,
  });
}

describe("PostgreSQL", () => {
  const database = useDatabase(postgres);
  const WAYS = postgres.rowSources.flatMap((source) => [
    ["--row-source", source],
    ["--row-source", source, "--strategy", "select-then-write"],
  ]);

  test.each(["client_encoding=latin1", "standard_conforming_strings=off", "backslash_quote=on"])(
    "under %s names and values are the same",
    async (setting) => {
      const options = `?options=${encodeURIComponent(`-c ${setting}`)}`;
      for (const way of WAYS) {
        await database.reset();
        await database.exec(`create table t (k int primary key, "é\\'" text)`);
        const input = `k,"é\\'"\n1,"${VALUE}"\n2,"${VALUE}"\n`;
        const { exitCode, stderr } = await load(`${database.url}${options}`, input, way);

        expect([exitCode, stderr]).toEqual([0, ""]);
        expect(await database.rows("select * from t order by k")).toEqual([
          ["1", VALUE],
          ["2", VALUE],
        ]);
      }
    },
  );

  /** Functions of the catalog again, in a schema of the search path, that betray themselves when they are called. */
  const SHADOWS = `do $$ declare f record; begin
    for f in select proname, pg_get_function_identity_arguments(oid) as args, pg_get_function_result(oid) as result
      from pg_proc where pronamespace = 'pg_catalog'::regnamespace and prokind = 'f'
    loop
      begin
        execute format('create function public.%I(%s) returns %s language plpgsql as %L', f.proname, f.args, f.result,
          'begin raise exception ''shadowed''; end');
      exception when others then null;
      end;
    end loop; end $$`;

  test("functions of the same name in the search path are not called", async () => {
    await database.reset();
    await database.exec("create table t (k int primary key, n int); insert into t values (1, 1)");
    await database.exec(SHADOWS);
    const [[shadows] = []] = await database.rows(
      "select count(*) from pg_proc where pronamespace = 'public'::regnamespace",
    );
    expect(Number(shadows)).toBeGreaterThan(1000);

    for (const way of WAYS) {
      const { exitCode, stderr } = await load(database.url, "k,n\n1,2\n2,2\n1,3\n", way);
      expect([exitCode, stderr]).toEqual([0, ""]);
      await database.exec("delete from t where k = 2; update t set n = 1");
    }
    const { exitCode } = await runUpsurge(["inspect", "--to", database.url, "--table", "t"]);
    expect(exitCode).toBe(0);
  });
});

describe("SQLite", () => {
  const database = useDatabase(sqlite);

  test("loads no extension", async () => {
    await database.reset();
    await database.exec("create table t (k int primary key, n int)");
    const set = ["--set", "n = load_extension('./evil')"];
    const { exitCode, stderr } = await load(database.url, "k,n\n1,1\n1,2\n", set);

    expect(stderr).toContain("not authorized");
    expect(exitCode).not.toBe(0);
    expect(await database.rows("select * from t")).toEqual([]);
  });

  test("a schema calls no function that is for statements only", async () => {
    await database.reset();
    await database.exec(`create table t (k int primary key, n int);
      create trigger g after insert on t begin select load_extension('./evil'); end`);
    const { exitCode, stderr } = await load(database.url, "k,n\n1,1\n", []);

    expect(stderr).toContain("unsafe use of load_extension()");
    expect(exitCode).not.toBe(0);
    expect(await database.rows("select * from t")).toEqual([]);
  });
});

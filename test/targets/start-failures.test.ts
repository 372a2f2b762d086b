/** Loads that cannot begin: one block that says what is wrong and what helps, and no summary behind it. */
import { describe, expect, test } from "vitest";
import { defaultOptions } from "../../src/options/parse-options.ts";
import { connectOptions } from "../../src/load/connect-options.ts";
import { findTarget } from "../../src/targets/registry.ts";
import { ENGINES, useDatabase } from "../helpers/engines.ts";
import { JobShell } from "../helpers/job-shell.ts";
import { runUpsurge } from "../helpers/run-upsurge.ts";
import { tempDir } from "../helpers/temp-dir.ts";

const FILES = { "in.csv": "id,n\n1,2\nx,3\n" };

/** What a load of `in.csv` into t says on stderr. */
async function load(url: string): Promise<string> {
  const args = ["in.csv", "--to", url, "--table", "t"];
  return (await runUpsurge(args, { cwd: tempDir(FILES) })).stderr;
}

describe.each(ENGINES)("$title", (engine) => {
  const database = useDatabase(engine);

  test("a failed start prints its error and no more", async () => {
    await database.reset();
    const args = ["in.csv", "--to", database.url, "--table", "nowhere"];
    const { stdout, stderr, exitCode } = await runUpsurge(args, { cwd: tempDir(FILES) });
    expect([exitCode, stdout]).toEqual([2, ""]);
    expect(stderr.match(/^error: /gm)).toHaveLength(1);
  });

  test("--quiet tells rejects and warnings all the same, on stderr", async () => {
    await database.reset();
    await database.exec("create table t (id int primary key, n int, check (n < 9));");
    const cwd = tempDir({ "in.csv": "id,n\n1,2\n2,10\n", "fine.csv": "id,n\n3,3\n" });
    const into = ["--to", database.url, "--table", "t", "--max-rejects", "5", "-q"];
    const known = await runUpsurge(["fine.csv", ...into], { cwd });
    const rejected = await runUpsurge(["in.csv", ...into], { cwd });
    const warned = await runUpsurge(["-", ...into], { cwd, stdin: "id,n\n4,4" });
    expect([known.exitCode, rejected.exitCode, warned.exitCode]).toEqual([0, 3, 0]);
    expect(known.stdout + rejected.stdout + warned.stdout).toBe("");
    // Of a connection there may be something to warn of in any load.
    const news = (stderr: string): string => stderr.replace(known.stderr, "");
    expect(rejected.stderr).toContain("1 record rejected\nwhy they were rejected:\n  1 ROW_CHECK");
    expect(news(warned.stderr)).toMatch(/warning: standard input does not end in a line end/);
  });

  test("jobs that run, that failed and that were stopped are told apart", async () => {
    const shell = await JobShell.open(engine, database);
    shell.write("in.csv", "id,n,hist\n1,10,10\n2,20,20\n3,77,77\n");
    const failed = await shell.load("in.csv --job j");
    expect([failed.exit, failed.code]).toEqual([4, "REJECT_LIMIT"]);

    const state = async (): Promise<unknown> => {
      const { stdout } = await shell.jobs("--json");
      return (JSON.parse(stdout) as { readonly jobs: readonly { readonly state: unknown }[] })
        .jobs[0]?.state;
    };
    expect(await state()).toBe("failed");
    await database.exec("update upsurge_checkpoint set state = 'running';");
    expect(await state()).toBe("stopped");

    const options = { ...defaultOptions(), to: database.url };
    const target = await findTarget(database.url);
    const session = await target.connect(connectOptions(options, {}));
    const lock = await session.lockJob("j");
    const running = await state();
    await lock?.release();
    await session.close();
    expect([running, await state()]).toEqual(["running", "stopped"]);
  });
});

describe("postgres", () => {
  const postgres = ENGINES.find(({ name }) => name === "postgres");
  if (postgres === undefined) throw new Error("there is no PostgreSQL");
  const database = useDatabase(postgres);

  test("a database that is not there is no refused login", async () => {
    const stderr = await load(`${database.url}_nowhere`);
    expect(stderr).toContain("TARGET_NO_DATABASE");
    expect(stderr).not.toContain("refused the login");
  });

  test.each(["require", "verify-ca", "verify-full"])(
    "a server without TLS says so to sslmode=%s, and the fix that is printed connects",
    async (mode) => {
      await database.reset();
      await database.exec("create table t (id text primary key, n int);");
      const stderr = await load(`${database.url}?sslmode=${mode}`);
      expect(stderr).toMatch(/^error: postgres:\S+ has no TLS {2}TARGET_TLS$/m);
      expect(stderr).toContain("sslmode=disable or sslmode=prefer");
      for (const other of ["disable", "prefer"]) {
        await database.exec("delete from t;");
        expect(await load(`${database.url}?sslmode=${other}`)).toBe("");
      }
    },
  );
});

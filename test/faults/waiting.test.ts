/**
 * What a load says while it waits: for a lock and who holds it, for another run of its job, for a server that is away, and
 * under `--wait` for one that is not there yet. The locks and the servers are real.
 */
import { EventEmitter } from "node:events";
import { join } from "node:path";
import { Readable } from "node:stream";
import { Client } from "pg";
import {
  afterAll,
  beforeAll,
  beforeEach,
  describe,
  expect,
  onTestFinished,
  test,
  vi,
} from "vitest";
import { main } from "../../src/cli/main.ts";
import { lockJob } from "../../src/targets/sqlite/job-lock.ts";
import { ENGINES, useDatabase } from "../helpers/engines.ts";
import { OwnPostgres } from "../helpers/own-postgres.ts";
import { untilLockWaits } from "../helpers/lock-waits.ts";
import { MemoryOutput, runUpsurge } from "../helpers/run-upsurge.ts";
import { openSqliteFile } from "../helpers/sqlite-file.ts";
import { tempDir } from "../helpers/temp-dir.ts";
import { spawnUpsurge } from "../helpers/spawn-upsurge.ts";
import { until } from "../helpers/until.ts";
import { watchUpsurge } from "../helpers/watched-run.ts";
import { BehindProxy, INPUT as NETWORK_INPUT } from "./network-support.ts";

const INPUT = "id,n\n1,1\n2,2\n3,3\n";
const TABLE = "create table t (id int primary key, n int)";

/** The words of a load of three records. */
function load(url: string, ...flags: readonly string[]): string[] {
  const path = join(tempDir({ "in.csv": INPUT }), "in.csv");
  return [path, "--to", url, "--table", "t", "--key", "id", ...flags];
}

/** A session of an application, with the pid that the server knows it by. */
async function openSession(url: string): Promise<{ client: Client; pid: string }> {
  const client = new Client({ connectionString: url, application_name: "till" });
  client.on("error", () => {});
  await client.connect();
  onTestFinished(async () => await client.end().catch(() => {}));
  const { rows } = await client.query<{ pid: number }>("select pg_backend_pid() as pid");
  return { client, pid: String(rows[0]?.pid) };
}

const [engine] = ENGINES.filter(({ name }) => name === "postgres");
if (engine === undefined) throw new Error("there is no PostgreSQL");
const database = useDatabase(engine);

describe("a lock of PostgreSQL", () => {
  beforeEach(() => database.reset());

  test.each([
    ["while the catalog is read", "access exclusive"],
    ["while it writes", "share"],
  ])("%s: the load says who holds it, and goes on", async (_, mode) => {
    await database.exec(TABLE);
    const { client, pid } = await openSession(database.url);
    await client.query(`begin; lock table t in ${mode} mode`);

    const run = watchUpsurge(load(database.url));
    const said = await run.untilSaid(/\d\d:\d\d:\d\d waiting for .*\n/);
    await client.query("rollback");

    expect(said).toContain(
      ` waiting for a lock held by session ${pid} of postgres (till), idle in transaction`,
    );
    expect((await run.ended).exitCode).toBe(0);
    expect(await database.rows("select count(*) from t")).toEqual([["3"]]);
  });

  test("a job that waits in vain is noted as failed", async () => {
    await database.exec(TABLE);
    const { client } = await openSession(database.url);
    await client.query("begin; lock table t in row exclusive mode");

    const waiting = ["--lock-timeout", "1s", "--retry-timeout", "0"];
    const words = load(database.url, "--mode", "update", "--job", "j", ...waiting);
    const { exitCode, stderr } = await runUpsurge(words);
    await client.query("rollback");

    expect(exitCode, stderr).toBe(75);
    const states = await database.rows("select distinct state from upsurge_checkpoint");
    expect(states).toEqual([["failed"]]);
  });

  test("a signal ends the wait of a load in one transaction at once, whatever --grace says", async () => {
    await database.exec(TABLE);
    const { client } = await openSession(database.url);
    await client.query("begin; insert into t values (2, 0)");

    const signals = Object.assign(new EventEmitter(), { exit: vi.fn() });
    const [stdout, stderr] = [new MemoryOutput(), new MemoryOutput()];
    const io = { stdin: Readable.from([]), stdout, stderr, env: {}, signals };
    const exitCode = main(load(database.url, "--grace", "1h"), io);
    await untilLockWaits(database);
    signals.emit("SIGINT");

    // The lock is still held: a load that finished its batch first would not end.
    expect(await exitCode, stderr.text).toBe(130);
    expect(stdout.text).toMatch(/^interrupted: /);
    await client.query("rollback");
    expect(await database.rows("select count(*) from t")).toEqual([["0"]]);
  });

  test("on a terminal one line says it, and is taken down", async () => {
    await database.exec(TABLE);
    const { client, pid } = await openSession(database.url);
    await client.query("begin; lock table t in share mode");

    const run = watchUpsurge(load(database.url), true);
    await run.untilSaid(new RegExp(`\r\u001B\\[2Kwaiting for a lock held by session ${pid} `));
    await client.query("rollback");

    const { exitCode, stderr } = await run.ended;
    expect(exitCode).toBe(0);
    expect(stderr.endsWith("\r\u001B[2K")).toBe(true);
    expect(stderr).not.toContain("\n");
  });

  test("a user without rights to see others is told the session and its user", async () => {
    await database.exec(TABLE);
    await database.exec(
      "drop role if exists upsurge_waiter; create role upsurge_waiter login password 'w'; grant usage on schema public to upsurge_waiter; grant select, insert, update on t to upsurge_waiter",
    );
    onTestFinished(() => database.exec("drop owned by upsurge_waiter; drop role upsurge_waiter"));
    const url = new URL(database.url);
    [url.username, url.password] = ["upsurge_waiter", "w"];
    const { client, pid } = await openSession(database.url);
    await client.query("begin; lock table t in share mode");

    const run = watchUpsurge(load(url.href));
    const said = await run.untilSaid(/waiting for .*\n/);
    await client.query("rollback");

    expect(said).toBe(`waiting for a lock held by session ${pid} of postgres (till)\n`);
    expect((await run.ended).exitCode).toBe(0);
  });
});

test("a lock of another run of the job: which job it is", async () => {
  const path = join(tempDir({}), "t.db");
  openSqliteFile(path).exec(TABLE);
  const lock = await lockJob(path, "daily");

  const run = watchUpsurge(load(path, "--job", "daily", "--if-locked", "wait"));
  const said = await run.untilSaid(/waiting for .*\n/);
  await lock?.release();

  expect(said).toBe("waiting for another run of the job daily\n");
  expect((await run.ended).exitCode).toBe(0);
});

test("a lock of SQLite: that another process has the file", async () => {
  const path = join(tempDir({}), "t.db");
  const other = openSqliteFile(path);
  onTestFinished(() => other.close());
  other.exec(TABLE);
  other.exec("begin exclusive");

  const run = watchUpsurge(load(path));
  const said = await run.untilSaid(/waiting for .*\n/);
  other.exec("rollback");

  expect(said).toBe("waiting for a lock held by another process that has t.db open\n");
  expect((await run.ended).exitCode).toBe(0);
});

test("a network that cuts while it commits: one line, and every record once", async () => {
  const behind = new BehindProxy(database);
  await behind.open();
  onTestFinished(() => behind.close());
  behind.proxy.arm({ kind: "reset-before", on: "commit", nth: 2 });
  const path = join(tempDir({ "in.csv": NETWORK_INPUT }), "in.csv");
  const to = ["--to", behind.proxy.url(database.url), "--table", "t", "--key", "id"];
  const parts = ["--set", "n = target.n + excluded.n", "--commit", "2", "-b", "2"];

  const { exitCode, stderr } = await watchUpsurge([path, ...to, ...parts]).ended;

  expect(exitCode, stderr).toBe(0);
  expect(behind.proxy.hits).toBe(1);
  expect(stderr).toMatch(
    /^\d\d:\d\d:\d\d the server went away; trying again in \d s, until \d\d:\d\d:\d\d, try 2\n$/,
  );
  await behind.expectApplied(1);
});

test("a signal ends the wait for a server", async () => {
  const cwd = tempDir({ "in.csv": INPUT });
  const nobody = "postgres://postgres@localhost:1/postgres";
  const args = ["in.csv", "--to", nobody, "--table", "t", "--wait", "10m"];
  const { child, ended } = spawnUpsurge(args, cwd);
  let said = "";
  child.stderr.on("data", (text: Buffer) => (said += text.toString()));
  await until(
    "a wait",
    () => said,
    (text) => text.includes("trying again"),
  );
  child.kill("SIGINT");

  const { exitCode, stdout } = await ended;
  expect(exitCode, said).toBe(130);
  expect(stdout).toMatch(/^interrupted/);
});

describe("a server that comes and goes", () => {
  let server: OwnPostgres;
  beforeAll(async () => {
    server = await OwnPostgres.start();
  });
  afterAll(() => server.remove());
  beforeEach(async () => {
    await server.sql("drop table if exists t");
    await server.sql(TABLE);
  });

  test.each([
    ["load", [] as readonly string[]],
    ["plan", ["plan"]],
    ["jobs", ["jobs"]],
    ["inspect", ["inspect"]],
  ])("--wait: %s waits for one that starts later", async (command, words) => {
    await server.kill();
    const wait = ["--wait", "10m"];
    const to = ["--to", server.url];
    const args =
      command === "load" || command === "plan"
        ? [...words, ...load(server.url, ...wait)]
        : [...words, ...to, ...wait];

    const run = watchUpsurge(args);
    await run.untilSaid(
      /^\d\d:\d\d:\d\d the server cannot be reached yet; trying again in \d s, until \d\d:\d\d:\d\d, try 2\n/,
    );
    await server.restart();

    const { exitCode, stderr } = await run.ended;
    expect(exitCode, stderr).toBe(0);
  });

  test("--wait does not wait for another password or database, nor is anything waited for without it", async () => {
    const [password, database] = [new URL(server.url), new URL(server.url)];
    password.password = "wrong";
    database.pathname = "/nothing";
    for (const { href } of [password, database]) {
      const { exitCode, stderr } = await runUpsurge(load(href, "--wait", "10m"));
      expect([exitCode, stderr]).toEqual([
        2,
        expect.stringMatching(/^error: .*TARGET_(?:LOGIN|NO_DATABASE)\n/),
      ]);
    }
    await server.kill();
    const { exitCode, stderr } = await runUpsurge(load(server.url));
    await server.restart();

    expect([exitCode, stderr]).toEqual([
      75,
      expect.stringMatching(/^error: .*TARGET_UNREACHABLE\n/),
    ]);
  });

  test("--wait ends when its time is used up", async () => {
    await server.kill();
    const { exitCode, stderr } = await runUpsurge(load(server.url, "--wait", "300ms"));
    await server.restart();

    expect(exitCode).toBe(75);
    expect(stderr).toMatch(
      /^\d\d:\d\d:\d\d the server cannot be reached yet; .*\nerror: .*UNREACH/,
    );
  });

  test.each([false, true])(
    "one that goes away is told of in one line, and no commit is claimed (terminal: %s)",
    async (isTTY) => {
      const { client } = await openSession(server.url);
      await client.query("begin; lock table t in share mode");
      const run = watchUpsurge(load(server.url), isTTY);
      await run.untilSaid(/waiting for a lock held by session \d+/);
      await server.kill();
      await run.untilSaid(
        /the server went away; trying again in \d s, until \d\d:\d\d:\d\d, try [2-9]/,
      );
      await server.restart();

      const { exitCode, stderr } = await run.ended;
      expect(exitCode, stderr).toBe(0);
      expect(stderr).not.toMatch(/commit\b/);
      expect(stderr.match(/\n/g) ?? []).toHaveLength(isTTY ? 0 : 2);
      expect(await server.sql("select count(*) from t")).toEqual([["3"]]);
    },
  );
});

/** SQL Server, when a signal ends the process in the middle of a load, or its server does: it waits for nobody, and nothing is kept. */
import { connect, createServer } from "node:net";
import { beforeEach, expect, onTestFinished, test } from "vitest";
import { spawnUpsurge } from "../helpers/spawn-upsurge.ts";
import type { Spawned } from "../helpers/spawn-upsurge.ts";
import { tempDir } from "../helpers/temp-dir.ts";
import { until } from "../helpers/until.ts";
import { always, having, loading, tell, useFaultyServer } from "./sqlserver-support.ts";
import type { Rows } from "./sqlserver-support.ts";

const db = useFaultyServer();

const BEFORE = [["1", "0"]];

beforeEach(async () => {
  const session = await db.session();
  await tell(
    session,
    "CREATE TABLE t (id int NOT NULL PRIMARY KEY, n int)",
    "INSERT INTO t VALUES (1, 0)",
  );
});

async function table(): Promise<Rows> {
  return tell(await db.session(), "SELECT id, n FROM t ORDER BY id");
}

function spawnLoad(source: string, ...flags: readonly string[]): Spawned {
  return spawnLoadTo(db.url(), source, ...flags);
}

function spawnLoadTo(url: string, source: string, ...flags: readonly string[]): Spawned {
  const cwd = tempDir({ "in.csv": "id,n\n1,10\n2,20\n3,30\n" });
  const args = [source, "--to", url, "--table", "t", "--key", "id", "--json", ...flags];
  const spawned = spawnUpsurge(args, cwd);
  onTestFinished(() => void spawned.child.kill("SIGKILL"));
  return spawned;
}

/** Waits until the load has asked for something. */
async function untilAsked(pattern: RegExp, times = 1): Promise<void> {
  await until(
    `${times} requests like ${pattern}`,
    () => db.requests.filter(having(pattern)).length,
    (asked) => asked >= times,
  );
}

test.each([
  ["SIGTERM", 143],
  ["SIGINT", 130],
] as const)("%s while a batch waits for a lock ends with %i", async (signal, exitCode) => {
  const holder = await db.session();
  await tell(holder, "BEGIN TRANSACTION", "UPDATE t SET n = 0 WHERE id = 1");
  const { child, ended } = spawnLoad("in.csv");
  await untilAsked(/^SAVE TRANSACTION/);
  await until("the batch", () => db.requests.at(-1)?.sql.includes("merge "));

  child.kill(signal);
  const result = await ended;

  expect(result.exitCode).toBe(exitCode);
  expect(JSON.parse(result.stdout)).toMatchObject({ status: "interrupted", exit: exitCode });
  expect(result.stderr).toContain(`${signal}: undoing the load`);
  await tell(holder, "ROLLBACK TRANSACTION");
  expect(await table()).toEqual(BEFORE);
});

/** A wire to the server that falls silent when it is told, and stays open; answers with its port. */
async function wireThatMayFallSilent(isSilent: () => boolean): Promise<number> {
  const wire = createServer((client) => {
    const server = connect(db.server.port, "127.0.0.1");
    client.pipe(server);
    server.on("data", (data) => void (isSilent() ? null : client.write(data)));
    for (const socket of [client, server]) {
      socket
        .on("error", () => {})
        .on("close", () => [client, server].map((each) => each.destroy()));
    }
  });
  await new Promise<void>((resolve) => wire.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void wire.close());
  const address = wire.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}

test.each(["SERVERPROPERTY", "OBJECT_ID(@name)", "SAVE TRANSACTION"])(
  "SIGTERM while the server does not answer any more (%s) ends with 143",
  async (last) => {
    const fellSilent = (): boolean => db.requests.some(({ sql }) => sql.includes(last));
    const port = await wireThatMayFallSilent(fellSilent);
    const url = db.url().replace(String(db.server.port), String(port));
    // What is asked before a load can be interrupted has the time that connecting has.
    const { child, ended } = spawnLoadTo(`${url}&connectTimeout=6`, "in.csv");
    await until("the silence", fellSilent);

    child.kill("SIGTERM");
    const result = await ended;

    expect(result.exitCode).toBe(143);
    expect(await table()).toEqual(BEFORE);
  },
);

test("a server that takes the login and then says nothing is not waited for without end", async () => {
  const fellSilent = (): boolean => db.requests.some(({ sql }) => sql === "SET NOCOUNT ON");
  const port = await wireThatMayFallSilent(fellSilent);
  const url = db.url().replace(String(db.server.port), String(port));
  const { ended } = spawnLoadTo(`${url}&connectTimeout=3`, "in.csv");
  const result = await ended;
  expect(result.exitCode).toBe(75);
  expect(result.stderr).toMatch(/TARGET_UNREACHABLE\ncause: no answer in 3 s/);
});

test("SIGTERM between batches, while standard input stays open, ends with 143", async () => {
  const { child, ended } = spawnLoad("-", "--batch-rows", "100");
  const lines = Array.from({ length: 300_000 }, (_, at) => `${at + 1},7\n`);
  child.stdin.write(`id,n\n${lines.join("")}`);
  await untilAsked(/^SAVE TRANSACTION/, 3);

  child.kill("SIGTERM");
  const result = await ended;

  expect(result.exitCode).toBe(143);
  await until(
    "the end of the connection",
    () => db.server.connections,
    (open) => open === 0,
  );
  expect(await table()).toEqual(BEFORE);
});

test("SIGTERM between two tries ends the wait", async () => {
  db.troubles = always(loading(having(/merge/i)), { before: "cut" });
  const { child, ended } = spawnLoad("in.csv", "--retry-timeout", "5m");
  await untilAsked(/sp_getapplock/, 3);

  child.kill("SIGTERM");
  const result = await ended;

  expect(result.exitCode).toBe(143);
  expect(await table()).toEqual(BEFORE);
});

test("a process whose server is gone ends by itself", async () => {
  db.troubles = always(loading(having(/merge/i)), { after: "cut" });
  const { ended } = spawnLoad("in.csv", "--retry-timeout", "200ms");
  const result = await ended;

  expect(result.exitCode).toBe(75);
  expect(result.stderr).toContain("TARGET_LOST");
  expect(await table()).toEqual(BEFORE);
});

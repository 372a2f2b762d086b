/** The server ends the session of a load while that waits: the process does not die of it, and nothing is kept. */
import { Client } from "pg";
import { expect, onTestFinished, test } from "vitest";
import { ENGINES, useDatabase } from "../helpers/engines.ts";
import { spawnUpsurge } from "../helpers/spawn-upsurge.ts";
import type { Spawned } from "../helpers/spawn-upsurge.ts";
import { tempDir } from "../helpers/temp-dir.ts";
import { until } from "../helpers/until.ts";
import { useProxy } from "./network-support.ts";

const [postgres] = ENGINES.filter(({ name }) => name === "postgres");
if (postgres === undefined) throw new Error("there is no engine postgres");
const database = useDatabase(postgres);
const behind = useProxy(database);

const SESSIONS = "datname = current_database() and application_name = 'upsurge'";

const MANY = Array.from({ length: 200_000 }, (_, at) => `${at + 100},1\n`).join("");

async function terminate(): Promise<number> {
  const ended = await database.rows(
    `select pg_terminate_backend(pid, 60000) from pg_stat_activity where ${SESSIONS}`,
  );
  return ended.length;
}

/** Waits until so many sessions of loads are in this state. */
async function untilSessions(count: number, state: string): Promise<void> {
  const sql = `select count(*) from pg_stat_activity where ${SESSIONS} and ${state}`;
  await until(
    `${count} sessions of loads, ${state}`,
    async () => await database.rows(sql),
    (rows) => rows[0]?.[0] === String(count),
  );
}

/** Starts a load in a process of its own, which an error that nobody listens to would end with a stack. */
function start(source: string, ...flags: readonly string[]): Spawned {
  const into = [
    "--to",
    database.url,
    "--table",
    "t",
    "--key",
    "id",
    "--json",
    "--progress",
    "none",
  ];
  const folder = tempDir({ "in.csv": "id,n\n7,1\n8,1\n" });
  const spawned = spawnUpsurge([source, ...into, ...flags], folder);
  onTestFinished(() => void spawned.child.kill("SIGKILL"));
  return spawned;
}

/** It ended as it should: with a report, and a word about the connection. */
async function expectLost({ ended }: Spawned): Promise<void> {
  const { exitCode, stdout, stderr } = await ended;
  expect([exitCode, JSON.parse(stdout).error.code], stderr).toEqual([75, "TARGET_LOST"]);
  expect(stderr).not.toMatch(/^\s+at /m);
  await behind.expectApplied(0);
}

test.each([
  ["the first bytes of its source", "id,n\n7,1\n", "idle"],
  // More than is read at once, and than a batch.
  ["more of its source", `id,n\n${MANY}`, "idle in transaction"],
])("while it waits for %s", async (_, input, state) => {
  await behind.forgetAudit();
  const load = start("-", "-f", "csv");
  load.child.stdin.write(input);
  await untilSessions(1, `state = '${state}' and state_change < now() - interval '500 ms'`);
  expect(await terminate()).toBeGreaterThan(0);
  load.child.stdin.end("8,1\n".repeat(100_000));
  await expectLost(load);
});

test("while a statement waits for a lock", async () => {
  const app = new Client({ connectionString: database.url });
  await app.connect();
  await app.query("begin; lock table t in share row exclusive mode");
  const load = start("in.csv", "--retry-timeout", "0");
  await untilSessions(1, "wait_event_type = 'Lock'");
  expect(await terminate()).toBeGreaterThan(0);
  await app.end();
  await expectLost(load);
});

test("while it commits", async () => {
  await database.exec(`create function held_up() returns trigger language plpgsql as
    $$ begin perform pg_advisory_xact_lock(7); return null; end $$;
    create constraint trigger held_up after insert on t deferrable initially deferred
    for each row execute function held_up()`);
  await database.rows("select pg_advisory_lock(7)");
  const load = start("in.csv");
  await untilSessions(1, "wait_event = 'advisory'");
  expect(await terminate()).toBeGreaterThan(0);
  await expectLost(load);
  await database.rows("select pg_advisory_unlock(7)");
});

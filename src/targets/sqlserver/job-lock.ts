/**
 * The lock that keeps other runs of a job away: an application lock over a connection of its own, which ends with it. It
 * is a courtesy: what decides is the epoch in the checkpoint.
 */
import { createHash } from "node:crypto";
import { lostError } from "../session-errors.ts";
import type { Lock } from "../target.ts";
import { takeAppLock } from "./app-lock.ts";
import type { SqlServerConnection } from "./connect/connection.ts";
import { SqlServerError } from "./errors.ts";

/** Gateways give up a connection that is silent: Azure's after 30 minutes, load balancers after 4. */
const KEEP_ALIVE_MS = 60_000;

/** Takes the lock of `job` on `target`; `null` when another run has it. Throws `TARGET_LOST` for a connection that breaks. */
export async function lockJob(
  connect: () => Promise<SqlServerConnection>,
  job: string,
  target: string,
  keepAliveMs = KEEP_ALIVE_MS,
): Promise<Lock | null> {
  const connection = await connect();
  try {
    await connection.begin();
    const resource = `upsurge-job:${createHash("sha256").update(job).digest("hex")}`;
    if (await takeAppLock(connection, resource, 0)) {
      const rest = keepAlive(connection, keepAliveMs);
      return {
        release: async () => {
          rest();
          await connection.close();
        },
      };
    }
  } catch (error) {
    const { lost } = connection;
    await connection.close();
    throw !lost || error instanceof SqlServerError ? error : lostError(error, target);
  }
  await connection.close();
  return null;
}

/** Asks the server something now and then; answers with what ends it. A connection that breaks is nobody's concern here. */
function keepAlive(connection: SqlServerConnection, everyMs: number): () => void {
  let isAsking = false;
  const timer = setInterval(() => {
    if (isAsking) return;
    isAsking = true;
    const asked = connection.batch("SELECT 1 AS alive").catch(() => {});
    void asked.then(() => (isAsking = false));
  }, everyMs);
  timer.unref();
  return () => clearInterval(timer);
}

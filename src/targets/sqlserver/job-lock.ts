/**
 * The lock that keeps other runs of a job away: an application lock over a connection of its own, which ends with it. It
 * is a courtesy: what decides is the epoch in the checkpoint.
 */
import { createHash } from "node:crypto";
import type { Hold } from "../target.ts";
import type { Connection } from "./connection.ts";
import { script } from "./guard.ts";

/** Takes the lock of `job`; `null` when another run has it. */
export async function lockJob(
  connect: () => Promise<Connection>,
  job: string,
): Promise<Hold | null> {
  const connection = await connect();
  try {
    await connection.begin();
    const resource = `upsurge-job:${createHash("sha256").update(job).digest("hex")}`;
    const [rows = []] = await connection.batch(
      script([
        "DECLARE @granted int",
        `EXEC @granted = sp_getapplock @Resource = N'${resource}', @LockMode = 'Exclusive', @LockOwner = 'Transaction', @LockTimeout = 0`,
        "SELECT @granted AS granted",
      ]),
    );
    if (Number(rows[0]?.["granted"] ?? -1) >= 0) {
      return { release: async () => await connection.close() };
    }
  } catch (error) {
    await connection.close();
    throw error;
  }
  await connection.close();
  return null;
}

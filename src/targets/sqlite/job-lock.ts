/**
 * The lock that keeps other runs of a job away: a side file, itself a SQLite database, in an exclusive transaction. The
 * operating system lets it go with the process. It is a courtesy: what decides is the epoch in the checkpoint.
 */
import { createHash } from "node:crypto";
import { unlink } from "node:fs/promises";
import type { Lock } from "../target.ts";
import { loadDriver } from "./connect/driver.ts";
import { isBusy } from "./errors.ts";

/** Takes the lock of `job` on the database file `path`; `null` when another run has it. */
export async function lockJob(path: string, job: string): Promise<Lock | null> {
  const side = `${path}-upsurge-${createHash("sha256").update(job).digest("hex").slice(0, 12)}`;
  const driver = await loadDriver();
  const db = driver.openFile(side, { readonly: false, create: true });
  try {
    db.exec("begin exclusive");
  } catch (error) {
    db.close();
    if (isBusy(error)) return null;
    throw error;
  }
  return {
    release: async () => {
      // Removed while it is still locked: whoever opened it before waits for a file that is no longer there, and no more.
      await unlink(side).catch(() => {});
      db.close();
    },
  };
}

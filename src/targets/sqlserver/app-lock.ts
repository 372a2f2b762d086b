/**
 * Application locks, which keep loads of ours apart and nobody else: of a table, and of a job. They end with the transaction at
 * hand, and so with the connection.
 */
import { script } from "./apply/guard.ts";
import type { SqlServerConnection } from "./connect/connection.ts";
import { rowWith } from "./connect/result-sets.ts";
import { quoteLiteral } from "./quote.ts";

/** The server looks at no more of a name. */
const LONGEST_NAME = 255;

/** Takes the lock of this name, waiting so many milliseconds for it; false: another session has it. */
export async function takeAppLock(
  connection: SqlServerConnection,
  name: string,
  waitMs: number,
): Promise<boolean> {
  const resource = quoteLiteral(name.slice(0, LONGEST_NAME));
  const sets = await connection.batch(
    script([
      "DECLARE @granted int",
      `EXEC @granted = sp_getapplock @Resource = ${resource}, @LockMode = 'Exclusive', @LockOwner = 'Transaction', @LockTimeout = ${Math.round(waitMs)}`,
      "SELECT @granted AS granted",
    ]),
  );
  return Number(rowWith(sets, "granted")["granted"]) >= 0;
}

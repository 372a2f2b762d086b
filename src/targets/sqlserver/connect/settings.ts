/** The settings of a session, pinned so that a server's, a database's or a login's own cannot change what values mean. */
import type { SqlServerConnection } from "./connection.ts";
import { SqlServerError } from "../errors.ts";
import { script } from "../apply/guard.ts";

/** The statements that pin them, in order: the language would set the order of dates, so it comes first. */
export function settingsSql(lockTimeoutMs: number): string[] {
  return [
    "SET XACT_ABORT ON",
    "SET NOCOUNT ON",
    "SET LANGUAGE us_english",
    "SET DATEFORMAT ymd",
    "SET QUOTED_IDENTIFIER ON",
    "SET ANSI_NULLS ON",
    "SET ANSI_PADDING ON",
    "SET ANSI_WARNINGS ON",
    "SET ARITHABORT ON",
    "SET CONCAT_NULL_YIELDS_NULL ON",
    "SET NUMERIC_ROUNDABORT OFF",
    "SET IMPLICIT_TRANSACTIONS OFF",
    "SET TRANSACTION ISOLATION LEVEL READ COMMITTED",
    "SET ROWCOUNT 0",
    "SET TEXTSIZE 2147483647",
    `SET LOCK_TIMEOUT ${Math.round(lockTimeoutMs)}`,
  ];
}

/**
 * Pins them, all at once. Another maker's server may not know one of them and cannot have it set otherwise then: there
 * each is tried by itself.
 */
export async function pinSettings(
  connection: SqlServerConnection,
  lockTimeoutMs: number,
  isMicrosoft: boolean,
): Promise<void> {
  const settings = settingsSql(lockTimeoutMs);
  try {
    await connection.batch(script(settings));
  } catch (error) {
    if (isMicrosoft || !(error instanceof SqlServerError)) throw error;
    for (const setting of settings) {
      await connection.batch(setting).catch((failure: unknown) => {
        if (!(failure instanceof SqlServerError)) throw failure;
      });
    }
  }
}

/** The settings of a session, pinned so that a server's, a database's or a login's own cannot change what values mean. Pure. */

/** The numbers of "no such setting": a server without it cannot have it set otherwise. */
export const NO_SUCH_SETTING: ReadonlySet<number> = new Set([195, 33_557_097]);

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

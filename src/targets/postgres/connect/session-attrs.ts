/** `target_session_attrs`: whether a session is such as was asked for. */
import type { Client } from "pg";

/** The kinds of session to look for, one round over all hosts after the other. */
export function rounds(attrs: string): readonly string[] {
  return attrs === "prefer-standby" ? ["standby", "any"] : [attrs];
}

/** Why a session is not of the kind that is looked for, as a clause; `null` when it is. */
export async function whyUnfit(client: Client, attrs: string): Promise<string | null> {
  if (attrs === "any") return null;
  const { rows } = await client.query<{ standby: boolean; readonly: boolean }>(
    `select pg_catalog.pg_is_in_recovery() as standby,
       pg_catalog.current_setting('default_transaction_read_only')::bool as readonly`,
  );
  const { standby = false, readonly = false } = rows[0] ?? {};
  const isReadOnly = standby || readonly;
  switch (attrs) {
    case "read-write":
      return isReadOnly ? "the session is read-only" : null;
    case "read-only":
      return isReadOnly ? null : "the session is not read-only";
    case "primary":
      return standby ? "the server is a standby" : null;
    default:
      return standby ? null : "the server is not a standby";
  }
}

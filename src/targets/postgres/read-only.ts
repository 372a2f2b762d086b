/**
 * Whether a server, or a setting of the user that loads, keeps a load from writing: told before it begins. A standby may become the primary, so that
 * a load which waits may come to write; what a setting of the user forbids stays forbidden.
 */
import type { Client } from "pg";
import { upsurgeError } from "../../errors/upsurge-error.ts";
import { quoteIdentifier } from "./quote.ts";
import type { PostgresServer } from "./connect/ask-server.ts";

const SETTING = "default_transaction_read_only";

const STANDBY_FIX =
  "connect to the primary (with all hosts in the URL, target_session_attrs=read-write finds it); if this server is about to become the primary, --wait 5m waits for that";

/** Where the setting comes from that is in force, and whose it is. */
interface SettingSource {
  readonly source: string;
  readonly user: string;
  readonly database: string;
}

const SOURCE = `select s.source, session_user::text as "user", current_database()::text as database
from pg_catalog.pg_settings s where s.name = '${SETTING}'`;

/**
 * Throws `TARGET_READ_ONLY` for a standby, and `TARGET_READ_ONLY_SETTING` where the connection, the user or the database has
 * the setting that makes transactions read-only. One that the whole server has may be lifted at any time: whoever writes
 * meets it, and tries again.
 */
export async function refuseReadOnly(
  client: Client,
  { standby, readOnly }: Pick<PostgresServer, "standby" | "readOnly">,
  target: string,
): Promise<void> {
  if (standby) {
    const reason = "the server is a standby, which repeats what its primary writes";
    throw upsurgeError("TARGET_READ_ONLY", { target, reason }, { fix: STANDBY_FIX });
  }
  if (!readOnly) return;
  const { rows } = await client.query<SettingSource>(SOURCE);
  const found = rows[0] === undefined ? null : explained(rows[0]);
  if (found !== null) throw upsurgeError("TARGET_READ_ONLY_SETTING", { target, ...found });
}

/** Who has the setting, and the statement that changes it; `null` where the whole server has it. */
function explained({
  source,
  user,
  database,
}: SettingSource): { readonly reason: string; readonly suggestion: string } | null {
  const [role, base] = [quoteIdentifier(user), quoteIdentifier(database)];
  const owners: Readonly<Record<string, readonly [owner: string, alter: string]>> = {
    user: [`the role ${user}`, `alter role ${role}`],
    database: [`the database ${database}`, `alter database ${base}`],
    "database user": [
      `the role ${user} in the database ${database}`,
      `alter role ${role} in database ${base}`,
    ],
    global: ["every role", "alter role all"],
  };
  if (source === "client" || source === "session") {
    const reason = `${SETTING} is on in the options of the connection`;
    return { reason, suggestion: `take it out of PGOPTIONS, or out of options= in the URL` };
  }
  const [owner, alter] = owners[source] ?? [];
  if (owner === undefined || alter === undefined) return null;
  return {
    reason: `${SETTING} is on for ${owner}`,
    suggestion: `if the load may write: \`${alter} set ${SETTING} = off\`; or, for this load only, PGOPTIONS='-c ${SETTING}=off'`,
  };
}

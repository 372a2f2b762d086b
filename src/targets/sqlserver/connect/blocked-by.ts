/** Who holds the lock that a session waits for: the server tells those who may see its state (VIEW SERVER STATE). */
import { holderText } from "../../lock-holder.ts";
import type { LockHolder } from "../../lock-holder.ts";
import type { Fields, SqlServerConnection } from "./connection.ts";
import { onlySet } from "./result-sets.ts";

/** The holder that the session `spid` waits for, as a noun; `null`: there is none, or it may not be seen. Never throws. */
export async function blockedBy(
  connect: () => Promise<SqlServerConnection>,
  spid: number,
): Promise<string | null> {
  try {
    const connection = await connect();
    try {
      const sets = await connection.inTime(() => connection.batch(questionFor(spid)));
      const [row] = onlySet(sets, "pid");
      return row === undefined ? null : holderText(holderOf(row));
    } finally {
      await connection.close();
    }
  } catch {
    return null;
  }
}

function questionFor(spid: number): string {
  return `SELECT r.blocking_session_id AS pid, s.login_name AS login, s.program_name AS program, s.status AS status
FROM sys.dm_exec_requests AS r LEFT JOIN sys.dm_exec_sessions AS s ON s.session_id = r.blocking_session_id
WHERE r.session_id = ${spid} AND r.blocking_session_id > 0`;
}

/** A row of the answer; its texts may be padded. */
export function holderOf(row: Fields): LockHolder {
  const [user = null, program = null, state = null] = ["login", "program", "status"].map((name) => {
    const value = row[name];
    return typeof value === "string" && value.trim() !== "" ? value.trim() : null;
  });
  return { pid: Number(row["pid"]), user, program, state, seconds: null };
}

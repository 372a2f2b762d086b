/** Who holds the lock that a session waits for: the server tells it over another connection. */
import type { Client } from "pg";
import { holderText } from "../../lock-holder.ts";
import type { LockHolder } from "../../lock-holder.ts";
import { endClient } from "./deadline.ts";

/** What connecting to ask may take, and the question. */
const LIMIT_MS = 5000;

/** The state and the times of other users' sessions are told to those who may see them; the rest, to everybody. */
const QUESTION = `select holder.pid, a.usename as "user", a.application_name as program, a.state,
    extract(epoch from now() - a.xact_start)::int as seconds
  from unnest(pg_catalog.pg_blocking_pids($1)) with ordinality as holder (pid, place)
  left join pg_catalog.pg_stat_activity as a on a.pid = holder.pid
  order by holder.place limit 1`;

/** The holder that the backend `pid` waits for, as a noun; `null`: there is none, or it cannot be told. Never throws. */
export async function blockedBy(
  connect: (limitMs: number) => Promise<Client>,
  pid: number,
): Promise<string | null> {
  try {
    const client = await connect(LIMIT_MS);
    try {
      const { rows } = await client.query<LockHolder>(QUESTION, [pid]);
      return rows[0] === undefined ? null : holderText(rows[0]);
    } finally {
      await endClient(client);
    }
  } catch {
    return null;
  }
}

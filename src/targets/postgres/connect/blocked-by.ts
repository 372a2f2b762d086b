/** Who holds the lock that a session waits for, and deadlocks that the server does not see: it is asked over another connection. */
import type { Client } from "pg";
import { upsurgeError } from "../../../errors/upsurge-error.ts";
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

/** The same of a session that waits for one of ours, idle in its transaction, and that another one of ours waits for. */
const DEADLOCK = `select holder.pid, a.usename as "user", a.application_name as program, a.state,
    extract(epoch from now() - a.xact_start)::int as seconds
  from unnest($1::int[]) as waiting (pid)
  cross join lateral unnest(pg_catalog.pg_blocking_pids(waiting.pid)) as holder (pid)
  join pg_catalog.pg_stat_activity as a on a.pid = holder.pid
  join pg_catalog.pg_stat_activity as own on own.pid = any(pg_catalog.pg_blocking_pids(holder.pid))
  where holder.pid <> all($1) and own.pid = any($1) and own.state = 'idle in transaction' limit 1`;

/** Asks over a connection of its own, which is made for the first question and kept for the next. */
export class LockQuestions {
  readonly #connect: (limitMs: number) => Promise<Client>;
  /** On its way, or there: who asks meanwhile waits for the same. */
  #client: Promise<Client> | null = null;
  #isThere = false;
  #closed = false;

  constructor(connect: (limitMs: number) => Promise<Client>) {
    this.#connect = connect;
  }

  /** The holder that the backend `pid` waits for, as a noun; `null`: there is none, or it cannot be told. Never throws. */
  async holderFor(pid: number): Promise<string | null> {
    return await this.#ask(QUESTION, pid);
  }

  /** The error of a session that waits for one of the backends `pids` and keeps another one waiting. Never throws. */
  async deadlockAmong(pids: readonly number[], target: string): Promise<Error | null> {
    const other = await this.#ask(DEADLOCK, pids);
    if (other === null) return null;
    const reason = `a deadlock: ${other}, waits for a writer of this load and keeps another one waiting`;
    return upsurgeError("TARGET_BUSY", { target, reason });
  }

  async #ask(question: string, of: number | readonly number[]): Promise<string | null> {
    try {
      this.#client ??= this.#connect(LIMIT_MS);
      const client = await this.#client;
      this.#isThere = true;
      const { rows } = await client.query<LockHolder>(question, [of]);
      return rows[0] === undefined ? null : holderText(rows[0]);
    } catch {
      await this.#end();
      return null;
    } finally {
      if (this.#closed) await this.#end();
    }
  }

  /** Nothing is asked any more; a question at work ends by itself. */
  async close(): Promise<void> {
    this.#closed = true;
    // One that is on its way is ended by who asks for it.
    if (this.#isThere) await this.#end();
  }

  async #end(): Promise<void> {
    const client = this.#client;
    this.#client = null;
    this.#isThere = false;
    await client?.then(endClient, () => {});
  }
}

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

/** Asks over a connection of its own, which is made for the first question and kept for the next. */
export class LockQuestions {
  readonly #connect: (limitMs: number) => Promise<Client>;
  #client: Client | null = null;
  #closed = false;

  constructor(connect: (limitMs: number) => Promise<Client>) {
    this.#connect = connect;
  }

  /** The holder that the backend `pid` waits for, as a noun; `null`: there is none, or it cannot be told. Never throws. */
  async holderFor(pid: number): Promise<string | null> {
    try {
      this.#client ??= await this.#connect(LIMIT_MS);
      const { rows } = await this.#client.query<LockHolder>(QUESTION, [pid]);
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
    await this.#end();
  }

  async #end(): Promise<void> {
    const client = this.#client;
    this.#client = null;
    if (client !== null) await endClient(client);
  }
}

/** One transaction of a load into PostgreSQL: its end, and a writer for each of its tables. */
import type { Client } from "pg";
import type { Transaction, Writer } from "../../target.ts";
import { commit, commitError } from "./commit.ts";
import type { Reconnection } from "./commit.ts";
import { rollBack } from "../connect/deadline.ts";

/** What is known of a transaction that has begun. */
export interface BegunTransaction {
  /** The server remembers its fate by this number. */
  readonly xid: string;
  readonly writers: readonly Writer[];
}

/** A transaction that has begun. */
export class PostgresTransaction implements Transaction {
  readonly writers: readonly Writer[];
  readonly #client: Client;
  readonly #xid: string;
  readonly #reconnection: Reconnection;

  constructor(client: Client, { xid, writers }: BegunTransaction, reconnection: Reconnection) {
    this.#client = client;
    this.#xid = xid;
    this.writers = writers;
    this.#reconnection = reconnection;
  }

  async commit(): Promise<void> {
    await commit(this.#client, this.#xid, this.#reconnection);
  }

  async rehearse(): Promise<void> {
    try {
      await this.#client.query("set constraints all immediate");
    } catch (cause) {
      throw commitError(cause);
    }
  }

  async rollback(): Promise<void> {
    await rollBack(this.#client);
  }
}

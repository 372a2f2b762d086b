/** One transaction of a load into PostgreSQL: its end, and a writer for each of its tables. */
import type { Client } from "pg";
import type { Transaction, Writer } from "../../target.ts";
import { commit, commitError } from "./commit.ts";
import type { Reconnection } from "./commit.ts";
import { rollBack } from "../connect/deadline.ts";
import type { Pipeline } from "../stage/pipeline.ts";

/** What is known of a transaction that has begun. */
export interface BegunTransaction {
  /** The server remembers its fate by this number. */
  readonly xid: string;
  readonly writers: readonly Writer[];
  /** What of it still waits to be sent. */
  readonly pipeline: Pipeline;
}

/** A transaction that has begun. */
export class PostgresTransaction implements Transaction {
  readonly writers: readonly Writer[];
  readonly #client: Client;
  readonly #pipeline: Pipeline;
  readonly #xid: string;
  readonly #reconnection: Reconnection;

  constructor(
    client: Client,
    { xid, writers, pipeline }: BegunTransaction,
    reconnection: Reconnection,
  ) {
    this.#client = client;
    this.#xid = xid;
    this.writers = writers;
    this.#pipeline = pipeline;
    this.#reconnection = reconnection;
  }

  async commit(): Promise<void> {
    // A savepoint that is still to be released ends with the transaction.
    this.#pipeline.end();
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
    this.#pipeline.end();
    await rollBack(this.#client);
  }
}

/** One transaction of a load into PostgreSQL: its end, and a writer for each of its tables. */
import type { Client } from "pg";
import type { Transaction, Writer } from "../../target.ts";
import { commit, commitError, commitWith } from "./commit.ts";
import type { Reconnection } from "./commit.ts";
import { rollBack } from "../connect/deadline.ts";
import { sendingAhead } from "../connect/run-together.ts";
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
export function transactionOf(
  client: Client,
  { xid, writers, pipeline }: BegunTransaction,
  reconnection: Reconnection,
): Transaction {
  return {
    writers,
    commit: async () => {
      // A savepoint that is still to be released ends with the transaction.
      pipeline.end();
      await commit(client, xid, reconnection);
    },
    commitWith: async (last) => {
      pipeline.end();
      return await sendingAhead(client, () => commitWith(client, { last, xid }, reconnection));
    },
    rehearse: async () => {
      try {
        await client.query("set constraints all immediate");
      } catch (cause) {
        throw commitError(cause);
      }
    },
    rollback: async () => {
      pipeline.end();
      await rollBack(client);
    },
  };
}

/** One transaction of a load into PostgreSQL: its end, and a writer for each of its tables. */
import type { Client } from "pg";
import type { Transaction, Writer } from "../../target.ts";
import { commit, commitError } from "./commit.ts";
import type { Reconnection } from "./commit.ts";
import { rollBack } from "../connect/deadline.ts";

/** A transaction that has begun. */
export function transactionOf(
  client: Client,
  writers: readonly Writer[],
  reconnection: Reconnection,
): Transaction {
  return {
    writers,
    commit: () => commit(client, reconnection),
    rehearse: async () => {
      try {
        await client.query("set constraints all immediate");
      } catch (cause) {
        throw commitError(cause);
      }
    },
    rollback: () => rollBack(client),
  };
}

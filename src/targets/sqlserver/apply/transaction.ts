/** One transaction of a load into SQL Server: its end, and a writer for each of its tables. */
import { messageOf } from "../../../errors/message-of.ts";
import { upsurgeError } from "../../../errors/upsurge-error.ts";
import type { TablePlan } from "../../../model/load-plan.ts";
import type { Transaction } from "../../target.ts";
import type { SqlServerPlannedTable } from "../catalog/planned-table.ts";
import type { SqlServerConnection } from "../connect/connection.ts";
import { SqlServerError } from "../errors.ts";
import { SqlServerWriter } from "./writer.ts";

/** What a transaction works with. */
export interface TransactionContext {
  readonly connection: SqlServerConnection;
  /** Whether a plan still holds. */
  readonly plannedTable: (plan: TablePlan) => SqlServerPlannedTable;
  /** Told of a rollback. */
  readonly undone: () => void;
}

/** A transaction that has begun. */
export function transactionOf(
  tables: readonly TablePlan[],
  { connection, plannedTable, undone }: TransactionContext,
): Transaction {
  return {
    writers: tables.map((plan) => new SqlServerWriter(connection, plan, plannedTable(plan))),
    commit: async () => {
      try {
        await connection.commit();
      } catch (cause) {
        throw commitFailure(cause);
      }
    },
    rollback: async () => {
      undone();
      await connection.rollback();
    },
  };
}

/**
 * Numbers by which the server says that this commit was not done, and that the same load may succeed later: the victim of a
 * deadlock, a lock that was waited for in vain, versions of rows that another transaction has changed or that are gone.
 */
const MET: readonly number[] = [1205, 1222, 3960, 3966];

/**
 * Numbers by which it says that there was nothing to commit any more, or that the transaction could not be; from 41301 on
 * those of tables in memory.
 */
const ENDED: readonly number[] = [3902, 3930, 3998, 41_301, 41_302, 41_305, 41_325, 41_839];

/**
 * Other answers leave open what became of the commit, as do those of a server that is about to hand its part to another:
 * the commit may have been done before.
 */
function commitFailure(cause: unknown): Error {
  const answer = cause instanceof SqlServerError && !cause.endsConnection ? cause.number : null;
  if (answer !== null && MET.includes(answer)) return cause as SqlServerError;
  const message = messageOf(cause);
  const reason = cause instanceof SqlServerError ? `${message} (${cause.number})` : message;
  if (answer === null || !ENDED.includes(answer))
    return upsurgeError("TARGET_OUTCOME_UNKNOWN", { reason }, { cause });
  const fix =
    "the server ended the transaction before its commit; run the same command again: nothing was kept";
  return upsurgeError("TARGET_COMMIT_REFUSED", { reason }, { cause, fix });
}

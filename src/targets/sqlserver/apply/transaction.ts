/** One transaction of a load into SQL Server: its end, and a writer for each of its tables. */
import { upsurgeError } from "../../../errors/upsurge-error.ts";
import type { TablePlan } from "../../../model/load-plan.ts";
import type { Transaction } from "../../target.ts";
import type { SqlServerConnection } from "../connect/connection.ts";
import { classifyNumber, SqlServerError } from "../errors.ts";
import { SqlServerWriter } from "./writer.ts";

/** A transaction that has begun; `undone` is told of a rollback. */
export function transactionOf(
  connection: SqlServerConnection,
  tables: readonly TablePlan[],
  undone: () => void,
): Transaction {
  return {
    writers: tables.map((plan) => new SqlServerWriter(connection, plan)),
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

/** Only a refusal over a connection that goes on says for sure that nothing was kept. */
function commitFailure(cause: unknown): Error {
  const refused = cause instanceof SqlServerError && !cause.endsConnection;
  if (refused && classifyNumber(cause.number) === "transient") return cause;
  const message = cause instanceof Error ? cause.message : String(cause);
  const reason = cause instanceof SqlServerError ? `${message} (${cause.number})` : message;
  if (!refused) return upsurgeError("TARGET_OUTCOME_UNKNOWN", { reason }, { cause });
  const fix =
    "the server ended the transaction before its commit; run the same command again: nothing was kept";
  return upsurgeError("TARGET_COMMIT_REFUSED", { reason }, { cause, fix });
}

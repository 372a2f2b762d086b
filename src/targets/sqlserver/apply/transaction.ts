/** One transaction of a load into SQL Server: its end, and a writer for each of its tables. */
import { upsurgeError } from "../../../errors/upsurge-error.ts";
import type { TablePlan } from "../../../model/load-plan.ts";
import type { Transaction, Writer } from "../../target.ts";
import type { SqlServerConnection } from "../connect/connection.ts";
import { classifyNumber, SqlServerError } from "../errors.ts";
import { SqlServerWriter } from "./writer.ts";

/** A transaction that has begun. */
export class SqlServerTransaction implements Transaction {
  readonly writers: readonly Writer[];
  readonly #connection: SqlServerConnection;
  readonly #undone: () => void;

  /** `undone` is told of a rollback. */
  constructor(connection: SqlServerConnection, tables: readonly TablePlan[], undone: () => void) {
    this.#connection = connection;
    this.#undone = undone;
    this.writers = tables.map((plan) => new SqlServerWriter(connection, plan));
  }

  async commit(): Promise<void> {
    try {
      await this.#connection.commit();
    } catch (cause) {
      throw this.#commitFailure(cause);
    }
  }

  /** Only a refusal over a connection that goes on says for sure that nothing was kept. */
  #commitFailure(cause: unknown): Error {
    const refused = cause instanceof SqlServerError && !cause.endsConnection;
    if (refused && classifyNumber(cause.number) === "transient") return cause;
    const message = cause instanceof Error ? cause.message : String(cause);
    const reason = cause instanceof SqlServerError ? `${message} (${cause.number})` : message;
    if (!refused) return upsurgeError("TARGET_OUTCOME_UNKNOWN", { reason }, { cause });
    const fix =
      "the server ended the transaction before its commit; run the same command again: nothing was kept";
    return upsurgeError("TARGET_COMMIT_REFUSED", { reason }, { cause, fix });
  }

  async rollback(): Promise<void> {
    this.#undone();
    await this.#connection.rollback();
  }
}

/** Writes batches into one table: sets of staged rows, or one row at a time on the server. */
import type { Batch, BatchResult, Row, RowFault } from "../../../model/batch.ts";
import { outcomesFrom } from "../../../model/counts.ts";
import type { RowOutcome } from "../../../model/counts.ts";
import type { TablePlan } from "../../../model/load-plan.ts";
import { byShape, rowFinder } from "../../grouped.ts";
import { TransactionAborted } from "../../target.ts";
import type { KeyStore, Writer } from "../../target.ts";
import type { SqlServerPlannedTable } from "../catalog/planned-table.ts";
import type { SqlServerConnection, Fields } from "../connect/connection.ts";
import { counterOf, eachSql, readOutcomes } from "./each-sql.ts";
import { classifyNumber, placeOfError, SqlServerError } from "../errors.ts";
import { apartMade } from "./made-sql.ts";
import { ask } from "./run-guarded.ts";
import type { GuardedAnswer } from "./run-guarded.ts";
import { SqlServerSetWriter } from "./set-writer.ts";
import { keyStore } from "../stage/seen-keys.ts";
import { faultOf, stageRows } from "../stage/stage.ts";

/** The writer of one table. */
export class SqlServerWriter implements Writer {
  readonly set: SqlServerSetWriter;
  readonly keys?: KeyStore;
  readonly deletes?: Writer;
  readonly #connection: SqlServerConnection;
  readonly #plan: TablePlan;
  readonly #plannedTable: SqlServerPlannedTable;
  #isConfirmed = false;

  constructor(
    connection: SqlServerConnection,
    plan: TablePlan,
    plannedTable: SqlServerPlannedTable,
  ) {
    this.#connection = connection;
    this.#plan = plan;
    this.#plannedTable = plannedTable;
    this.set = new SqlServerSetWriter(connection, plan, () => this.#confirm());
    const gone = plan.recordDeletes?.plan;
    if (gone !== undefined) this.deletes = new SqlServerWriter(connection, gone, plannedTable);
    if (plan.kept.keys) this.keys = keyStore(connection, plan);
  }

  /** Before the first rows of the transaction. Throws `TARGET_ALTERED`. */
  async #confirm(): Promise<void> {
    if (this.#isConfirmed) return;
    await this.#plannedTable.confirm(this.#connection);
    this.#isConfirmed = true;
  }

  async applyEach({ rows }: Batch, tells = false): Promise<BatchResult> {
    await this.#confirm();
    const faults = await stageRows(this.#connection, this.#plan, rows, "values");
    const out = new Set(faults.map(({ row }) => row));
    const sound = rows.filter((row) => !out.has(row));
    if (sound.length === 0)
      return { counts: {}, faults, ...(tells ? { outcomes: new Map() } : {}) };
    const shapes = [...byShape(sound).keys()];
    const answer = await ask(this.#connection, eachSql(this.#plan, shapes, tells));
    if (answer.number !== 0) throw this.#failure(answer, sound);
    const told = apartMade(this.#plan, answer.rest);
    const rowAt = rowFinder(rows);
    const refused = told.faults
      .map((fault) => this.#faultOf(fault, rowAt(fault["upsurge_ord"])))
      .filter(({ row }) => !out.has(row));
    return {
      counts: outcomesFrom((outcome) => Number(answer.variables[counterOf(outcome)])),
      faults: [...faults, ...refused].toSorted((a, b) => a.row.ord - b.row.ord),
      ...(told.made === undefined ? {} : { made: told.made }),
      ...(tells ? { outcomes: outcomesOf(sound, String(answer.variables["told"])) } : {}),
    };
  }

  /** Why the loop stopped before its end: a row cost the transaction, or no row is at fault. */
  #failure({ number, message, doomed, variables }: GuardedAnswer, rows: readonly Row[]): Error {
    if (!doomed || classifyNumber(number) !== "row") return new SqlServerError(number, message);
    const row = rowFinder(rows)(variables["failed"]);
    const fault = this.#faultOf({ number, message }, row);
    return new TransactionAborted(`${message} (${number})`, [fault.row], fault);
  }

  #faultOf(fault: Fields, row: Row): RowFault {
    if (fault["code"] !== null && fault["code"] !== undefined) {
      return faultOf(this.#plan, row, Number(fault["code"]), this.#connection.tooLong);
    }
    const number = Number(fault["number"]);
    const message = String(fault["message"]);
    return {
      row,
      ...placeOfError(number, message, this.#plan.table),
      dbCode: String(number),
      message: message.length > 200 ? `${message.slice(0, 200)}…` : message,
    };
  }
}

/** What became of each of these rows. */
function outcomesOf(rows: readonly Row[], told: string): Map<number, RowOutcome> {
  const outcomes = readOutcomes(told);
  return new Map(
    rows.flatMap(({ ord }, at) => {
      const outcome = outcomes[at] ?? null;
      return outcome === null ? [] : [[ord, outcome]];
    }),
  );
}

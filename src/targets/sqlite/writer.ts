/**
 * Writes batches inside one transaction: row by row, with prepared statements for every shape of rows.
 * A row that SQLite refuses becomes a fault; SQLite itself undoes what its statement had done.
 */
import { upsurgeError } from "../../errors/upsurge-error.ts";
import type { Batch, BatchResult, Row, RowFault } from "../../model/batch.ts";
import type { Counts } from "../../model/counts.ts";
import type { LoadPlan } from "../../model/load-plan.ts";
import type { Writer } from "../target.ts";
import type { Connection } from "./connection.ts";
import { codeOf, rowFault } from "./errors.ts";
import { countOrphans } from "./orphans.ts";
import type { Probe } from "./probe.ts";
import { AmbiguousKey, RowRunner } from "./row-runner.ts";
import type { SqliteTable } from "./table-shape.ts";
import { RangeFault } from "./values.ts";

/** What a writer works with; the transaction has begun. */
export interface WriterContext {
  readonly db: Connection;
  readonly probe: Probe;
  readonly plan: LoadPlan;
  readonly table: SqliteTable;
  /** Runs `work`, again while another process holds a lock, up to the lock timeout. */
  readonly patiently: (work: () => void) => Promise<void>;
}

/** The writer of one load into SQLite. */
export class SqliteWriter implements Writer {
  readonly #context: WriterContext;
  readonly #runners = new Map<number, RowRunner>();

  constructor(context: WriterContext) {
    this.#context = context;
  }

  applyEach(batch: Batch): Promise<BatchResult> {
    const counts: Partial<Counts> = {};
    const faults: RowFault[] = [];
    for (const row of batch.rows) {
      try {
        const outcome = this.#runner(row).apply(row);
        counts[outcome] = (counts[outcome] ?? 0) + 1;
      } catch (error) {
        faults.push(faultOf(row, error));
        this.#requireTransaction(error);
      }
    }
    return Promise.resolve({ counts, faults });
  }

  #runner(row: Row): RowRunner {
    const { shape } = row;
    let runner = this.#runners.get(shape.id);
    if (runner === undefined) {
      const { db, probe, plan, table } = this.#context;
      try {
        runner = new RowRunner(db, probe, { plan, table, columns: shape.columns });
      } catch (cause) {
        throw unprepared(cause);
      }
      this.#runners.set(shape.id, runner);
    }
    return runner;
  }

  /** A trigger may say RAISE(ROLLBACK): then everything is gone, and going on would write without a transaction. */
  #requireTransaction(cause: unknown): void {
    if (this.#context.db.inTransaction) return;
    const reason = `a trigger or constraint rolled the whole transaction back: ${String(cause)}`;
    throw upsurgeError("TARGET_STATEMENT", { reason }, { cause });
  }

  async commit(): Promise<void> {
    const { db, patiently } = this.#context;
    try {
      await patiently(() => void db.exec("commit"));
    } catch (cause) {
      if (codeOf(cause)?.startsWith("SQLITE_CONSTRAINT") !== true) throw cause;
      throw refused(cause);
    }
  }

  /**
   * Deferred foreign keys are the only thing a commit checks. Orphans that were there before do not matter to it:
   * they are counted after rolling back, so that a load that is to be kept never pays for it.
   */
  async rehearse(): Promise<void> {
    const { db, plan, patiently } = this.#context;
    const { name } = plan.table.name;
    const after = countOrphans(db, name);
    if (after === 0) return;
    await this.rollback();
    let before = 0;
    await patiently(() => void (before = countOrphans(db, name)));
    const more = after - before;
    if (more > 0) throw refused(new Error(`${more} rows refer to rows that do not exist`));
  }

  rollback(): Promise<void> {
    const { db } = this.#context;
    try {
      if (db.open && db.inTransaction) db.exec("rollback");
    } catch {
      // Closing the connection rolls back as well.
    }
    return Promise.resolve();
  }
}

function faultOf(row: Row, error: unknown): RowFault {
  if (error instanceof RangeFault) {
    const { code, column, message } = error;
    return { row, code, column, message, dbCode: null, constraint: null };
  }
  if (error instanceof AmbiguousKey) {
    const { message } = error;
    return { row, code: "ROW_REFUSED", column: null, message, dbCode: null, constraint: null };
  }
  return rowFault(row, error);
}

/** A statement that cannot be prepared is no row's fault, though its code is the same. */
function unprepared(cause: unknown): unknown {
  if (codeOf(cause) !== "SQLITE_ERROR" || !(cause instanceof Error)) return cause;
  return upsurgeError("TARGET_STATEMENT", { reason: cause.message }, { cause });
}

function refused(cause: unknown): Error {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return upsurgeError("TARGET_COMMIT_REFUSED", { reason }, { cause });
}

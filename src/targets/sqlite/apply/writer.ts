/**
 * Writes batches inside one transaction, with prepared statements for every shape of rows. How a batch goes through them
 * is left to `apply-batch.ts`.
 */
import { upsurgeError } from "../../../errors/upsurge-error.ts";
import type { Batch, BatchResult, RowShape } from "../../../model/batch.ts";
import type { LoadPlan } from "../../../model/load-plan.ts";
import type { Writer } from "../../target.ts";
import { BatchRun } from "./apply-batch.ts";
import type { ShapeRunner } from "./apply-batch.ts";
import type { SqliteConnection } from "../connect/connection.ts";
import { codeOf } from "../errors.ts";
import { MisfitColumns, promisedBy } from "../stage/misfits.ts";
import { countOrphans } from "../catalog/orphans.ts";
import { PackedValues } from "../stage/packed-values.ts";
import type { UpsertProbe } from "./probe.ts";
import { RowGroup } from "./row-group.ts";
import { RowRunner } from "./row-runner.ts";
import type { SqliteTable } from "../catalog/table-shape.ts";
import type { BoundColumn } from "../stage/values.ts";

/** What a writer works with; the transaction has begun. */
export interface SqliteWriterContext {
  readonly db: SqliteConnection;
  readonly probe: UpsertProbe;
  readonly plan: LoadPlan;
  readonly table: SqliteTable;
  /** Runs `work`, again while another process holds a lock, up to the lock timeout. */
  readonly patiently: (work: () => void) => Promise<void>;
}

/** The writer of one load into SQLite. */
export class SqliteWriter implements Writer {
  readonly #context: SqliteWriterContext;
  readonly #runners = new Map<number, ShapeRunner>();

  constructor(context: SqliteWriterContext) {
    this.#context = context;
  }

  applyEach(batch: Batch): Promise<BatchResult> {
    const { db } = this.#context;
    const run = new BatchRun(db, batch);
    return Promise.resolve(run.apply((shape) => this.#runner(shape)));
  }

  #runner(shape: RowShape): ShapeRunner {
    let runner = this.#runners.get(shape.id);
    if (runner === undefined) {
      try {
        runner = shapeRunner(this.#context, shape);
      } catch (cause) {
        throw unprepared(cause);
      }
      this.#runners.set(shape.id, runner);
    }
    return runner;
  }

  async commit(): Promise<void> {
    const { db, patiently } = this.#context;
    try {
      await patiently(() => db.exec("commit"));
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

function shapeRunner(
  { db, probe, plan, table }: SqliteWriterContext,
  { columns }: RowShape,
): ShapeRunner {
  const row = { plan, table, columns };
  const destinations = columns.map((name) => destinationOf(plan, table, name));
  return {
    columns: destinations,
    one: new RowRunner(db, probe, row),
    group: RowGroup.of(db, probe, row),
    packed: new PackedValues(destinations, convertsFirst(plan)),
    misfits: new MisfitColumns(destinations, plan),
  };
}

/** Where a view's or a virtual table's values end up is not known, nor is a stamped column's value the source's. */
function destinationOf(
  { update }: LoadPlan,
  { shape, details }: SqliteTable,
  name: string,
): BoundColumn {
  const affinity = details.get(name)?.affinity ?? "blob";
  const type = shape.columns.find((column) => column.name === name)?.type ?? "";
  const isKnown = shape.kind === "table" && update.stamps.every(({ column }) => column !== name);
  return { name, affinity, type, promised: isKnown ? promisedBy(type, affinity) : null };
}

/** Whether SQLite converts a value to its column's type before anything could look at it. */
function convertsFirst({ table, update }: LoadPlan): boolean {
  const plain = table.kind === "table" && table.triggers.length === 0;
  return plain && update.sets.length === 0 && update.stamps.length === 0 && update.where === null;
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

/**
 * Writes batches into one table, with prepared statements for every shape of rows. How a batch goes through them
 * is left to `apply-batch.ts`.
 */
import { upsurgeError } from "../../../errors/upsurge-error.ts";
import type { Batch, BatchResult, RowShape } from "../../../model/batch.ts";
import type { TablePlan } from "../../../model/load-plan.ts";
import { EncodedAhead } from "../../encoded-ahead.ts";
import type { KeyStore, Writer } from "../../target.ts";
import { refuseAltered } from "../catalog/refuse-altered.ts";
import { BatchRun } from "./apply-batch.ts";
import type { ShapeRunner } from "./apply-batch.ts";
import type { SqliteConnection } from "../connect/connection.ts";
import { rowSql } from "../dialect.ts";
import { codeOf } from "../errors.ts";
import { MisfitColumns, promisedBy } from "../stage/misfits.ts";
import { pageEncoding } from "../stage/page-encoder.ts";
import type { PageEncoding } from "../stage/page-encoder.ts";
import { PackedValues } from "../stage/packed-values.ts";
import type { PageFile } from "../stage/page-file.ts";
import { SqliteKeyStore } from "../stage/seen-keys.ts";
import type { UpsertProbe } from "./probe.ts";
import { mostPaged, PagedRows } from "./paged-rows.ts";
import { RowGroup } from "./row-group.ts";
import { RowRunner } from "./row-runner.ts";
import type { SqliteTable } from "../catalog/table-shape.ts";
import type { BoundColumn } from "../stage/values.ts";

/** What a writer works with; the transaction has begun. */
export interface SqliteWriterContext {
  readonly db: SqliteConnection;
  readonly probe: UpsertProbe;
  readonly plan: TablePlan;
  readonly table: SqliteTable;
  /** The pages of the transaction; `null` where there are none. */
  readonly pages: () => PageFile | null;
}

/** The writer of one table. */
export class SqliteWriter implements Writer {
  readonly keys?: KeyStore;
  readonly deletes?: Writer;
  readonly #context: SqliteWriterContext;
  readonly #runners = new Map<number, ShapeRunner>();
  /** The table is as it was planned, and stays so until the transaction ends. */
  #isSame = false;

  constructor(context: SqliteWriterContext) {
    this.#context = context;
    const gone = context.plan.recordDeletes?.plan;
    if (gone !== undefined) this.deletes = new SqliteWriter({ ...context, plan: gone });
    if (context.plan.kept.keys) this.keys = new SqliteKeyStore(context.db, context);
  }

  applyEach(batch: Batch, tells = false): Promise<BatchResult> {
    const { db, plan, table } = this.#context;
    // By now the scripts of the load that come first have run.
    if (!this.#isSame) refuseAltered(db, plan, table);
    this.#isSame = true;
    const made = plan.made?.written[0]?.name ?? null;
    const run = new BatchRun(db, batch, { table: plan.table, tells, made });
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
}

function shapeRunner(context: SqliteWriterContext, { columns }: RowShape): ShapeRunner {
  const { db, probe, plan, table } = context;
  const row = rowSql(plan, table, columns);
  const destinations = columns.map((name) => destinationOf(plan, table, name));
  const group = RowGroup.of(db, probe, row);
  const typed = convertsFirst(plan);
  const packed = new PackedValues(destinations, typed);
  const misfits = new MisfitColumns(destinations, plan);
  const paged = pagedOnce(context, group, { packed, misfits, bound: destinations, typed });
  return {
    columns: destinations,
    one: new RowRunner(db, probe, row),
    group,
    packed,
    misfits,
    paged,
  };
}

/** Makes the rows of pages when they are asked for first. */
function pagedOnce(
  { db, plan, pages }: SqliteWriterContext,
  group: RowGroup | null,
  {
    packed,
    misfits,
    ...values
  }: Pick<ShapeRunner, "packed" | "misfits"> & Pick<PageEncoding, "bound" | "typed">,
): () => PagedRows | null {
  let paged: PagedRows | null | undefined;
  return () => {
    // Of a batch that ended in an error nothing is left.
    paged?.clear();
    if (paged !== undefined) return paged;
    const file = group === null ? null : pages();
    if (group === null || file === null) return (paged = null);
    const most = mostPaged(db, plan.table.name);
    return (paged = new PagedRows({
      file,
      group,
      packed,
      columns: values.bound.length,
      ahead: new EncodedAhead((use) => pageEncoding({ ...use, ...values, integer: group.integer })),
      most,
      takesMisfits: misfits.always,
    }));
  };
}

/** Where a view's or a virtual table's values end up is not known, nor is a stamped column's value the source's. */
function destinationOf(
  { update, notations }: TablePlan,
  { shape, details }: SqliteTable,
  name: string,
): BoundColumn {
  const affinity = details.get(name)?.affinity ?? "blob";
  const type = shape.columns.find((column) => column.name === name)?.type ?? "";
  const isKnown = shape.kind === "table" && update.stamps.every(({ column }) => column !== name);
  const isBytes = notations?.[name]?.kind === "bytes";
  return { name, affinity, type, isBytes, promised: isKnown ? promisedBy(type, affinity) : null };
}

/** Whether SQLite converts a value to its column's type before anything could look at it. */
function convertsFirst({ table, update }: TablePlan): boolean {
  const plain = table.kind === "table" && table.triggers.length === 0;
  return plain && update.sets.length === 0 && update.stamps.length === 0 && update.where === null;
}

/** A statement that cannot be prepared is no row's fault, though its code is the same. */
function unprepared(cause: unknown): unknown {
  if (codeOf(cause) !== "SQLITE_ERROR" || !(cause instanceof Error)) return cause;
  return upsurgeError("TARGET_STATEMENT", { reason: cause.message }, { cause });
}

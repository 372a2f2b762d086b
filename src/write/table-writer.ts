/** All that is done with the rows of one table before they are written: expressions, look-ups, keys that others refer to. */
import type { Batch } from "../model/batch.ts";
import type { TablePlan } from "../model/load-plan.ts";
import type { Session } from "../targets/target.ts";
import type { AppliedBatch } from "./applied-batch.ts";
import { LookupWriter } from "./lookups/lookup-writer.ts";
import type { NamedRows } from "./lookups/named-rows.ts";
import type { MakesRows } from "./lookups/undone-rows.ts";
import { guardedColumns } from "./mapping/guarded-columns.ts";
import { KeyMaker } from "./nest/key-maker.ts";
import type { Quarantine } from "./quarantine.ts";
import { ValueWriter } from "./values/value-writer.ts";
import type { BatchApplier } from "./write-batch.ts";

/** Writes rows of one table, its look-ups and expressions included. */
export type WriteTable = (batch: Batch) => Promise<AppliedBatch>;

/** What a table is written with. */
export interface TableWriterContext {
  readonly session: Session;
  readonly quarantine: Quarantine;
  readonly named: NamedRows;
}

/** A writer of one table. */
export interface PreparedTable {
  readonly write: WriteTable;
  /** Makes a batch ready before its turn; `null` where nothing of it is known then. */
  readonly prepare: ((batch: Batch) => void) | null;
  /** What it looks up with; `null`: it looks nothing up. */
  readonly lookups: MakesRows | null;
}

/** The writer of a table whose rows `batches` writes. */
export function tableWriter(
  plan: TablePlan,
  batches: BatchApplier,
  { session, quarantine, named }: TableWriterContext,
): PreparedTable {
  const guarded = guardedColumns(plan);
  const next =
    plan.lookups === undefined
      ? batches
      : new LookupWriter(plan, { session, batches, quarantine, guarded, named });
  const looked: WriteTable = async (batch) => await written(next, batch);
  const values =
    plan.values === undefined
      ? null
      : new ValueWriter(plan, plan.values, { session, quarantine, guarded, write: looked });
  const valued: WriteTable = values === null ? looked : async (batch) => await values.write(batch);
  const maker = plan.made === undefined ? null : new KeyMaker(plan, plan.made, session);
  return {
    write: maker === null ? valued : async (batch) => await maker.write(batch, valued),
    // What expressions give is not known before.
    prepare: values === null && maker === null ? (batch) => next.prepare(batch) : null,
    lookups: next instanceof LookupWriter ? next : null,
  };
}

/** What is written is what came, unless look-ups filled it in. */
async function written(next: BatchApplier | LookupWriter, batch: Batch): Promise<AppliedBatch> {
  if (next instanceof LookupWriter) return await next.write(batch);
  return { batch, result: await next.write(batch) };
}

/**
 * Equal rows that records refer to, in one batch: where nothing could tell, each is written once, and the others count as the
 * repeat of a row that is there. Only where all rows of a key are equal byte by byte: one that differs changes the row, and
 * what comes after it changes it again.
 */
import type { Batch, BatchResult } from "../../model/batch.ts";
import type { RowOutcome } from "../../model/counts.ts";
import type { TablePlan } from "../../model/load-plan.ts";
import type { NestLevel } from "../../model/nest/nest-plan.ts";
import type { PackedRows } from "../../model/packed.ts";
import type { Session } from "../../targets/target.ts";
import { pickRows } from "../row-batches.ts";
import { integerHashes } from "./integer-hashes.ts";
import { MadeBatches } from "./level-batches.ts";
import { PackedEquality } from "./packed-equality.ts";

/** A batch without its repeats. */
export interface CoalescedBatch {
  readonly batch: Batch;
  /** The rows that are left out. */
  readonly repeats: number;
  /** What became of each of them, once the others are written. */
  readonly outcome: RowOutcome;
}

/** A repeat could be told: values that a column keeps against its type are counted row by row. */
export class RepeatsTold extends Error {}

/** What is loaded besides a level. */
export interface AllLevels {
  readonly tables: readonly TablePlan[];
  readonly levels: readonly NestLevel[];
}

/** Whether equal rows of a level may be written once. */
export function mayCoalesce(
  plan: TablePlan,
  level: NestLevel,
  { tables, levels }: AllLevels,
): boolean {
  const { mode, table, update, arbiter, isolation, lookups, values, late, made } = plan;
  // What one record takes away may take the row along, which the next brings back.
  if (tables.some(takesRowsAway)) return false;
  if (level.relation !== "object" || level.finds) return false;
  if (mode !== "upsert" && mode !== "ignore") return false;
  if (arbiter?.kind !== "expressions" || !arbiter.plain || arbiter.predicate !== null) return false;
  if (table.kind !== "table" || table.rewritten || table.triggers.length > 0) return false;
  const { sets, stamps, where, rewriteUnchanged } = update;
  if (sets.length + stamps.length > 0 || where !== null || rewriteUnchanged) return false;
  if (isolation.rowByRow !== null || isolation.inFileOrder !== null) return false;
  const others = [lookups, values, late, made];
  if (others.some((each) => each !== undefined)) return false;
  // What is in its arrays asks what became of each row.
  return !levels.some(({ parentAt, whenWritten }) => parentAt === level.at && whenWritten);
}

/** Whether records delete rows of the table, or lose those that they do not mention. */
function takesRowsAway({ recordDeletes, missing }: TablePlan): boolean {
  return recordDeletes !== undefined || missing !== undefined;
}

/** Leaves repeats out of the batches of one level. */
export class Coalescer {
  readonly #plan: TablePlan;
  readonly #session: Pick<Session, "keyHashes">;
  readonly #made = new MadeBatches<CoalescedBatch | null>();

  constructor(plan: TablePlan, session: Pick<Session, "keyHashes">) {
    this.#plan = plan;
    this.#session = session;
  }

  /** The batch without its repeats; `null` where it has none, or nothing tells them. */
  without(batch: Batch): CoalescedBatch | null {
    return this.#made.of(batch, () => this.#leaveOut(batch));
  }

  #leaveOut(batch: Batch): CoalescedBatch | null {
    const { packed } = batch;
    const hashes = packed === null ? null : this.#hashes(packed);
    if (packed === null || hashes === null) return null;
    const picked = firstRows(packed, hashes);
    const once = pickRows(batch, picked);
    const repeats = batch.size - once.size;
    return repeats === 0 ? null : { batch: once, repeats, outcome: this.#outcome(packed) };
  }

  #hashes(packed: PackedRows): Uint32Array | null {
    const { keyHashes } = this.#session;
    return keyHashes === undefined
      ? integerHashes(this.#plan, packed)
      : keyHashes.call(this.#session, this.#plan, packed);
  }

  /** What becomes of a row that is met as it is. */
  #outcome({ shape }: PackedRows): RowOutcome {
    const { mode, update } = this.#plan;
    const updates = update.columns.some((name) => shape.columns.includes(name));
    return mode === "upsert" && updates ? "unchanged" : "ignored";
  }
}

/** The result with the rows that were left out. Throws `RepeatsTold`. */
export function withRepeats(
  result: BatchResult,
  { repeats, outcome }: CoalescedBatch,
): BatchResult {
  const { counts, misfits = [] } = result;
  if (misfits.length > 0) throw new RepeatsTold("values are kept against the type of their column");
  return { ...result, counts: { ...counts, [outcome]: (counts[outcome] ?? 0) + repeats } };
}

/** Marks the rows that are written: the first of each key, and all of a key whose rows differ. */
function firstRows(packed: PackedRows, hashes: Uint32Array): Uint8Array {
  const count = hashes.length;
  const equality = new PackedEquality(packed, count);
  const size = 2 ** Math.ceil(Math.log2(2 * Math.max(1, count)));
  const table = new Int32Array(size).fill(-1);
  const firstOf = new Int32Array(count);
  const differs = new Uint8Array(count);
  for (let row = 0; row < count; row += 1) {
    const hash = hashes[row] as number;
    let slot = hash & (size - 1);
    let first = table[slot] as number;
    // Keys of equal hashes that differ are rows that differ.
    while (first >= 0 && hashes[first] !== hash) {
      slot = (slot + 1) & (size - 1);
      first = table[slot] as number;
    }
    if (first < 0) {
      table[slot] = row;
      first = row;
    } else if (differs[first] === 0 && !equality.same(first, row)) differs[first] = 1;
    firstOf[row] = first;
  }
  return Uint8Array.from(firstOf, (first, row) => (first === row || differs[first] === 1 ? 1 : 0));
}

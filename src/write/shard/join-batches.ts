/** Joins what is left of batches after others' rows were taken out, so that a shard's batches are as large as those of any load. */
import type { Batch, Row } from "../../model/batch.ts";
import { ordAt } from "../../model/packed.ts";
import type { PackedRows } from "../../model/packed.ts";
import type { BatchLimits, ReadBatch } from "../batches.ts";
import { packedBatch } from "../packed-batch.ts";
import { sizeOf } from "../writers.ts";

/** Each of them keeps the bytes that it was read from. */
const MOST_JOINED = 16;

/** Yields the same records in fewer batches, none larger than `limits` say; a source ends with its batch. */
export async function* joinBatches(
  batches: AsyncIterable<ReadBatch>,
  { batchRows }: BatchLimits,
): AsyncGenerator<ReadBatch> {
  let open: ReadBatch[] = [];
  for await (const next of batches) {
    const [first] = open;
    if (first !== undefined && !goesOn(open, next, batchRows)) {
      yield joined(open);
      open = [];
    }
    open.push(next);
    const isOver = next.end === null || next.end.isLast;
    if (isOver || open.length >= MOST_JOINED || total(open) >= batchRows) {
      yield joined(open);
      open = [];
    }
  }
  if (open.length > 0) yield joined(open);
}

function goesOn(open: readonly ReadBatch[], next: ReadBatch, most: number): boolean {
  if (total(open) + sizeOf(next) > most) return false;
  const before = open.find(({ batch }) => batch.size > 0);
  return before === undefined || next.batch.size === 0 || areAlike(before.batch, next.batch);
}

/** Both are packed alike, or neither is. */
function areAlike({ packed: a }: Batch, { packed: b }: Batch): boolean {
  if (a === null || b === null) return a === b;
  return a.shape === b.shape;
}

function total(open: readonly ReadBatch[]): number {
  return open.reduce((sum, each) => sum + sizeOf(each), 0);
}

/** Several batches as one, which ends where the last of them does. */
function joined(open: readonly ReadBatch[]): ReadBatch {
  const last = open.at(-1);
  const rest = open.filter(({ batch }) => batch.size > 0).map(({ batch }) => batch);
  const [only, ...more] = rest;
  const batch = only === undefined || more.length === 0 ? only : joinedRows(only, rest);
  const blanks = open.flatMap((each) => each.blanks ?? []);
  return {
    batch: batch ?? { number: open[0]?.batch.number ?? 1, size: 0, rows: [], packed: null },
    rejects: open.flatMap((each) => each.rejects),
    ...(blanks.length === 0 ? {} : { blanks }),
    end: last?.end ?? null,
  };
}

function joinedRows({ number, packed }: Batch, batches: readonly Batch[]): Batch {
  const size = batches.reduce((sum, batch) => sum + batch.size, 0);
  const read = (): Row[] => batches.flatMap((batch) => [...batch.rows]);
  if (packed === null) return { number, size, rows: read(), packed: null };
  const all = batches.flatMap((batch) => batch.packed ?? []);
  const joining = {
    ...packed,
    slices: all.flatMap(({ slices }) => slices),
    ordSteps: stepsFrom(packed.firstOrd, all, size),
  };
  return packedBatch({ number, size }, joining, read);
}

/** How far the `ord` of each row is from that of the first batch. */
function stepsFrom(first: number, all: readonly PackedRows[], size: number): Uint32Array {
  const steps = new Uint32Array(size);
  let to = 0;
  for (const rows of all) {
    const count = rows.slices.reduce((sum, slice) => sum + slice.to - slice.from, 0);
    for (let at = 0; at < count; at += 1, to += 1) steps[to] = ordAt(rows, at) - first;
  }
  return steps;
}

/**
 * Shares the rows of a packed batch out among writers by the hash of their keys: rows with the same key go to the same
 * writer, in the order of the source. Each partition is a packed batch again, over the same bytes, and every row keeps its `ord`.
 */
import type { Batch, Row } from "../../model/batch.ts";
import { movedFields } from "../../model/packed.ts";
import type { PackedSlice, PackedRows } from "../../model/packed.ts";
import { PackedBatch } from "../packed-batch.ts";
import { rowsBatch } from "../row-batches.ts";

/** The partition of each writer, `null` where it has none; `hashes` are those of the batch's rows, in order. */
export function splitByHash(
  batch: Batch,
  packed: PackedRows,
  hashes: Uint32Array,
  writers: number,
): (Batch | null)[] {
  const writerOf = new Uint8Array(hashes.length);
  for (let at = 0; at < writerOf.length; at += 1)
    writerOf[at] = partitionOf(hashes[at] as number, writers);
  const slices: PackedSlice[][] = Array.from({ length: writers }, () => []);
  let first = 0;
  for (const slice of packed.slices) {
    const size = slice.to - slice.from;
    for (const [writer, picked] of split(slice, writerOf.subarray(first, first + size), writers)) {
      slices[writer]?.push(picked);
    }
    first += size;
  }
  const steps = stepsOf(packed, writerOf, writers);
  return slices.map((own, writer) =>
    own.length === 0
      ? null
      : partitionBatch(
          batch,
          { ...packed, slices: own, ordSteps: steps[writer] ?? null },
          writerOf,
          writer,
        ),
  );
}

/** The same of a batch whose rows are no packed ones. */
export function rowsByHash(
  batch: Batch,
  hashes: readonly number[],
  writers: number,
): (Batch | null)[] {
  return Array.from({ length: writers }, (_, writer) => {
    const rows = batch.rows.filter((__, at) => partitionOf(hashes[at] ?? 0, writers) === writer);
    return rows.length === 0 ? null : rowsBatch(batch, rows);
  });
}

/** The writer that a hash names. A job that goes on relies on it: what it answers may not change. */
export function partitionOf(hash: number, writers: number): number {
  return mixed(hash) % writers;
}

/** The records of a slice that go to each writer. */
function* split(
  { fields, from, to, columns }: PackedSlice,
  writerOf: Uint8Array,
  writers: number,
): Generator<[number, PackedSlice]> {
  const width = 2 * fields.shape.fields.length;
  const counts = new Uint32Array(writers);
  for (let at = 0; at < writerOf.length; at += 1) (counts[writerOf[at] as number] as number) += 1;
  const places = Array.from(counts, (count) => new Int32Array(count * width));
  const ends = new Uint32Array(writers);
  for (let record = from; record < to; record += 1) {
    const writer = writerOf[record - from] ?? 0;
    const into = places[writer];
    if (into === undefined) continue;
    let at = ends[writer] ?? 0;
    for (let place = record * width; place < (record + 1) * width; place += 1) {
      into[at] = fields.offsets[place] as number;
      at += 1;
    }
    ends[writer] = at;
  }
  for (const [writer, count] of counts.entries()) {
    const own = places[writer];
    if (count === 0 || own === undefined) continue;
    const length = Math.ceil((fields.length * count) / fields.records);
    const picked = movedFields(fields, { offsets: own, records: count, length });
    yield [writer, { fields: picked, from: 0, to: count, columns }];
  }
}

/** The steps of the rows that go to each writer. */
function stepsOf({ ordSteps }: PackedRows, writerOf: Uint8Array, writers: number): Uint32Array[] {
  const counts = new Uint32Array(writers);
  for (let at = 0; at < writerOf.length; at += 1) (counts[writerOf[at] as number] as number) += 1;
  const steps = Array.from(counts, (count) => new Uint32Array(count));
  const ends = new Uint32Array(writers);
  for (let at = 0; at < writerOf.length; at += 1) {
    const writer = writerOf[at] as number;
    (steps[writer] as Uint32Array)[ends[writer] as number] =
      ordSteps === null ? at : (ordSteps[at] as number);
    (ends[writer] as number) += 1;
  }
  return steps;
}

function partitionBatch(
  batch: Batch,
  packed: PackedRows,
  writerOf: Uint8Array,
  writer: number,
): Batch {
  const size = packed.slices.reduce((sum, { from, to }) => sum + to - from, 0);
  const read = (): Row[] => batch.rows.filter((_, at) => writerOf[at] === writer);
  return new PackedBatch({ number: batch.number, size }, packed, read);
}

/** Spreads hashes that differ in a few bits only. */
function mixed(hash: number): number {
  const once = Math.imul(hash ^ (hash >>> 16), 0x7feb_352d);
  const twice = Math.imul(once ^ (once >>> 15), 0x846c_a68b);
  return (twice ^ (twice >>> 16)) >>> 0;
}

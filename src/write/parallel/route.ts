/**
 * Shares the rows of a packed batch out among writers by the hash of their keys: rows with the same key go to the same
 * writer, in the order of the source. Each partition is a packed batch again, over the same bytes, and every row keeps its `ord`.
 */
import type { Batch, Row } from "../../model/batch.ts";
import type { PackedSlice, PackedRows } from "../../model/packed.ts";
import { partitionOf } from "../../model/partition.ts";
import type { SharedOut } from "../../model/partition.ts";
import { packedBatch } from "../packed-batch.ts";
import { pickedSlice } from "../picked-slice.ts";
import { rowsBatch } from "../row-batches.ts";

/** The partition of each writer, `null` where it has none; `hashes` are those of the batch's rows, in order, of this key or of none. */
export function splitByHash(
  batch: Batch,
  packed: PackedRows,
  hashes: Uint32Array,
  { writers, key }: Pick<SharedOut, "writers"> & { readonly key: SharedOut["key"] | null },
): (Batch | null)[] {
  const by = key === null ? null : { writers, key };
  const writerOf = new Uint8Array(hashes.length);
  for (let at = 0; at < writerOf.length; at += 1)
    writerOf[at] = partitionOf(hashes[at] as number, writers);
  const slices: PackedSlice[][] = Array.from({ length: writers }, () => []);
  let first = 0;
  for (const slice of packed.slices) {
    const size = slice.to - slice.from;
    const records = placesByWriter(writerOf.subarray(first, first + size), writers, slice.from);
    for (const [writer, own] of records.entries())
      if (own.length > 0) slices[writer]?.push(pickedSlice(slice, own, by));
    first += size;
  }
  const places = placesByWriter(writerOf, writers, 0);
  return slices.map((own, writer) => {
    const rows = places[writer] as Uint32Array;
    if (rows.length === 0) return null;
    const { ordSteps } = packed;
    const steps = ordSteps === null ? rows : rows.map((at) => ordSteps[at] as number);
    const read = (): Row[] => batch.rows.filter((_, at) => writerOf[at] === writer);
    const size = rows.length;
    const partition = { ...packed, slices: own, ordSteps: steps };
    return packedBatch({ number: batch.number, size }, partition, read);
  });
}

/** The places of each writer's rows, counted from `first`. */
function placesByWriter(writerOf: Uint8Array, writers: number, first: number): Uint32Array[] {
  const counts = new Uint32Array(writers);
  for (let at = 0; at < writerOf.length; at += 1) (counts[writerOf[at] as number] as number) += 1;
  const places = Array.from(counts, (count) => new Uint32Array(count));
  counts.fill(0);
  for (let at = 0; at < writerOf.length; at += 1) {
    const writer = writerOf[at] as number;
    (places[writer] as Uint32Array)[counts[writer] as number] = first + at;
    (counts[writer] as number) += 1;
  }
  return places;
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

/** Takes some rows of a batch out of it: a packed one stays packed, over the same bytes, and every row keeps its `ord`. */
import type { Batch } from "../../model/batch.ts";
import type { PackedSlice } from "../../model/packed.ts";
import { packedBatch } from "../packed-batch.ts";
import { pickedSlice } from "../picked-slice.ts";

/** The rows of a batch at whose places `picked` is 1. */
export function pickRows(batch: Batch, picked: Uint8Array): Batch {
  const size = countOf(picked);
  if (size === batch.size) return batch;
  const { number, packed } = batch;
  const read = (): Batch["rows"] => batch.rows.filter((_, at) => picked[at] === 1);
  if (packed === null || size === 0)
    return { number, size, rows: size === 0 ? [] : read(), packed: null };
  const slices: PackedSlice[] = [];
  let first = 0;
  for (const slice of packed.slices) {
    const rows = slice.to - slice.from;
    const own = picked.subarray(first, first + rows);
    const count = countOf(own);
    if (count > 0) slices.push(pickedSlice(slice, placesOf(own, count, slice.from)));
    first += rows;
  }
  const rows = placesOf(picked, size, 0);
  const { ordSteps: steps } = packed;
  const ordSteps = steps === null ? rows : rows.map((at) => steps[at] as number);
  return packedBatch({ number, size }, { ...packed, slices, ordSteps }, read);
}

function countOf(picked: Uint8Array): number {
  let count = 0;
  for (let at = 0; at < picked.length; at += 1) count += picked[at] as number;
  return count;
}

/** The places of the rows that are picked, counted from `first`. */
function placesOf(picked: Uint8Array, count: number, first: number): Uint32Array {
  const places = new Uint32Array(count);
  let to = 0;
  for (let at = 0; at < picked.length; at += 1) {
    if (picked[at] !== 1) continue;
    places[to] = first + at;
    to += 1;
  }
  return places;
}

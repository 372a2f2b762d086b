/** Batches made of some of the rows of another. What is packed stays packed, over the same bytes, where that is said. */
import { rowsAt } from "../model/batch.ts";
import type { Batch, Row, RowFault } from "../model/batch.ts";
import type { PackedRows, PackedSlice } from "../model/packed.ts";
import { mixedBatch, packedBatch } from "./packed-batch.ts";
import type { RowReader } from "./packed-batch.ts";
import { pickedSlice } from "./picked-slice.ts";

/** The batch with these of its rows. */
export function rowsBatch({ number }: Pick<Batch, "number">, rows: readonly Row[]): Batch {
  return { number, size: rows.length, rows, packed: null };
}

/** The batch without the rows at fault; the same where there are none. */
export function without(batch: Batch, faults: readonly RowFault[]): Batch {
  if (faults.length === 0) return batch;
  const out = new Set(faults.map(({ row }) => row.ord));
  return rowsBatch(
    batch,
    batch.rows.filter((row) => !out.has(row.ord)),
  );
}

/** The rows of a batch from a place on to before another; packed ones stay packed, and are made when they are asked for. */
export function rangeOf(batch: Batch, from: number, to: number): Batch {
  if (from === 0 && to === batch.size) return batch;
  const { number, packed, mixed } = batch;
  const size = to - from;
  const places = Uint32Array.from({ length: size }, (_, at) => from + at);
  if (packed !== null)
    return packedBatch({ number, size }, packedRange(packed, from, to), readerAt(batch, places));
  if (mixed === undefined) return rowsBatch(batch, batch.rows.slice(from, to));
  const groups = mixed.map((rows) => mixedRange(rows, from, to));
  const own = groups.filter(({ slices }) => slices.length > 0);
  return mixedBatch({ number, size }, own, readerAt(batch, places));
}

/** The rows of a batch at whose places `picked` is 1; packed ones stay packed, and every row keeps its `ord`. */
export function pickRows(batch: Batch, picked: Uint8Array): Batch {
  const places = placesOf(picked, 0);
  const size = places.length;
  if (size === batch.size) return batch;
  const { number, packed } = batch;
  if (packed === null || size === 0) return rowsBatch(batch, rowsAt(batch, places));
  const slices: PackedSlice[] = [];
  let first = 0;
  for (const slice of packed.slices) {
    const rows = slice.to - slice.from;
    const own = placesOf(picked.subarray(first, first + rows), slice.from);
    if (own.length > 0) slices.push(pickedSlice(slice, own));
    first += rows;
  }
  const { ordSteps: steps } = packed;
  const ordSteps = steps === null ? places : places.map((at) => steps[at] as number);
  return packedBatch({ number, size }, { ...packed, slices, ordSteps }, readerAt(batch, places));
}

/** Makes the rows of a batch at these places, or at some of them. */
function readerAt(batch: Batch, places: Uint32Array): RowReader {
  return {
    all: () => rowsAt(batch, places),
    at: (some) =>
      rowsAt(
        batch,
        some.map((at) => places[at] as number),
      ),
  };
}

/** The places, counted from `first`, at which `picked` is 1. */
function placesOf(picked: Uint8Array, first: number): Uint32Array {
  const places = new Uint32Array(picked.reduce((sum, each) => sum + each, 0));
  let to = 0;
  for (let at = 0; at < picked.length; at += 1) {
    if (picked[at] !== 1) continue;
    places[to] = first + at;
    to += 1;
  }
  return places;
}

function packedRange(rows: PackedRows, from: number, to: number): PackedRows {
  const { firstOrd, ordSteps } = rows;
  const slices: PackedSlice[] = [];
  let passed = 0;
  for (const slice of rows.slices) {
    const first = Math.max(slice.from, slice.from + from - passed);
    const end = Math.min(slice.to, slice.from + to - passed);
    if (first < end) slices.push({ ...slice, from: first, to: end });
    passed += slice.to - slice.from;
  }
  if (ordSteps === null) return { ...rows, slices, firstOrd: firstOrd + from };
  return { ...rows, slices, ordSteps: ordSteps.subarray(from, to) };
}

/** Of the rows of one shape those at places of their batch, which their `ordSteps` are. */
function mixedRange(rows: PackedRows, from: number, to: number): PackedRows {
  const steps = rows.ordSteps ?? new Uint32Array();
  const before = (place: number): number => {
    const at = steps.findIndex((step) => step >= place);
    return at < 0 ? steps.length : at;
  };
  const range = packedRange(rows, before(from), before(to));
  const ordSteps = (range.ordSteps ?? new Uint32Array()).map((step) => step - from);
  return { ...range, firstOrd: rows.firstOrd + from, ordSteps };
}

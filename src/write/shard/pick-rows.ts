/** Takes some rows of a batch out of it: a packed one stays packed, over the same bytes, and every row keeps its `ord`. */
import type { Batch } from "../../model/batch.ts";
import { movedFields } from "../../model/packed.ts";
import type { PackedRows, PackedSlice } from "../../model/packed.ts";
import { picked as nestedOf } from "../nest/packed-links.ts";
import { PackedBatch } from "../packed-batch.ts";

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
    const own = pickFrom(slice, picked.subarray(first, first + rows));
    if (own !== null) slices.push(own);
    first += rows;
  }
  const ordSteps = stepsOf(packed, picked, size);
  return new PackedBatch({ number, size }, { ...packed, slices, ordSteps }, read);
}

function countOf(picked: Uint8Array): number {
  let count = 0;
  for (let at = 0; at < picked.length; at += 1) count += picked[at] as number;
  return count;
}

/** The records of a slice that are picked; `null`: none. */
function pickFrom(
  { fields, from, columns, nested }: PackedSlice,
  picked: Uint8Array,
): PackedSlice | null {
  const count = countOf(picked);
  if (count === 0) return null;
  const records = new Uint32Array(count);
  const width = 2 * fields.shape.fields.length;
  const offsets = new Int32Array(count * width);
  let to = 0;
  let next = 0;
  for (let at = 0; at < picked.length; at += 1) {
    if (picked[at] !== 1) continue;
    records[next] = from + at;
    next += 1;
    const start = (from + at) * width;
    for (let place = start; place < start + width; place += 1) {
      offsets[to] = fields.offsets[place] as number;
      to += 1;
    }
  }
  const length = Math.ceil((fields.length * count) / fields.records);
  const moved = movedFields(fields, { offsets, records: count, length });
  const inside = nested?.map((level) => nestedOf(level, records));
  return {
    fields: moved,
    from: 0,
    to: count,
    columns,
    ...(inside === undefined ? {} : { nested: inside }),
  };
}

function stepsOf({ ordSteps }: PackedRows, picked: Uint8Array, size: number): Uint32Array {
  const steps = new Uint32Array(size);
  let to = 0;
  for (let at = 0; at < picked.length; at += 1) {
    if (picked[at] !== 1) continue;
    steps[to] = ordSteps === null ? at : (ordSteps[at] as number);
    to += 1;
  }
  return steps;
}

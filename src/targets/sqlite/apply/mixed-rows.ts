/** Packed rows of several shapes, in the order of the batch. */
import type { RowShape } from "../../../model/batch.ts";
import type { PackedRows, PackedSlice } from "../../../model/packed.ts";

/** One of them. */
export interface MixedRow {
  readonly shape: RowShape;
  readonly slice: PackedSlice;
  readonly record: number;
}

/** The rows with the same fields, and which of them comes next. */
interface Cursor {
  readonly shape: RowShape;
  readonly slices: readonly PackedSlice[];
  at: number;
  record: number;
}

/** The rows of a batch of `size`, one by one; the one that was told last is told no more. */
export function* inOrder(mixed: readonly PackedRows[], size: number): Generator<MixedRow> {
  const groupOf = new Uint32Array(size);
  for (const [group, { ordSteps }] of mixed.entries())
    for (const step of ordSteps ?? []) groupOf[step] = group;
  const cursors = mixed.map(({ shape, slices }): Cursor => ({
    shape,
    slices,
    at: 0,
    record: slices[0]?.from ?? 0,
  }));
  for (const group of groupOf) {
    const cursor = cursors[group] as Cursor;
    const slice = cursor.slices[cursor.at] as PackedSlice;
    const { shape, record } = cursor;
    cursor.record += 1;
    if (cursor.record === slice.to) {
      cursor.at += 1;
      cursor.record = cursor.slices[cursor.at]?.from ?? 0;
    }
    yield { shape, slice, record };
  }
}

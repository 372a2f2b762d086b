/** Whether packed rows are equal byte by byte. */
import type { PackedRows, PackedSlice } from "../../model/packed.ts";

/** Compares the rows of one batch, by their places in it. */
export class PackedEquality {
  readonly #slices: readonly PackedSlice[];
  readonly #columns: number;
  /** By row: its slice, and its place in that. */
  readonly #sliceOf: Uint32Array;
  readonly #recordOf: Uint32Array;

  constructor({ slices, shape }: PackedRows, rows: number) {
    this.#slices = slices;
    this.#columns = shape.columns.length;
    this.#sliceOf = new Uint32Array(rows);
    this.#recordOf = new Uint32Array(rows);
    let at = 0;
    for (const [slice, { from, to }] of slices.entries())
      for (let record = from; record < to; record += 1) {
        this.#sliceOf[at] = slice;
        this.#recordOf[at] = record;
        at += 1;
      }
  }

  /** False as well where the same value is written in two ways. */
  same(one: number, other: number): boolean {
    const a = this.#slices[this.#sliceOf[one] as number];
    const b = this.#slices[this.#sliceOf[other] as number];
    if (a === undefined || b === undefined) return false;
    const first = this.#recordOf[one] as number;
    const second = this.#recordOf[other] as number;
    for (let column = 0; column < this.#columns; column += 1)
      if (!sameValue(a, placeOf(a, first, column), b, placeOf(b, second, column))) return false;
    return true;
  }
}

/** Where the value of a column is among the offsets; `null`: the column is a constant of all records, the same for all slices. */
function placeOf({ fields, columns }: PackedSlice, record: number, column: number): number | null {
  const field = columns[column]?.field ?? -1;
  return field < 0 ? null : 2 * (record * fields.shape.fields.length + field);
}

function sameValue(
  { fields: one }: PackedSlice,
  first: number | null,
  { fields: other }: PackedSlice,
  second: number | null,
): boolean {
  if (first === null || second === null) return first === second;
  const start = one.offsets[first] as number;
  const end = one.offsets[first + 1] as number;
  const from = other.offsets[second] as number;
  const to = other.offsets[second + 1] as number;
  if (start < 0 || from < 0) return start < 0 && from < 0;
  // Of a value with escapes the end is the complement.
  if (end < 0 !== to < 0) return false;
  const length = end < 0 ? ~end - start : end - start;
  if (length !== (to < 0 ? ~to - from : to - from)) return false;
  const { bytes } = one;
  const { bytes: others } = other;
  for (let at = 0; at < length; at += 1) if (bytes[start + at] !== others[from + at]) return false;
  return true;
}

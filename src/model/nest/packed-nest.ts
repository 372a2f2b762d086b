/** Packed records in packed records: fields of their own over the same bytes, and which of them are in which record. */
import type { RowShape } from "../batch.ts";
import type { PackedColumn, PackedFields } from "../packed.ts";

/** The records in one member of packed records. */
export interface PackedNest {
  readonly fields: PackedFields;
  /** Two numbers for each record that has the member: the first of those in it, and the one after the last; -1 twice where it is null. */
  readonly spans: Int32Array;
  /** What the values of the member are; `null`: all of them are null. */
  readonly holds: "array" | "object" | null;
}

/** The same with how the records fill the columns of rows. */
export interface PackedLevel {
  /** `null` where there is no row. */
  readonly shape: RowShape | null;
  readonly columns: readonly PackedColumn[];
  readonly fields: PackedFields;
  /** As those of `PackedNest`. */
  readonly spans: Int32Array;
  readonly nested: readonly (PackedLevel | null)[];
}

/** The records in the members of all records but the first `count`. */
export function nestedWithout(
  nested: readonly (PackedNest | null)[],
  count: number,
): (PackedNest | null)[] {
  return nested.map((nest) =>
    nest === null ? null : { ...nest, spans: nest.spans.subarray(2 * count) },
  );
}

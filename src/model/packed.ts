/**
 * Records as places in bytes: what the fast lane hands from a reader to a target, so that a field becomes a string only
 * where somebody needs one. Everything in them is ordinary: what is not goes as a `SourceRecord`.
 */
import type { RowShape } from "./batch.ts";
import type { RecordShape } from "./record.ts";

/** The fields of ordinary records: valid UTF-8 without U+0000, each with the fields of `shape`. */
export interface PackedFields {
  readonly shape: RecordShape;
  readonly bytes: Buffer;
  /**
   * Two numbers a field, record by record: where it starts and ends in `bytes`, quotes left out. A start of -1 is NULL.
   * An end below zero is the complement of the end (`~end`) of a field with escapes in it.
   */
  readonly places: Int32Array;
  readonly records: number;
  /** Bytes of the records in the source. */
  readonly length: number;
  /** Stands for itself where it is doubled in a field with escapes. */
  readonly quote: number;
}

/** Where the values of a column are: in a field of the records or, where `field` is -1, the same text in all of them. */
export interface PackedColumn {
  readonly field: number;
  readonly constant: string | null;
}

/** Some of the records of a chunk, and how their fields fill the columns of a row shape. */
export interface PackedPart {
  readonly fields: PackedFields;
  /** The first record, and the one after the last. */
  readonly from: number;
  readonly to: number;
  /** Beside the columns of the row shape. */
  readonly columns: readonly PackedColumn[];
}

/** The rows of a batch. */
export interface PackedRows {
  readonly shape: RowShape;
  readonly parts: readonly PackedPart[];
  /** The `ord` of the first row; the others follow. */
  readonly firstOrd: number;
}

/** The bytes of the field at `place` (`record * fields + field`), its escapes resolved; `null` for NULL. */
export function fieldBytes(fields: PackedFields, place: number): Buffer | null {
  const start = fields.places[2 * place] ?? -1;
  const end = fields.places[2 * place + 1] ?? 0;
  if (start < 0) return null;
  if (end >= 0) return fields.bytes.subarray(start, end);
  const plain = Buffer.allocUnsafe(~end - start);
  return plain.subarray(0, copyPlain(fields, start, ~end, plain));
}

/** Copies a field with escapes to the beginning of `into`, resolved; tells its length. */
function copyPlain({ bytes, quote }: PackedFields, from: number, to: number, into: Buffer): number {
  let length = 0;
  for (let at = from; at < to; at += 1) {
    const byte = bytes[at] as number;
    into[length] = byte;
    length += 1;
    if (byte === quote) at += 1;
  }
  return length;
}

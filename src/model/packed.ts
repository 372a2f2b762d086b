/**
 * Records as places in bytes: what the fast path hands from a reader to a target, so that a field becomes a string only
 * where somebody needs one. Everything in them is ordinary: what is not goes as a `SourceRecord`.
 */
import type { RowShape } from "./batch.ts";
import type { AheadReader, EncodedRecords } from "./encoded.ts";
import { unescaped } from "./json/json-escapes.ts";
import type { PackedLevel, PackedNest } from "./nest/packed-nest.ts";
import type { SharedOut } from "./partition.ts";
import type { FieldKind, RecordShape } from "./record.ts";

/** The fields of ordinary records: valid UTF-8 without U+0000, each with the fields of `shape`. */
export interface PackedFields {
  readonly shape: RecordShape;
  readonly bytes: Buffer;
  /**
   * Two numbers a field, record by record: where it starts and ends in `bytes`, quotes left out. A start of -1 is NULL.
   * An end below zero is the complement of the end (`~end`) of a field with escapes in it. Fields may be anywhere in
   * `bytes`, in any order.
   */
  readonly offsets: Int32Array;
  readonly records: number;
  /** Bytes of the records in the source. */
  readonly length: number;
  /** Stands for itself where it is doubled in a field with escapes; `JSON_ESCAPES`: they are those of JSON. */
  readonly quote: number;
  /**
   * By field: the kinds that its values may have, as `KIND_BITS`, a NULL being of no kind; `null` when all are text. For
   * the mapping alone: what a target gets can be taken as it is.
   */
  readonly kinds: Uint8Array | null;
  /** The records in their members, beside those that were asked for; `null`: none of them has that member. Absent: none was asked for. */
  readonly nested?: readonly (PackedNest | null)[];
  /** Who finds the fields of later records; absent: nobody who could encode them too. */
  readonly ahead?: AheadReader;
  /** The records as a target has asked for them; absent: they were not encoded. Only for fields with the same `offsets`. */
  readonly encoded?: EncodedRecords;
  /** What the records were shared out by, of which these are one writer's; absent: they were not. */
  readonly sharedOut?: SharedOut;
}

/** Ordinary records of which some have other fields than others. */
export interface MixedFields {
  /** Those with the same fields, in their order. */
  readonly groups: readonly PackedFields[];
  /** By record, in the order of the source: its group. */
  readonly groupOf: Uint16Array;
  readonly records: number;
  /** Bytes of the records in the source. */
  readonly length: number;
}

/** In the place of a quote: fields with escapes are the insides of JSON strings. */
export const JSON_ESCAPES = -2;

/** Kinds of values as bits. */
export const KIND_BITS = { text: 1, number: 2, boolean: 4, json: 8 } as const satisfies Record<
  FieldKind,
  number
>;

/** Where the values of a column are: in a field of the records or, where `field` is -1, the same text in all of them. */
export interface PackedColumn {
  readonly field: number;
  readonly constant: string | null;
  /** The value is still to be looked up, by the texts of these; until then it is NULL. */
  readonly pending?: { readonly lookup: number; readonly keys: readonly PackedKey[] };
}

/** Where a text that something is looked up by is: in a field, in none (-1), a constant, or a value of `--value`. */
export interface PackedKey {
  readonly field: number;
  readonly constant: string | null;
  /** It is the value of this expression of `--value`, and NULL until then; rows with any are never packed. */
  readonly value?: number;
}

/** Some of the records of a chunk, and how their fields fill the columns of a row shape. */
export interface PackedSlice {
  readonly fields: PackedFields;
  /** The first record, and the one after the last. */
  readonly from: number;
  readonly to: number;
  /** Beside the columns of the row shape. */
  readonly columns: readonly PackedColumn[];
  /** The rows in their members, beside those of the level; `null`: none has that member. Absent: there are none, or they are not packed. */
  readonly nested?: readonly (PackedLevel | null)[];
}

/** The rows of a batch. */
export interface PackedRows {
  readonly shape: RowShape;
  readonly slices: readonly PackedSlice[];
  /** The `ord` from which those of the rows are counted. */
  readonly firstOrd: number;
  /** How far the `ord` of each row is from that; `null`: they follow it one by one. */
  readonly ordSteps: Uint32Array | null;
}

/** Keys that are whole numbers, as spans where they follow one another. */
export interface SpannedKeys {
  /** The first of each span, and beside it the last. */
  readonly lows: readonly number[];
  readonly highs: readonly number[];
  /** Those in no span. */
  readonly singles: readonly number[];
}

/** The `ord` of the row at this place of the batch. */
export function ordAt(
  { firstOrd, ordSteps }: Pick<PackedRows, "firstOrd" | "ordSteps">,
  at: number,
): number {
  return firstOrd + (ordSteps === null ? at : (ordSteps[at] as number));
}

/** The rows with these of their columns. */
export function packedColumns(rows: PackedRows, names: readonly string[]): PackedRows {
  const places = names.map((name) => rows.shape.columns.indexOf(name));
  const slices = rows.slices.map(({ columns, ...slice }) => ({
    ...slice,
    columns: columns.length === 0 ? [] : places.flatMap((place) => columns[place] ?? []),
  }));
  return { ...rows, shape: { id: rows.shape.id, columns: names }, slices };
}

/** The bytes of the field at `place` (`record * fields + field`), its escapes resolved; `null` for NULL. */
export function fieldBytes(fields: PackedFields, place: number): Buffer | null {
  const start = fields.offsets[2 * place] ?? -1;
  const end = fields.offsets[2 * place + 1] ?? 0;
  if (start < 0) return null;
  if (end >= 0) return fields.bytes.subarray(start, end);
  return resolved(fields, start, ~end);
}

/** The fields with values in other places: nobody encodes those ahead. */
export function movedFields(
  { ahead: _ahead, encoded: _encoded, sharedOut: _sharedOut, ...fields }: PackedFields,
  moved: Pick<PackedFields, "offsets"> & Partial<PackedFields>,
): PackedFields {
  return { ...fields, ...moved };
}

/** So many digits make a number that a double holds exactly. */
const MOST_DIGITS = 15;
const MINUS = 0x2d;
const ZERO = 0x30;

/** The whole number written in digits in the field at `place`, if a double holds it exactly; `NaN` for anything else. */
export function integerAt({ bytes, offsets }: PackedFields, place: number): number {
  const start = offsets[2 * place] as number;
  const end = offsets[2 * place + 1] as number;
  const negative = start >= 0 && bytes[start] === MINUS;
  const first = negative ? start + 1 : start;
  if (start < 0 || end <= first || end - first > MOST_DIGITS) return Number.NaN;
  let value = 0;
  for (let at = first; at < end; at += 1) {
    const digit = (bytes[at] as number) - ZERO;
    if (digit < 0 || digit > 9) return Number.NaN;
    value = value * 10 + digit;
  }
  return negative ? -value : value;
}

/** What is from `from` to `to`, its escapes resolved. */
export function resolved(
  { bytes, quote }: Pick<PackedFields, "bytes" | "quote">,
  from: number,
  to: number,
): Buffer {
  if (quote === JSON_ESCAPES) return unescaped(bytes, from, to);
  const plain = Buffer.allocUnsafe(to - from);
  let length = 0;
  for (let at = from; at < to; at += 1) {
    const byte = bytes[at] as number;
    plain[length] = byte;
    length += 1;
    if (byte === quote) at += 1;
  }
  return plain.subarray(0, length);
}

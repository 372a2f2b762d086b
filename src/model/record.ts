/**
 * What a reader emits: records with their position, and rejects.
 * Readers decide what is NULL (the dialect flags); what a text means is left to the target.
 */
import type { HeaderField } from "./header.ts";
import type { NestedPlace, NestedValue } from "./nest/nesting.ts";
import type { MixedFields, PackedFields } from "./packed.ts";
import type { SourceOffset } from "./source-offset.ts";
import type { Reject } from "./reject.ts";

/** Where a record is. Bytes and lines count in the decompressed stream. */
export interface Position {
  readonly source: string;
  /** Data records count from 1 within their source, those without any value among them; blank lines and headers do not count. */
  readonly record: number;
  /** First and last physical line, counted from 1. */
  readonly line: readonly [number, number];
  /** First byte, and the byte after the last one (end of line included), counted from 0. */
  readonly byte: readonly [number, number];
}

/** What the source said a value is; a CSV field is always `text`. `json` is an object or array, verbatim. */
export type FieldKind = "text" | "number" | "boolean" | "json";

/** The field names of a record, interned: records with the same fields share one shape object. */
export interface RecordShape {
  /** The same fields at their places in a CSV header; absent for JSON. */
  readonly header?: readonly HeaderField[];
  readonly fields: readonly string[];
}

/** One record: values as text exactly as they were (numbers keep their literal), `null` for NULL. */
export interface SourceRecord {
  readonly shape: RecordShape;
  readonly values: readonly (string | null)[];
  /** Kinds of the values, in the same order; `null` when all are text (CSV). */
  readonly kinds: readonly FieldKind[] | null;
  readonly position: Position;
  /** The record's bytes as they were, end of line included. */
  readonly raw: Uint8Array;
  /** The members that hold records, beside those that were asked for; absent: none was. */
  readonly nested?: readonly NestedValue[];
  /** Where it is within the record of its source, whose position and bytes it has; absent: it is that record. */
  readonly place?: NestedPlace;
}

/** A record without any value. */
export interface BlankRecord extends Position {
  /** Its bytes as they were. */
  readonly raw: Uint8Array;
}

/** Consecutive records of a source in order, and the records that could not be read. */
export interface RecordChunk {
  readonly records: readonly SourceRecord[];
  readonly rejects: readonly Reject[];
  /** Records without any value, which are passed over; absent: there are none. */
  readonly blanks?: readonly BlankRecord[];
  /** The same records as places in bytes, where all of them are ordinary; then `records` are made when they are asked for. */
  readonly packed: PackedFields | null;
  /** The same where some of them have other fields than others, and `packed` is `null`; absent: they have not, or are not ordinary. */
  readonly mixed?: MixedFields;
  /** Of packed records, mixed ones included: those at these places, which ascend, without making the others; absent: all are made. */
  readonly recordsAt?: (places: Uint32Array) => readonly SourceRecord[];
  /** Of packed records, mixed ones included: the place after the first `count` of them, found without making them. */
  readonly offsetAfter: ((count: number) => SourceOffset) | null;
  /** Of the same: the number of the first, and the bytes of each as they were, found without making them; absent: they are not packed. */
  readonly whole?: () => PackedRaws;
}

/** Packed records as they were. */
export interface PackedRaws {
  readonly firstRecord: number;
  readonly raws: readonly Uint8Array[];
}

/** How many records a chunk has: packed ones are made as soon as they are named. */
export function recordsIn(chunk: RecordChunk): number {
  return (chunk.packed ?? chunk.mixed)?.records ?? chunk.records.length;
}

/** What is encoded as a source is. */
interface Encoded {
  encode(text: string): Uint8Array;
}

/** What ends the records of a source that are lines, as its bytes have it; the first is what is put where one is missing. */
export type RecordEnds = readonly [Uint8Array, ...Uint8Array[]];

/** The line ends in the encoding of a source. */
export function recordEndsOf(source: Encoded): RecordEnds {
  return [source.encode("\n"), source.encode("\r")];
}

/** Whether a record, whose bytes these are, has one of them; the last of a source may have none. */
export function endsRecord(bytes: Uint8Array, ends: RecordEnds): boolean {
  return ends.some(
    (end) => Buffer.compare(bytes.subarray(Math.max(0, bytes.length - end.length)), end) === 0,
  );
}

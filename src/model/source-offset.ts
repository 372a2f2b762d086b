/**
 * Points between two records of a source, where reading can go on, and where a commit leaves a source; and what reading brings up to
 * the next of them. Only the reader that made
 * a point knows what it means; to all others it is an opaque value, which can be compared and stored.
 */
import type { Position, RecordChunk } from "./record.ts";
import type { SourceTotal } from "./checkpoint.ts";

/** Everything before it has been read; bytes and lines as in `Position`. */
export interface SourceOffset {
  /** Data records before it. */
  readonly record: number;
  /** For the reader: bytes before it, in the decompressed stream. */
  readonly byte: number;
  /** For the reader: the line that begins there, counted from 1. */
  readonly line: number;
}

/** The beginning of a source. */
export const BEGINNING: SourceOffset = { byte: 0, record: 0, line: 1 };

/** Whether the first of two offsets of a source comes before the second. */
export function isBefore(first: SourceOffset, second: SourceOffset): boolean {
  return first.byte < second.byte;
}

/** Whether nothing comes before an offset, not even a header. */
export function isBeginning({ byte }: SourceOffset): boolean {
  return byte === 0;
}

/** Of several things at offsets of one source, the one that has come least far. Throws for none. */
export function leastFar<T extends { readonly offset: SourceOffset }>(all: readonly T[]): T {
  return all.reduce((a, b) => (isBefore(b.offset, a.offset) ? b : a));
}

/** A source of a job. */
export interface JobSource {
  /** Its number in the job. */
  readonly number: number;
  /** Its path, absolute; `-` for standard input. */
  readonly name: string;
  /** Where this run begins to read it. */
  readonly from: SourceOffset;
  /** Where reading goes on after a record at that position. */
  offsetAfter(position: Position): SourceOffset;
  /** The hash of everything before an offset; offsets are asked for in ascending order. */
  digest(offset: SourceOffset): string;
  /** No offset before this one will be asked for. */
  release(offset: SourceOffset): void;
  /** The end of the source, once all of its records that belong to the load are before `last`. */
  total(last: SourceOffset): SourceTotal;
}

/** Where a commit leaves a source. */
export interface CommittedOffset {
  readonly source: Pick<JobSource, "number" | "name">;
  readonly offset: SourceOffset;
  readonly prefix: string;
  /** Set when nothing of the source is left. */
  readonly total: SourceTotal | null;
}

/**
 * What reading the sources of a load brings, one after the other: records, or the end of a source. Where the load remembers how far it
 * has come, each says of which source it is; then no batch holds records of two, and every source has its end.
 */
export type SourceEvent =
  | { readonly kind: "chunk"; readonly chunk: RecordChunk; readonly source: JobSource | null }
  | { readonly kind: "end"; readonly source: JobSource };

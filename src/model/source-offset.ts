/**
 * A point between two records of a source, where reading can go on. Only the reader that made it knows what it means; to
 * all others it is an opaque value, which can be compared and stored.
 */

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

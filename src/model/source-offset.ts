/** A point between two records of a source: where a load may stop, and go on later. */

/** Everything before it has been read; bytes and lines as in `Position`. */
export interface SourceOffset {
  /** Bytes before it, in the decompressed stream. */
  readonly byte: number;
  /** Data records before it. */
  readonly record: number;
  /** The line that begins there, counted from 1. */
  readonly line: number;
}

/** The beginning of a source. */
export const BEGINNING: SourceOffset = { byte: 0, record: 0, line: 1 };

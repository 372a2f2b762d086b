/** How rows are shared out among writers, and among the processes that share a source. */

/** What rows were shared out by. */
export interface SharedOut {
  readonly writers: number;
  /** The columns whose hash names the writer of a row. */
  readonly key: readonly string[];
}

/** The writer that a hash names. A job that goes on relies on it: what it answers may not change. */
export function partitionOf(hash: number, writers: number): number {
  return mixed(hash) % writers;
}

/** Spreads hashes that differ in a few bits only. */
function mixed(hash: number): number {
  const once = Math.imul(hash ^ (hash >>> 16), 0x7feb_352d);
  const twice = Math.imul(once ^ (once >>> 15), 0x846c_a68b);
  return (twice ^ (twice >>> 16)) >>> 0;
}

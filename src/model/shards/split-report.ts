/** What `upsurge split` tells, and what its index.json holds. */

/** A source that was split. */
export interface SplitSource {
  readonly name: string;
  readonly format: string;
  readonly records: number;
  /** As it is stored. */
  readonly bytes: number;
  /** Of the stored bytes; `null` where `--limit` ended the reading. */
  readonly sha256: string | null;
}

/** A file of a piece. */
export interface PieceFileReport {
  readonly file: string;
  readonly format: string;
  readonly records: number;
  /** As it is stored. */
  readonly bytes: number;
  /** Of the stored bytes, as `--expect-sha256` takes it. */
  readonly sha256: string;
}

/** What one process loads. */
export interface PieceReport {
  readonly piece: number;
  readonly records: number;
  /** In the order in which they are to be loaded. */
  readonly files: readonly PieceFileReport[];
}

/** The name of the index. */
export const INDEX = "index.json";

/** Its name from before the first piece gets its own until all have theirs. */
export const UNFINISHED_INDEX = `.${INDEX}.part`;

/** Whether a file in the folder is called as a piece is. */
export function isPieceName(name: string): boolean {
  return /^piece-\d+\./.test(name);
}

/** The index of a folder of pieces. */
export interface SplitIndex {
  /** Of the form of the index, and of what decides on the piece of a record. */
  readonly version: 1;
  readonly upsurge: string;
  readonly key: readonly string[];
  readonly shards: number;
  readonly compress: "none" | "gzip" | "zstd";
  /** The flags of reading that loads of the pieces take as well. */
  readonly flags: readonly string[];
  readonly sources: readonly SplitSource[];
  readonly pieces: readonly PieceReport[];
}

/** The report of a split. */
export interface SplitReport extends SplitIndex {
  readonly status: "ok";
  readonly exit: 0;
  readonly out: string;
  readonly records: number;
  /** Records that no load can read, shared out by their number. */
  readonly unreadable: number;
  readonly blank: number;
  /** What is to be known of the sources, and cannot be told from the pieces. */
  readonly warnings: readonly string[];
  readonly seconds: number;
  /** A command that loads all pieces, as it can be typed. */
  readonly command: string;
}

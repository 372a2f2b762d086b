/** Where a commit leaves a source of a job. */
import type { SourceTotal } from "./checkpoint.ts";
import type { SourceOffset } from "./source-offset.ts";

/** The hash of what was read of a source; places are asked for in ascending order. */
export interface PrefixDigest {
  /** Bytes read so far. */
  readonly length: number;
  digest(byte: number): string;
  /** No place before `byte` will be asked for. */
  advance(byte: number): void;
}

/** A source of a job. */
export interface JobSource {
  /** Its number in the job. */
  readonly number: number;
  /** Its path, absolute; `-` for standard input. */
  readonly name: string;
  readonly prefix: PrefixDigest;
  /** Where this run begins to read it. */
  readonly from: SourceOffset;
  /** Its records end with their lines. */
  readonly inLines: boolean;
  /** Nothing after the last record that is read belongs to the load (`--limit`). */
  readonly limited: boolean;
}

/** Where a commit leaves a source. */
export interface CommittedOffset {
  readonly source: Pick<JobSource, "number" | "name">;
  readonly offset: SourceOffset;
  readonly prefix: string;
  /** Set when nothing of the source is left. */
  readonly total: SourceTotal | null;
}

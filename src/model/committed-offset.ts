/** A source of a job as the writing side knows it, and where a commit leaves it. */
import type { SourceTotal } from "./checkpoint.ts";
import type { Position } from "./record.ts";
import type { SourceOffset } from "./source-offset.ts";

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

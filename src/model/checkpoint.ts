/** Checkpoints: how far a job has come, as the target database remembers it. */
import type { LoadCounts } from "./counts.ts";
import type { SourceOffset } from "./source-offset.ts";

/** The checkpoint table, unless `--checkpoint-table` names another. */
export const DEFAULT_CHECKPOINT_TABLE = "upsurge_checkpoint";

/** Where the reject files of a job stood at a commit. */
export interface RejectOffsets {
  /** Path of the first file, absolute. */
  readonly path: string;
  /**
   * That file, and those for sources with another header, in the order of their numbers: bytes in all, and bytes before
   * the first record. None before the first commit, when all that is known is the path.
   */
  readonly files: readonly { readonly bytes: number; readonly preamble: number }[];
  /** Bytes of the report of rejects. */
  readonly report: number;
}

/** The end of a source that was read to its end. */
export interface SourceTotal {
  readonly bytes: number;
  readonly sha256: string;
}

/** One row of the checkpoint table: one source of a job or, where several writers share it, one writer's partition of it. */
export interface Checkpoint {
  readonly job: string;
  /** The sources of a job count from 1, in the order in which they were begun. */
  readonly source: number;
  /** The writer, counted from 0. */
  readonly partition: number;
  /** How many writers share the source's rows. */
  readonly partitions: number;
  /** Path of the source when it was begun; `-` for standard input. A hint, never a proof. */
  readonly name: string;
  /** Hash of everything that changes what the source's bytes mean. */
  readonly config: string;
  /** What tells the table that was written to from one of its name that is made later; `null`: not known. */
  readonly madeAs: string | null;
  /** The fencing token: a run that holds a smaller one has been taken over. */
  readonly epoch: number;
  /** Every record before it that is this writer's has been applied. */
  readonly offset: SourceOffset;
  /** SHA-256 of the bytes before the offset. */
  readonly prefix: string;
  /** `null` once every record of the source has been applied. */
  readonly total: SourceTotal | null;
  readonly rejects: RejectOffsets | null;
  readonly counts: LoadCounts;
  /** Its last run has failed; a run that is killed or interrupted leaves no such note. */
  readonly failed: boolean;
  /** Who took the job last: host and process. */
  readonly owner: string;
  /** By the database's clock. */
  readonly startedAt: string;
  readonly updatedAt: string;
}

/** What tells the rows of a job apart. */
export type CheckpointKey = Pick<Checkpoint, "job" | "source" | "partition">;

/** What a run writes; times are the database's. */
export type CheckpointValues = Omit<Checkpoint, "startedAt" | "updatedAt" | "failed">;

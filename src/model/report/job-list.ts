/** What `upsurge jobs` found. */
import type { Counts } from "../counts.ts";

/**
 * `running`: a run holds its lock now. `stopped`: its last run was interrupted or killed. `failed`: it ended with an error.
 */
export type JobState = "running" | "stopped" | "failed" | "done";

/** A job as `upsurge jobs` shows it. */
export interface ListedJob {
  readonly job: string;
  readonly state: JobState;
  readonly counts: Counts;
  readonly sources: readonly ListedSource[];
  /** The processes that it is shared out among; absent: it is not. Once all are done, `upsurge finish` makes one job of them. */
  readonly shards?: readonly ListedShard[];
  readonly owner: string;
  readonly startedAt: string;
  readonly updatedAt: string;
}

/** A shard of a job; `missing`: none of its runs has come to its first record yet. */
export interface ListedShard {
  readonly shard: number;
  readonly state: JobState | "missing";
  readonly counts: Counts;
  readonly sources: readonly ListedSource[];
  readonly owner: string;
  readonly updatedAt: string;
}

/** A source of a job, and how far it is loaded. */
export interface ListedSource {
  readonly name: string;
  readonly state: JobState;
  /** Where the writer is that has come least far. */
  readonly record: number;
  readonly byte: number;
  readonly sha256: string;
}

/** What was asked of the jobs of a database. */
export type JobsAnswer =
  | { readonly kind: "ddl"; readonly ddl: string }
  | { readonly kind: "forgotten"; readonly job: string }
  | {
      readonly kind: "jobs";
      readonly target: string;
      /** The job that was asked for; absent: all are listed. */
      readonly only?: string;
      readonly jobs: readonly ListedJob[];
    };

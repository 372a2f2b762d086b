/** What `upsurge jobs` found. */
import type { Counts } from "./counts.ts";

/** A job as `upsurge jobs` shows it. */
export interface ListedJob {
  readonly job: string;
  readonly state: "running" | "done";
  readonly counts: Counts;
  readonly sources: readonly ListedSource[];
  readonly owner: string;
  readonly startedAt: string;
  readonly updatedAt: string;
}

/** A source of a job, and how far it is loaded. */
export interface ListedSource {
  readonly name: string;
  readonly state: "running" | "done";
  /** Where the writer stands that has come least far. */
  readonly record: number;
  readonly byte: number;
  readonly sha256: string;
}

/** What was asked of the jobs of a database. */
export type JobsAnswer =
  | { readonly kind: "ddl"; readonly ddl: string }
  | { readonly kind: "forgotten"; readonly job: string }
  | { readonly kind: "jobs"; readonly target: string; readonly jobs: readonly ListedJob[] };

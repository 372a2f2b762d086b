/** What the benchmark needs of a database, and what a variant is. */
import type { Content, Dataset } from "../data/dataset.ts";
import type { Workload } from "../data/workload.ts";
import type { Command } from "../rig/measure.ts";

/** The names that `--only` takes. */
export type TargetName = "postgres" | "sqlite";

/** One file to be loaded, and what the table holds before. */
export interface Case {
  readonly data: Dataset;
  readonly workload: Workload;
}

/** A database with one table that is loaded over and over. */
export interface BenchTarget {
  readonly name: TargetName;
  readonly version: string;
  /** What `--to` of upsurge takes. */
  readonly url: string;
  /** The table's name as `--table` of upsurge takes it. */
  readonly table: string;
  /** Builds the state that each run of the case starts from. */
  prepare(one: Case): Promise<void>;
  /** Brings the table back to that state, with everything on disk. */
  restore(): Promise<void>;
  /** What the table holds now. */
  content(): Promise<Content>;
  /** The CPU time that the server has used so far; null where there is none, or where it cannot be seen. */
  serverCpuSeconds(): number | null;
  close(): Promise<void>;
}

/** One way to load a file. */
export interface Variant {
  readonly name: string;
  /** Why it cannot run here or in this case; null when it can. */
  skip(one: Case): string | null;
  command(one: Case): Command;
  /** Whether it prints upsurge's report, whose counts are checked. */
  readonly reports: boolean;
}

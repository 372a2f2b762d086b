/** What a finished load returns: the value behind `--json`, `--report` and the summary. */
import type { Counts, LevelCounts } from "../model/counts.ts";
import type { KeyOrigin } from "../model/load-plan.ts";
import type { Differences } from "../model/differences.ts";
import type { LateRows } from "../model/late-rows.ts";
import type { RemovedRows } from "../model/removal.ts";
import type { CourseOfLoad } from "../model/report/progress.ts";
import type { Reject, RejectsOfCode, RejectsOfColumn } from "../model/reject.ts";

/** How a load may end. */
export const STATUSES = ["ok", "rejects", "changes", "skipped", "failed", "interrupted"] as const;

/** How a load ended; `changes` is what `--check` found, `skipped` a job that another run has. */
export type Status = (typeof STATUSES)[number];

/** An error as values, for scripts. */
export interface ReportedError {
  readonly code: string;
  readonly message: string;
  readonly cause: string;
  readonly fix: string;
  readonly where: string | null;
}

/** What a load may promise. */
export const GUARANTEES = ["all-or-nothing", "exactly-once", "at-least-once"] as const;

/**
 * What holds whatever happens: a load that stops leaves nothing behind; or it goes on where it stopped; or it keeps what it
 * has committed, and applies it again when it is run again.
 */
export type Guarantee = (typeof GUARANTEES)[number];

/** The job of a load. */
export interface ReportedJob {
  readonly name: string;
  /** Records that earlier runs have committed. */
  readonly resumedAt: number;
  /** When the job was finished, where this run found nothing to do; by the database's clock. */
  readonly alreadyLoadedAt: string | null;
  readonly skipped: boolean;
  /** What earlier runs have counted: part of the report's counts, unless the job was finished before. */
  readonly earlier: Counts;
}

/** Records that earlier runs of the job have rejected; none without a job. */
export function rejectedBefore(job: ReportedJob | null | undefined): number {
  return job?.earlier.rejected ?? 0;
}

/** What this run has come to with one source; the counts of a job are those of all of its runs. */
export interface ReportedSource {
  /** As it was given, or as a pattern was expanded; `-`: standard input. */
  readonly name: string;
  readonly read: number;
  readonly rejected: number;
}

/** What finds the target row of a record. */
export interface ReportedKey {
  /** Of a key with expressions, its parts as SQL. */
  readonly columns: readonly string[];
  readonly origin: KeyOrigin;
}

/** A statement that was run before or after the records; in a dry run undone, or only named. */
export interface ReportedStep {
  /** The flag that asked for it. */
  readonly step: string;
  readonly sql: string;
}

/** How a load was planned: the text of `upsurge plan`, with the statements by themselves. */
export interface ReportedPlan {
  readonly server: string;
  readonly text: string;
  readonly statements: readonly string[];
}

/** What a report tells where it goes into a file (`--report`): where the program ran, and the course of the load. */
export interface ReportDetails extends Partial<CourseOfLoad> {
  readonly environment?: { readonly node: string; readonly platform: string };
}

/** One table of nested records, or that of the records themselves, whose level is 0. */
export interface ReportedTable {
  /** The sources. */
  readonly load: string;
  /** How many members deep. */
  readonly level: number;
  /** The member, behind those that it is in; absent: the records themselves. */
  readonly member?: string;
  readonly table: string;
  readonly mode: string;
  /** Of a level with `dropped`, whose `read` are its rows. */
  readonly counts: Counts | LevelCounts;
  /** Of `--diff`, on a level: how many rows of its table differ, and the first of them; as in a report. */
  readonly differencesTotal?: Differences["total"];
  readonly differences?: Differences["rows"];
  readonly differencesCut?: true;
}

/** The report of one load; the fields of `--json`. */
export interface Report extends ReportDetails {
  readonly status: Status;
  readonly exit: number;
  /** Tells the run from others; every line of its log has it. */
  readonly runId: string;
  readonly target: string | null;
  readonly table: string | null;
  readonly mode: string | null;
  /** `null` in mode insert, and where any unique key decides. */
  readonly key: ReportedKey | null;
  readonly strategy: string | null;
  readonly rowSource: string | null;
  /** The statements by which the load created its table or columns of it; of a dry run, those that it would run. */
  readonly ddl: readonly string[];
  readonly counts: Counts;
  /** The tables of nested records, the records' own first; absent: records hold no others, or nothing of them was kept. */
  readonly tables?: readonly ReportedTable[];
  /** What was run before the first record, after the last, and after the last commit; absent: nothing. */
  readonly steps?: readonly ReportedStep[];
  /** What was set after the last record; absent: nothing is, or the load did not come to it. */
  readonly late?: LateRows;
  /** Of `--delete-missing`, where the load came to it. */
  readonly deletes?: RemovedRows;
  /** Of `--diff`: how many rows differ, by kind, and the first of them; absent: the table was not compared. */
  readonly differencesTotal?: Differences["total"];
  readonly differences?: Differences["rows"];
  /** They are fewer than was asked for: more are not told at once. */
  readonly differencesCut?: true;
  readonly sources: readonly ReportedSource[];
  /** By code, in the order in which they were met; those that this run has met. */
  readonly rejects: readonly RejectsOfCode[];
  readonly rejectFile: string | null;
  readonly rejectReport: string | null;
  /** Where parts are committed, what was committed before a failure stays, and the counts are those of that. */
  readonly guarantee: Guarantee;
  /** `null` when nothing is remembered of the load. */
  readonly job: ReportedJob | null;
  readonly dryRun: boolean;
  /** ISO 8601, in UTC, by this machine's clock. */
  readonly startedAt: string;
  readonly endedAt: string;
  readonly seconds: number;
  readonly rowsPerSecond: number;
  /** Bytes read from the sources as stored. */
  readonly bytes: number;
  readonly warnings: readonly string[];
  /** Of the program. */
  readonly version: string;
  /** With `--report`: the rejects by code and column; absent: there are none. */
  readonly rejectsByColumn?: readonly RejectsOfColumn[];
  /** With `--report`; absent as well where the load did not come to it. */
  readonly plan?: ReportedPlan;
  /** The first rejects of this run, for whoever shows them where they are; no part of the JSON. */
  readonly firstRejects: readonly Reject[];
  readonly error?: ReportedError;
}

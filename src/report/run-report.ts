/** What a finished run over several tables returns: the value behind `--json`, `--report` and the summary. */
import type { Counts } from "../model/counts.ts";
import { GUARANTEES } from "./report.ts";
import type { Report, ReportDetails, ReportedJob, ReportedTable } from "./report.ts";

/** One load of a run. */
export interface ReportedLoad extends Pick<
  Report,
  | "table"
  | "mode"
  | "key"
  | "strategy"
  | "rowSource"
  | "counts"
  | "steps"
  | "deletes"
  | "differencesTotal"
  | "differences"
  | "late"
  | "differencesCut"
  | "sources"
  | "rejects"
  | "rejectFile"
  | "rejectReport"
  | "warnings"
  | "firstRejects"
  | "rejectsByColumn"
  | "plan"
> {
  /** The file, or the folder of several. */
  readonly load: string;
  /** Absent where nothing is remembered of it. */
  readonly job?: ReportedJob;
  /** It came to its end, and is committed. */
  readonly kept: boolean;
  /** 0: its rows are those of the records themselves. */
  readonly level: 0;
  /** The tables of the levels in them; absent: records hold no others. */
  readonly nested?: readonly ReportedTable[];
}

/** A file of the run's folders that is no load. */
export interface ReportedLeftOut {
  readonly path: string;
  readonly reason: string;
}

/** What a run may promise. */
export const RUN_GUARANTEES = [...GUARANTEES, "load-by-load"] as const;

/** `load-by-load`: each load is kept whole, or nothing of it. */
export type RunGuarantee = (typeof RUN_GUARANTEES)[number];

/** The report of a run; the fields of `--json`. */
export interface RunReport extends Pick<
  Report,
  | "status"
  | "exit"
  | "runId"
  | "target"
  | "dryRun"
  | "startedAt"
  | "endedAt"
  | "seconds"
  | "rowsPerSecond"
  | "bytes"
  | "version"
  | "error"
  | keyof ReportDetails
> {
  /** The sums of all loads. */
  readonly counts: Counts;
  /** In the order in which they are loaded. */
  readonly tables: readonly ReportedLoad[];
  readonly leftOut: readonly ReportedLeftOut[];
  readonly guarantee: RunGuarantee;
  /** The load that stopped the run; `null` where none did. */
  readonly failedLoad: string | null;
}

/** What a finished run over several tables returns: the value behind `--json`, `--report` and the summary. */
import type { Counts } from "../model/counts.ts";
import type { Report } from "./report.ts";

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
  | "differencesTotal"
  | "differences"
  | "differencesCut"
  | "sources"
  | "rejects"
  | "rejectFile"
  | "rejectReport"
  | "warnings"
  | "firstRejects"
> {
  /** The file, or the folder of several. */
  readonly load: string;
  /** 0: its rows are those of the records themselves. */
  readonly level: 0;
}

/** A file of the run's folders that is no load. */
export interface ReportedLeftOut {
  readonly path: string;
  readonly reason: string;
}

/** The report of a run; the fields of `--json`. */
export interface RunReport extends Pick<
  Report,
  | "status"
  | "exit"
  | "runId"
  | "target"
  | "guarantee"
  | "dryRun"
  | "startedAt"
  | "endedAt"
  | "seconds"
  | "rowsPerSecond"
  | "bytes"
  | "version"
  | "error"
> {
  /** The sums of all loads. */
  readonly counts: Counts;
  /** In the order in which they are loaded. */
  readonly tables: readonly ReportedLoad[];
  readonly leftOut: readonly ReportedLeftOut[];
  /** The load that stopped the run; `null` where none did. */
  readonly failedLoad: string | null;
}

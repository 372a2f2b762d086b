/** A finished load or run in one shape, for those who watch both: metrics and test results are made from it. */
import { rejectedBefore } from "./report.ts";
import type { Report, ReportedTable } from "./report.ts";
import type { ReportedLoad, RunReport } from "./run-report.ts";

/** One load of what was watched. */
export interface WatchedLoad extends Pick<
  ReportedLoad,
  | "load"
  | "table"
  | "counts"
  | "rejects"
  | "rejectFile"
  | "deletes"
  | "differencesTotal"
  | "differences"
  | "differencesCut"
> {
  /** What earlier runs of its job have rejected, of which this one knows no reasons. */
  readonly rejectedBefore: number;
  /** The tables of the levels in its records. */
  readonly levels: readonly ReportedTable[];
}

/** A load by itself, or a run. */
export interface Watched extends Pick<
  RunReport,
  | "status"
  | "exit"
  | "target"
  | "dryRun"
  | "startedAt"
  | "endedAt"
  | "seconds"
  | "bytes"
  | "version"
  | "error"
  | "failedLoad"
> {
  readonly loads: readonly WatchedLoad[];
}

/** A load by itself: a run of one. */
export function watchedLoad(report: Report): Watched {
  const load = report.table ?? report.sources[0]?.name ?? "load";
  const failedLoad = report.error === undefined ? null : load;
  const levels = (report.tables ?? []).filter(({ level }) => level > 0);
  const before = rejectedBefore(report.job);
  return { ...report, failedLoad, loads: [{ ...report, load, rejectedBefore: before, levels }] };
}

/** A run. */
export function watchedRun(report: RunReport): Watched {
  const loads = report.tables.map((load) => ({
    ...load,
    rejectedBefore: rejectedBefore(load.job),
    levels: load.nested ?? [],
  }));
  return { ...report, loads };
}

/** A finished load or run in one shape, for those who watch both: metrics and test results are made from it. */
import type { Report } from "./report.ts";
import type { ReportedLoad, RunReport } from "./run-report.ts";

/** One load of what was watched. */
export type WatchedLoad = Pick<
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
>;

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
  return { ...report, failedLoad, loads: [{ ...report, load }] };
}

/** A run. */
export function watchedRun(report: RunReport): Watched {
  return { ...report, loads: report.tables };
}

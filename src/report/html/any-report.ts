/** A report of a load or of a run, as pages look at it. */
import { formatCount } from "../../errors/format.ts";
import { comparedIn } from "../render/render-differences.ts";
import type { Compared } from "../render/render-differences.ts";
import type { Report, ReportedJob } from "../report.ts";
import type { ReportedLoad, RunReport } from "../run-report.ts";

/** What a page shows of one table; a load has one of them, a run several. */
export type TablePart = Omit<ReportedLoad, "load" | "kept" | "level" | "job"> & {
  readonly job?: ReportedJob | null;
};

/** A report of either kind. */
export type AnyReport = Report | RunReport;

/** Whether the report is that of a run. */
export function isRun(report: AnyReport): report is RunReport {
  return "failedLoad" in report;
}

/** The tables of a report, in the order in which they were loaded. */
export function tablesOf(report: AnyReport): readonly TablePart[] {
  return isRun(report) ? report.tables : [report];
}

/** The tables that were compared, those of the levels in records among them. */
export function comparedTables(report: AnyReport): readonly Compared[] {
  if (!isRun(report)) return comparedIn(report, report.tables);
  return report.tables.flatMap((load) => comparedIn(load, load.nested));
}

/** What a table is called on a page: where several loads are into the same table, by the place of its load as well. */
export function nameOf<T extends Pick<TablePart, "table">>(part: T, tables: readonly T[]): string {
  const name = part.table ?? "the table";
  const same = tables.filter(({ table }) => table === part.table);
  return same.length < 2 ? name : `${name} (load ${formatCount(tables.indexOf(part) + 1)})`;
}

/** What the report is about, in a few words. */
export function subject(report: AnyReport): string {
  if (!isRun(report)) return report.table ?? "a table";
  const [only, ...others] = report.tables;
  if (only === undefined) return "no table";
  return others.length === 0
    ? (only.table ?? only.load)
    : `${formatCount(others.length + 1)} tables`;
}

/** The sum of what a job's earlier runs have read. */
export function readBefore(report: AnyReport): number {
  if (!isRun(report)) return report.job?.resumedAt ?? 0;
  return report.tables.reduce((sum, { job }) => sum + (job?.resumedAt ?? 0), 0);
}

/** The report of a load: the summary a tired person reads in five seconds, and the line that scripts read. */
import type { Counts } from "../model/counts.ts";
import { alignColumns, formatCount, formatSeconds, plural } from "./format.ts";
import type { Report } from "./report.ts";

/** The report as one line of JSON, its fields in the order of the documentation. */
export function reportJson(report: Report): string {
  const { status, exit, target, table, mode, strategy, rowSource, counts, error } = report;
  const { rejectFile, rejectReport, guarantee, dryRun, seconds, rowsPerSecond } = report;
  return `${JSON.stringify({
    status,
    exit,
    target,
    table,
    mode,
    strategy,
    rowSource,
    counts,
    rejectFile,
    rejectReport,
    guarantee,
    dryRun,
    seconds,
    rowsPerSecond,
    bytes: report.bytes,
    warnings: report.warnings,
    ...(error === undefined ? {} : { error }),
  })}\n`;
}

/** The report in a few lines of text. */
export function renderReport(report: Report): string {
  const lines = [headline(report), ...countLines(report), ...rejectLines(report)];
  lines.push(...report.warnings.map((warning) => `warning: ${warning}`));
  return `${lines.join("\n")}\n`;
}

function headline(report: Report): string {
  const { counts, seconds, rowsPerSecond } = report;
  const table = report.table ?? "the table";
  const read = plural(counts.read, "record");
  const pace = `${formatSeconds(seconds)}, ${formatCount(rowsPerSecond)} rows/s`;
  if (report.status === "failed" || report.status === "interrupted") return stopped(report, read);
  return report.dryRun
    ? `dry run: ${read} tried on ${table}${how(report)} in ${pace}; nothing was kept`
    : `loaded ${read} into ${table}${how(report)} in ${pace}`;
}

/** The headline of a load that came to no end. */
function stopped({ status, counts, guarantee, error, ...report }: Report, read: string): string {
  const time = formatSeconds(report.seconds);
  if (guarantee === "committed-in-parts" && counts.read > 0) {
    return `${status} after ${time}; ${read} committed, and what is committed stays:`;
  }
  const begun =
    guarantee === "committed-in-parts"
      ? `${status} after ${time}`
      : `${status}: ${read} read in ${time}`;
  if (status === "interrupted") return `${begun}; ${report.table ?? "the table"} is as it was`;
  return `${begun}${error?.code === "TARGET_OUTCOME_UNKNOWN" ? "" : "; nothing was kept"}`;
}

function how({ target, mode, strategy, rowSource }: Report): string {
  const words = [target, mode, strategy, rowSource].filter((word) => word !== null);
  return words.length === 0 ? "" : ` (${words.join(", ")})`;
}

const SHOWN: readonly (readonly [keyof Counts, string])[] = [
  ["inserted", ""],
  ["updated", ""],
  ["unchanged", ""],
  ["ignored", "met a row that exists"],
  ["skipped", "the condition did not hold, or there was no row to update"],
  ["suppressed", "dropped by a trigger"],
  ["rejected", ""],
  ["deleted", ""],
];

function countLines({ counts, status, guarantee }: Report): string[] {
  const shown = SHOWN.filter(([name]) => counts[name] > 0);
  const isStopped = status === "failed" || status === "interrupted";
  if (isStopped && guarantee === "all-or-nothing") return [];
  const texts = shown.map(([name]) => formatCount(counts[name]));
  const width = Math.max(0, ...texts.map((text) => text.length));
  return alignColumns(
    shown.map(([name, note], index) => [name, (texts[index] ?? "").padStart(width), note]),
  );
}

function rejectLines({ rejectFile, rejectReport }: Report): string[] {
  if (rejectFile === null) return [];
  const reasons = rejectReport === null ? "" : `; why: ${rejectReport}`;
  return [`rejects: ${rejectFile}${reasons}`];
}

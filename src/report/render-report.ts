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
  if (report.status === "failed") {
    const kept = report.error?.code === "TARGET_OUTCOME_UNKNOWN" ? "" : "; nothing was kept";
    return `failed: ${read} read in ${formatSeconds(seconds)}${kept}`;
  }
  if (report.status === "interrupted") {
    return `interrupted: ${read} read in ${formatSeconds(seconds)}; ${table} is as it was`;
  }
  return report.dryRun
    ? `dry run: ${read} tried on ${table}${how(report)} in ${pace}; nothing was kept`
    : `loaded ${read} into ${table}${how(report)} in ${pace}`;
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

function countLines({ counts, status }: Report): string[] {
  const shown = SHOWN.filter(([name]) => counts[name] > 0);
  if (status === "failed" || status === "interrupted") return [];
  const texts = shown.map(([name]) => formatCount(counts[name]));
  const width = Math.max(0, ...texts.map((text) => text.length));
  return alignColumns(
    shown.map(([name, note], index) => [name, (texts[index] ?? "").padStart(width), note]),
  );
}

function rejectLines({ counts, rejectFile, rejectReport }: Report): string[] {
  if (rejectFile === null || counts.rejected === 0) return [];
  const reasons = rejectReport === null ? "" : `; why: ${rejectReport}`;
  return [`rejects: ${rejectFile}${reasons}`];
}

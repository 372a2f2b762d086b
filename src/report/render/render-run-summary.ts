/** The report of a run as Markdown, for the summary of a step of GitHub Actions. */
import { COUNT_NAMES } from "../../model/counts.ts";
import { formatCount, formatSeconds, plural } from "../../errors/format.ts";
import { comparedIn } from "./render-differences.ts";
import { differenceRows, errorLines, markdownRows } from "./render-step-summary.ts";
import type { RunReport } from "../run-report.ts";

/** A heading, and a table with a row for each table. */
export function renderRunSummary(report: RunReport): string {
  const { tables, counts, status, dryRun, seconds } = report;
  const names = COUNT_NAMES.filter((name) => name === "read" || counts[name] > 0);
  const rows = tables.map((load) => [
    load.table ?? "",
    ...names.map((name) => formatCount(load.counts[name])),
  ]);
  const warnings = tables.flatMap(({ table, warnings: said }) =>
    said.map((warning) => ["warning", `${table ?? ""}: ${warning}`]),
  );
  return [
    `### upsurge: ${dryRun ? "dry run" : "run"} of ${plural(tables.length, "table")}: ${status}`,
    "",
    ...markdownRows(["table", ...names], rows),
    "",
    ...markdownRows(["", ""], [["time", formatSeconds(seconds)], ...warnings]),
    ...tables.flatMap((load) => comparedIn(load, load.nested)).flatMap(differenceRows),
    ...errorLines(report),
    "",
  ].join("\n");
}

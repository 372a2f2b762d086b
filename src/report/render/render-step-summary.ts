/** The report of a load as Markdown, for the summary of a step of GitHub Actions. */
import { COUNT_NAMES } from "../../model/counts.ts";
import { formatCount, formatSeconds, plural } from "../../errors/format.ts";
import { sourceLabel } from "../../errors/source-label.ts";
import { visibleLine } from "../../errors/visible.ts";
import {
  comparedIn,
  differenceCells,
  differenceHeadline,
  moreLines,
} from "./render-differences.ts";
import type { Compared } from "./render-differences.ts";
import type { Report } from "../report.ts";

/** So many sources are named; a pattern may match thousands. */
const SOURCES_SHOWN = 20;

/** A heading and a table of the counts; one of the sources where there are several. */
export function renderStepSummary(report: Report): string {
  const { table, status, dryRun } = report;
  const what = `${dryRun ? "dry run on" : "load into"} ${table ?? "the table"}`;
  return [
    `### upsurge: ${escaped(what)}: ${status}`,
    "",
    ...markdownRows(["", ""], factsOf(report)),
    ...sourceRows(report),
    ...comparedIn(report, report.tables).flatMap(differenceRows),
    ...errorLines(report),
    "",
  ].join("\n");
}

function factsOf({ counts, seconds, rejectFile, job, warnings }: Report): string[][] {
  const counted = COUNT_NAMES.filter((name) => name === "read" || counts[name] > 0);
  return [
    ...counted.map((name) => [name, formatCount(counts[name])]),
    ["time", formatSeconds(seconds)],
    ...(job === null ? [] : [["job", job.name]]),
    ...(rejectFile === null ? [] : [["reject file", rejectFile]]),
    ...warnings.map((warning) => ["warning", warning]),
  ];
}

function sourceRows({ sources }: Report): string[] {
  if (sources.length < 2) return [];
  const shown = sources
    .slice(0, SOURCES_SHOWN)
    .map(({ name, read, rejected }) => [
      sourceLabel(name),
      formatCount(read),
      formatCount(rejected),
    ]);
  const more = sources.length - shown.length;
  if (more > 0) shown.push([`and ${plural(more, "more source")}`, "", ""]);
  return ["", ...markdownRows(["source", "read", "rejected"], shown)];
}

/** So many rows are shown: the summary of a step has a limit. */
const DIFFERENCES_SHOWN = 100;

/** The rows that differ, where the table was compared. */
export function differenceRows(report: Compared): string[] {
  const headline = differenceHeadline(report);
  if (headline === null) return [];
  const shown = (report.differences ?? []).slice(0, DIFFERENCES_SHOWN);
  const rows = shown.map((row) => differenceCells(row));
  const more = moreLines(report, shown.length).map((line) => ["", "", line]);
  return ["", ...markdownRows(["", "key", escaped(headline)], [...rows, ...more])];
}

/** The error that stopped it, if one did. */
export function errorLines({ error }: Pick<Report, "error">): string[] {
  if (error === undefined) return [];
  const { code, message, cause, fix, where } = error;
  const facts = [
    ["error", `${message} (${code})`],
    ["cause", cause],
    ["fix", fix],
    ...(where === null ? [] : [["where", where]]),
  ];
  return ["", ...markdownRows(["", ""], facts)];
}

/** A table; what is in its cells means nothing to Markdown. */
export function markdownRows(
  head: readonly string[],
  body: readonly (readonly string[])[],
): string[] {
  const all = [head, head.map(() => "---"), ...body.map((cells) => cells.map(escaped))];
  return all.map((cells) => `| ${cells.join(" | ")} |`);
}

/** A text that means nothing to Markdown or HTML. */
function escaped(text: string): string {
  return visibleLine(text)
    .replace(/[\\`*_{}[\]|#~]/g, String.raw`\$&`)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;");
}

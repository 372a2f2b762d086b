/** The report of a run: a line for each table, and the line that scripts read. */
import { COUNT_NAMES, COUNTS } from "../../model/counts.ts";
import type { Counts } from "../../model/counts.ts";
import { alignColumns, formatCount, formatSeconds, plural } from "../../errors/format.ts";
import { visible, visibleLine } from "../../errors/visible.ts";
import { comparedIn, differenceLines } from "./render-differences.ts";
import type { Compared } from "./render-differences.ts";
import {
  alongLines,
  detailsJson,
  levelLines,
  rejectLines,
  sequenceLines,
  whyLines,
  leavesOpen,
} from "./render-report.ts";
import { isRefusedAgain } from "../resume-advice.ts";
import type { ReportedLoad, RunReport } from "../run-report.ts";

/** The report as one line of JSON, its fields in the order of the documentation. */
export function runJson(report: RunReport): string {
  const { status, exit, runId, target, counts, tables, leftOut, failedLoad, ...facts } = report;
  const { guarantee, dryRun, startedAt, endedAt, seconds, rowsPerSecond, bytes, version } = facts;
  const loads = tables.map((each) => ({ ...each, firstRejects: undefined }));
  const line = JSON.stringify({
    status,
    exit,
    runId,
    target,
    counts,
    tables: loads,
    leftOut,
    failedLoad,
    guarantee,
    dryRun,
    startedAt,
    endedAt,
    seconds,
    rowsPerSecond,
    bytes,
    version,
    ...detailsJson(facts),
    ...(facts.error === undefined ? {} : { error: facts.error }),
  });
  return `${visible(line)}\n`;
}

/** What a quiet run says all the same: what it rejected, and what it warns of; empty where there is nothing. */
export function renderRunTroubles(report: RunReport): string {
  const { rejected } = report.counts;
  const isKnown = report.status === "failed" || rejected === 0;
  return lines([
    ...(isKnown ? [] : [`${plural(rejected, "record")} rejected`]),
    ...report.tables.flatMap((load) => troubleLines(load, report)),
  ]);
}

/** The report in some lines of text; of a run that never began, its error says all. */
export function renderRun(report: RunReport): string {
  const { status, tables } = report;
  const began = tables.some(({ strategy }) => strategy !== null);
  if (status === "failed" && !began) return "";
  const isStopped = status === "failed" || status === "interrupted";
  const kept = keptOf(report);
  const isListed = status !== "skipped" && !isLoaded(report);
  return lines([
    headline(report),
    ...(isStopped ? loadLines(kept) : isListed ? loadLines(tables) : []),
    ...tables
      .flatMap((load) => comparedIn(load, load.nested))
      .filter(isDifferent)
      .flatMap(differenceLines),
    ...tables.flatMap((load) => troubleLines(load, report)),
  ]);
}

/** What became of the run, in one line. */
export function headline({ counts, tables, seconds, ...report }: RunReport): string {
  const read = plural(counts.read, "record");
  const time = formatSeconds(seconds);
  const { status, failedLoad, rowsPerSecond } = report;
  const at = failedLoad === null ? "" : ` at ${failedLoad}`;
  if (status === "skipped") return "skipped: another run of these loads is running";
  const kept = keptOf({ status, tables, guarantee: report.guarantee });
  if (kept.length > 0) {
    const isRefused = isRefusedAgain(report.error?.code ?? "");
    const goesOn = report.guarantee === "exactly-once" && !isRefused;
    const then = goesOn ? "the same command goes on from there" : "what is committed stays";
    const committed = kept.reduce((sum, load) => sum + load.counts.read, 0);
    return `${status}${at} after ${time}; ${plural(committed, "record")} committed; ${then}:`;
  }
  if (isLoaded({ tables })) {
    const times = tables.map(({ job }) => job?.alreadyLoadedAt ?? "").toSorted();
    return `already loaded, nothing was read: ${plural(tables.length, "table")}, at ${times.at(-1)}; --reset-job loads everything again`;
  }
  if (status === "interrupted") return `interrupted: ${read} read in ${time}; nothing was kept`;
  if (status === "failed") {
    const kept = leavesOpen(report.error) ? "" : "; nothing was kept of any table";
    return `failed${at}: ${read} read in ${time}${kept}`;
  }
  const earlier = tables.reduce((sum, { job }) => sum + (job?.resumedAt ?? 0), 0);
  const resumed = earlier === 0 ? "" : `; ${formatCount(earlier)} of them by earlier runs`;
  const what = `${read} ${report.dryRun ? "tried on" : "into"} ${plural(tables.length, "table")}`;
  const pace = `in ${time}, ${formatCount(rowsPerSecond)} rows/s`;
  return report.dryRun
    ? `dry run: ${what} ${pace}; nothing was kept`
    : `loaded ${what} ${pace}${resumed}`;
}

/** Tables in which nothing differs go without saying: their counts are told. */
function isDifferent({ differencesTotal: total }: Compared): boolean {
  if (total === undefined) return false;
  return total.inserted + total.updated + total.removed + (total.extra ?? 0) > 0;
}

/** Of a run that came to no end, the loads of which something is committed. */
function keptOf({
  status,
  guarantee,
  tables,
}: Pick<RunReport, "status" | "guarantee" | "tables">): readonly ReportedLoad[] {
  if ((status !== "failed" && status !== "interrupted") || guarantee === "all-or-nothing")
    return [];
  return tables.filter(
    ({ counts, kept }) => counts.read > 0 && (kept || guarantee === "exactly-once"),
  );
}

/** Nothing was left of any load of a job. */
function isLoaded({ tables }: Pick<RunReport, "tables">): boolean {
  return (
    tables.length > 0 &&
    tables.every(({ job }) => job !== undefined && job.alreadyLoadedAt !== null)
  );
}

/** `countries   249 records   249 unchanged`, a line a load. */
function loadLines(tables: readonly ReportedLoad[]): string[] {
  const width = Math.max(0, ...tables.map(({ counts }) => formatCount(counts.read).length));
  return alignColumns(
    tables.map(({ table, counts }) => [
      table ?? "",
      `${formatCount(counts.read).padStart(width)} ${counts.read === 1 ? "record" : "records"}`,
      outcomes(counts),
    ]),
  ).concat(tables.flatMap(({ nested }) => levelLines(nested)));
}

function outcomes(counts: Counts): string {
  return COUNT_NAMES.filter((name) => COUNTS[name].note !== null && counts[name] > 0)
    .map((name) => `${formatCount(counts[name])} ${name}`)
    .join(", ");
}

/** What is wrong with a load, below its name. */
function troubleLines(load: ReportedLoad, { status, dryRun }: RunReport): string[] {
  const table = load.table ?? load.load;
  const found = [
    ...sequenceLines(load, dryRun),
    ...alongLines(load),
    ...whyLines({ rejects: load.rejects, status }),
    ...rejectLines(load),
    ...load.warnings.map((warning) => `warning: ${warning}`),
  ];
  return found.length === 0
    ? []
    : [`${table} (${load.load}):`, ...found.map((each) => `  ${each}`)];
}

function lines(all: readonly string[]): string {
  return all.map((line) => `${visibleLine(line)}\n`).join("");
}

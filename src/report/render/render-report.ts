/** The report of a load: the summary a tired person reads in five seconds, and the line that scripts read. */
import { COUNT_NAMES, COUNTS } from "../../model/counts.ts";
import { shardOfName } from "../../model/shards/shard.ts";
import { shellWord } from "../../errors/shell-word.ts";
import type { RejectsOfCode } from "../../model/reject.ts";
import { sourceLabel } from "../../errors/source-label.ts";
import { alignColumns, formatCount, formatSeconds, plural } from "../../errors/format.ts";
import { comparedIn, differenceLines, differencesJson } from "./render-differences.ts";
import type { Report, ReportDetails, ReportedJob, ReportedTable } from "../report.ts";
import { visible, visibleLine } from "../../errors/visible.ts";
import { isRefusedAgain } from "../resume-advice.ts";

/** The report as one line of JSON, its fields in the order of the documentation. */
export function reportJson(report: Report): string {
  const { status, exit, runId, target, table, mode, key, strategy, rowSource, ddl } = report;
  const { counts, error, startedAt, endedAt, version, rejects, rejectFile, rejectReport } = report;
  const { sources, guarantee, job, dryRun, seconds, rowsPerSecond } = report;
  const line = JSON.stringify({
    status,
    exit,
    runId,
    target,
    table,
    mode,
    key,
    strategy,
    rowSource,
    ddl,
    counts,
    ...(report.tables === undefined ? {} : { tables: report.tables }),
    ...(report.steps === undefined ? {} : { steps: report.steps }),
    ...(report.late === undefined ? {} : { late: report.late }),
    ...(report.deletes === undefined ? {} : { deletes: report.deletes }),
    ...differencesJson(report),
    sources,
    rejects,
    rejectFile,
    rejectReport,
    guarantee,
    job,
    dryRun,
    startedAt,
    endedAt,
    seconds,
    rowsPerSecond,
    bytes: report.bytes,
    warnings: report.warnings,
    version,
    ...detailsJson(report),
    ...(report.rejectsByColumn === undefined ? {} : { rejectsByColumn: report.rejectsByColumn }),
    ...(report.plan === undefined ? {} : { plan: report.plan }),
    ...(error === undefined ? {} : { error }),
  });
  return `${visible(line)}\n`;
}

/** What a report tells where it goes into a file, in its place in the JSON. */
export function detailsJson({ environment, phases, timeline }: ReportDetails): ReportDetails {
  if (environment === undefined || phases === undefined || timeline === undefined) return {};
  return { environment, phases, timeline };
}

/** What a quiet load says all the same: what it rejected, and what it warns of; empty where there is nothing. */
export function renderTroubles(report: Report): string {
  const { rejected } = report.counts;
  const isKnown = report.status === "failed" || rejected === 0;
  const lines = [
    ...(isKnown ? [] : [`${plural(rejected, "record")} rejected`]),
    ...whyLines(report),
    ...rejectLines(report),
    ...warningLines(report),
  ];
  return lines.map((line) => `${visibleLine(line)}\n`).join("");
}

/**
 * The report in a few lines of text, with `verbose` how the records were written; of a load that never began, its error
 * says all.
 */
export function renderReport(report: Report, verbose = false): string {
  if (report.status === "failed" && report.strategy === null) {
    return warningLines(report)
      .map((line) => `${visibleLine(line)}\n`)
      .join("");
  }
  const lines = [
    headline(report, verbose),
    ...createdLines(report),
    ...countLines(report),
    ...levelLines(report.tables),
    ...keyLines(report),
    ...alongLines(report),
    ...comparedIn(report, report.tables).flatMap(differenceLines),
    ...sequenceLines(report, report.dryRun),
    ...whyLines(report),
    ...rejectLines(report),
  ];
  lines.push(...guaranteeLines(report));
  lines.push(...warningLines(report));
  return `${lines.map(visibleLine).join("\n")}\n`;
}

/** That a table was created, or would be. */
function createdLines({ ddl, dryRun, table }: Report): string[] {
  const [first] = ddl;
  if (first === undefined) return [];
  const what = first.startsWith("create")
    ? `the table ${table}`
    : `${plural(ddl.length, "column")} of ${table}`;
  return [`${dryRun ? "would create" : "created"}: ${what}`];
}

function warningLines({ warnings }: Report): string[] {
  return warnings.map((warning) => `warning: ${warning}`);
}

/** What became of the load, in one line. */
export function headline(report: Report, verbose: boolean): string {
  const { counts, seconds, rowsPerSecond, job } = report;
  const table = report.table ?? "the table";
  const read = plural(counts.read, "record");
  const pace = `${formatSeconds(seconds)}, ${formatCount(rowsPerSecond)} rows/s`;
  if (report.status === "failed" || report.status === "interrupted") return stopped(report, read);
  if (report.status === "skipped") return `skipped: another run of the job ${job?.name} is running`;
  if (job !== null && job.alreadyLoadedAt !== null) {
    return alreadyLoaded(job, table);
  }
  return report.dryRun
    ? `dry run: ${read} tried on ${table}${how(report, verbose)} in ${pace}; nothing was kept`
    : `loaded ${read} into ${table}${how(report, verbose)} in ${pace}${resumed(report)}`;
}

function alreadyLoaded({ name, alreadyLoadedAt, earlier }: ReportedJob, table: string): string {
  const rejected = earlier.rejected === 0 ? "" : ` (${formatCount(earlier.rejected)} rejected)`;
  const loaded = `${plural(earlier.read, "record")}${rejected} into ${table}`;
  const whole = shardOfName(name)?.job;
  const again =
    whole === undefined
      ? "--reset-job loads everything again"
      : `after \`upsurge jobs --to URL --forget ${shellWord(whole)}\` its shards load everything again`;
  return `already loaded, nothing was read: the job ${name} has loaded ${loaded}, at ${alreadyLoadedAt}; ${again}`;
}

function resumed({ job }: Report): string {
  if (job === null || job.resumedAt === 0) return "";
  return `; ${formatCount(job.resumedAt)} of them by earlier runs of the job`;
}

/** The headline of a load that came to no end. Records of a batch that failed are not counted: 0 may be wrong, and is not told. */
function stopped({ status, counts, guarantee, error, ...report }: Report, read: string): string {
  const time = formatSeconds(report.seconds);
  if (guarantee === "exactly-once" && counts.read > 0 && !isRefusedAgain(error?.code ?? "")) {
    return `${status} after ${time}; ${read} committed; the same command goes on from there:`;
  }
  if (guarantee !== "all-or-nothing" && counts.read > 0) {
    return `${status} after ${time}; ${read} committed, and what is committed stays:`;
  }
  const begun =
    guarantee === "all-or-nothing" && (counts.read > 0 || status === "interrupted")
      ? `${status}: ${read} read in ${time}`
      : `${status} after ${time}`;
  if (guarantee === "exactly-once" && error?.code !== "TARGET_OUTCOME_UNKNOWN") {
    return `${begun}; this run has committed nothing`;
  }
  if (status === "interrupted") return `${begun}; ${report.table ?? "the table"} is as it was`;
  return `${begun}${leavesOpen(error) ? "" : "; nothing was kept"}`;
}

/** Whether the headline of a load that failed says nothing of what was kept: it is not known, or the error above it has told. */
export function leavesOpen(error: Report["error"]): boolean {
  return (
    error?.code === "TARGET_OUTCOME_UNKNOWN" || error?.fix.includes("nothing was kept") === true
  );
}

function how({ target, mode, strategy, rowSource }: Report, verbose: boolean): string {
  const words = [target, mode, ...(verbose ? [strategy, rowSource] : [])].filter(
    (word) => word !== null,
  );
  return words.length === 0 ? "" : ` (${words.join(", ")})`;
}

function countLines({ counts, status, guarantee, deletes }: Report): string[] {
  const shown = COUNT_NAMES.flatMap((name) => {
    const isMarks = name === "removed" && deletes?.marked === true;
    const note = isMarks ? "rows marked by --delete-set" : COUNTS[name].note;
    return note === null || counts[name] === 0 ? [] : [{ name, note }];
  });
  const isStopped = status === "failed" || status === "interrupted";
  if (isStopped && guarantee === "all-or-nothing") return [];
  const texts = shown.map(({ name }) => formatCount(counts[name]));
  const width = Math.max(0, ...texts.map((text) => text.length));
  return alignColumns(
    shown.map(({ name, note }, index) => [name, (texts[index] ?? "").padStart(width), note]),
  );
}

/** What became of the rows in the records, a level a line. */
export function levelLines(
  tables: readonly Pick<ReportedTable, "member" | "table" | "counts">[] = [],
): string[] {
  return tables.flatMap(({ member, table, counts }) => {
    if (member === undefined) return [];
    const dropped = "dropped" in counts ? counts.dropped : 0;
    const told = COUNT_NAMES.filter((name) => name !== "read" && counts[name] > 0).map(
      (name) => `${formatCount(counts[name])} ${name}`,
    );
    if (dropped > 0) told.push(`${formatCount(dropped)} dropped`);
    return [`${member} -> ${table}: ${[plural(counts.read, "row"), ...told].join(", ")}`];
  });
}

/** What `--key primary`, or no key, came to; a key that is named goes without saying. */
function keyLines({ key, status, job }: Report): string[] {
  const isDone = status === "ok" || status === "rejects" || status === "changes";
  if (key === null || key.origin === "named" || !isDone) return [];
  if (job !== null && job.alreadyLoadedAt !== null) return [];
  const from = key.origin === "column" ? "the column of that name" : "the primary key";
  return [`key: ${key.columns.join(", ")} (${from})`];
}

/** Rows that would go along with those that no record has; counted in a dry run only. */
export function alongLines({ deletes }: Pick<Report, "deletes">): string[] {
  return (deletes?.along ?? []).map(({ table, constraint, onDelete, rows }) => {
    const what = onDelete === "cascade" ? "delete" : "change";
    const by = constraint === null ? "" : `${constraint}, `;
    return `would also ${what} ${plural(rows, "row")} of ${table} (${by}on delete ${onDelete})`;
  });
}

/** What a dry run leaves undone is printed, to be run by hand. */
export function sequenceLines({ steps = [] }: Pick<Report, "steps">, dryRun: boolean): string[] {
  const said = dryRun ? "not run in a dry run" : "run after the commit";
  return steps
    .filter(({ step }) => step === "--sync-sequences")
    .map(({ sql }) => `${said}: ${sql}`);
}

/** All or nothing goes without saying. */
function guaranteeLines({ guarantee, job, status }: Report): string[] {
  if (guarantee === "all-or-nothing" || status === "skipped") return [];
  if (job !== null) return [`guarantee: exactly-once, by the job ${job.name}`];
  return guarantee === "at-least-once"
    ? ["guarantee: at-least-once; a load that is run again starts from the first record"]
    : [];
}

/** The rejects by code: how many, where the first are, and their fix. One that stopped the load is in its error. */
export function whyLines({ rejects, status }: Pick<Report, "rejects" | "status">): string[] {
  const count = rejects.reduce((sum, each) => sum + each.count, 0);
  if (count === 0 || status === "interrupted" || (status === "failed" && count === 1)) return [];
  return ["why they were rejected:", ...rejects.flatMap(codeLines)];
}

function codeLines({ code, count, first, fix }: RejectsOfCode): string[] {
  const places = first.map(placeOfReject).join("; ");
  const isOne = new Set(first.map(({ message }) => message)).size === 1;
  const more = count > first.length ? ` and ${formatCount(count - first.length)} more` : "";
  return [
    `  ${formatCount(count)} ${code}${isOne ? "" : ", the first"}: ${first[0]?.message ?? ""}`,
    `    in ${places}${more}`,
    `    fix: ${fix}`,
  ];
}

function placeOfReject({
  source,
  line: [from, to],
  column,
}: RejectsOfCode["first"][number]): string {
  const lines = from === to ? `line ${from}` : `lines ${from}-${to}`;
  return `${sourceLabel(source)}, ${lines}${column === null ? "" : ` (${column})`}`;
}

/** Where the rejects went. */
export function rejectLines({
  rejectFile,
  rejectReport,
}: Pick<Report, "rejectFile" | "rejectReport">): string[] {
  if (rejectFile === null) return [];
  const reasons = rejectReport === null ? "" : `; why: ${rejectReport}`;
  return [`rejects: ${rejectFile}${reasons}`];
}

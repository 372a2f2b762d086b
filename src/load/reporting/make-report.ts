/** Makes the report of a load from what happened; decides status and exit code. */
import { messageOf } from "../../errors/message-of.ts";
import { UpsurgeError, upsurgeError } from "../../errors/upsurge-error.ts";
import { changesIn, noCounts, sumOfCounts } from "../../model/counts.ts";
import type { Counts, LevelCounts, LoadCounts } from "../../model/counts.ts";
import type { LoadPlan, TablePlan } from "../../model/load-plan.ts";
import type { Differences, DifferencesByTable } from "../../model/differences.ts";
import type { LateRows } from "../../model/late-rows.ts";
import { isWithheld } from "../../model/removal.ts";
import type { RemovedRows } from "../../model/removal.ts";
import type { Options } from "../../options/options.ts";
import { commitsOnce } from "../../options/grammar.ts";
import { isJob } from "../../options/is-job.ts";
import { fixInParts, fixOfNothing } from "../../report/resume-advice.ts";
import type {
  Guarantee,
  Report,
  ReportDetails,
  ReportedError,
  ReportedJob,
  ReportedKey,
  ReportedPlan,
  ReportedSource,
  ReportedStep,
  ReportedTable,
  Status,
} from "../../report/report.ts";
import type { Reject, RejectPaths, RejectsOfCode, RejectsOfColumn } from "../../model/reject.ts";
import { tableName } from "../../model/table-shape.ts";

/** What became of a load. */
export interface LoadOutcome {
  readonly runId: string;
  /** What stopped it; `null` when it came to its end. */
  readonly error: unknown;
  /** The abort reason, an object with the signal's `number`; `null` when nobody asked to stop. */
  readonly signal: unknown;
  readonly plan: LoadPlan | null;
  /** Of everything that was written, committed or not. */
  readonly counts: Counts;
  /** The same of the rows in the records, by level. */
  readonly levels?: readonly LevelCounts[];
  /** Of what is committed. */
  readonly kept: LoadCounts;
  /** `null` when nothing is remembered of the load. */
  readonly job: JobOutcome | null;
  /** By code, of this run: of everything that was written, and of what is committed. */
  readonly rejects: {
    readonly seen: readonly RejectsOfCode[];
    readonly kept: readonly RejectsOfCode[];
  };
  /** The same by code and column. */
  readonly rejectsByColumn?: {
    readonly seen: readonly RejectsOfColumn[];
    readonly kept: readonly RejectsOfColumn[];
  };
  /** Where a report was asked for that has it. */
  readonly planned?: ReportedPlan | undefined;
  /** What the user should know besides the plan's warnings. */
  readonly notes: readonly string[];
  /** What was run before and after the records, and not undone by a failure. */
  readonly steps?: readonly ReportedStep[];
  /** What was set after the last record; `null`: nothing is, or the load did not come to it. */
  readonly late?: LateRows | null;
  /** The rows that no record has; `null`: they stay, or the load did not come to them. */
  readonly removed?: RemovedRows | null;
  /** What differs in the tables that were compared. */
  readonly differences?: DifferencesByTable;
  readonly rejectPaths: RejectPaths | null;
  /** Where the rejects went of a load that was killed while it committed. */
  readonly setAside: readonly string[];
  readonly bytes: number;
  /** What this run has come to with each source: of everything that was written, and of what is committed. */
  readonly sources: {
    readonly seen: readonly ReportedSource[];
    readonly kept: readonly ReportedSource[];
  };
  readonly firstRejects: readonly Reject[];
}

/** When a load ran, and by which program. */
export interface RunFacts {
  /** A reading of `performance.now()`. */
  readonly started: number;
  /** The times of day. */
  readonly began: Date;
  readonly ended: Date;
  readonly version: string;
  readonly details?: ReportDetails;
}

/** What became of a job. */
export interface JobOutcome {
  readonly name: string;
  /** What earlier runs have counted. */
  readonly before: Counts;
  /** When it was moved before this run. */
  readonly movedAt: string | null;
  /** This run has taken it, and so knows what earlier ones have committed. */
  readonly isTaken: boolean;
  /** Another run had it, and this one was not to wait. */
  readonly skipped: boolean;
  /** Nothing of its sources was left. */
  readonly isLoaded: boolean;
}

/** The report. */
export function makeReport(outcome: LoadOutcome, options: Options, facts: RunFacts): Report {
  const { plan, job, steps = [], late = null, removed = null, differences } = outcome;
  const [table] = plan?.tables ?? [];
  const guarantee = guaranteeOf(outcome, options);
  const counts = countsOf(outcome, guarantee);
  const [status, exit, error] = conclude(outcome, options);
  return {
    status,
    exit,
    runId: outcome.runId,
    target: plan?.target ?? null,
    table: table === undefined ? options.table : tableName(table.table.name),
    mode: table?.mode ?? null,
    key: table === undefined ? null : keyOf(table),
    strategy: table?.strategy ?? null,
    rowSource: table?.rowSource ?? null,
    ddl: madeBy(outcome, guarantee),
    counts,
    ...tablesOf(outcome, counts),
    ...(steps.length === 0 ? {} : { steps }),
    ...(late === null ? {} : { late }),
    ...(removed === null ? {} : { deletes: removed }),
    ...toldOf(differences?.get(0)),
    sources: isKept(outcome, guarantee) ? outcome.sources.kept : outcome.sources.seen,
    rejects: isKept(outcome, guarantee) ? outcome.rejects.kept : outcome.rejects.seen,
    rejectFile: outcome.rejectPaths?.file ?? null,
    rejectReport: outcome.rejectPaths?.report ?? null,
    guarantee,
    job: job === null ? null : stateOf(job),
    dryRun: options.dryRun || options.check,
    ...timesOf(facts, counts.read - (job?.before.read ?? 0)),
    bytes: outcome.bytes,
    warnings: warningsOf(outcome),
    version: facts.version,
    ...facts.details,
    ...forPage(outcome, options),
    firstRejects: outcome.firstRejects,
    ...(error === null ? {} : { error }),
  };
}

/** What is told of a table that was compared. */
function toldOf(
  differences: Differences | undefined,
): Pick<Report, "differencesTotal" | "differences" | "differencesCut"> {
  if (differences === undefined) return {};
  const { total, rows, isCut } = differences;
  return {
    differencesTotal: total,
    differences: rows,
    ...(isCut ? { differencesCut: true as const } : {}),
  };
}

/** The tables of nested records, of a load that came to its end or has committed a part. */
export function tablesOf(outcome: LoadOutcome, counts: Counts): Pick<Report, "tables"> {
  const { plan, sources } = outcome;
  const levels = levelsLeft(outcome);
  if (plan?.nest === undefined || levels.length === 0) return {};
  const load = sources.seen.map(({ name }) => name).join(", ");
  const [{ table, mode }] = plan.tables;
  const root = { load, level: 0, table: tableName(table.name), mode, counts };
  const nested = plan.nest.levels.flatMap(({ path, at, finds }, place): ReportedTable[] => {
    const own = plan.tables[at];
    const found = levels[place];
    if (own === undefined || found === undefined) return [];
    const name = tableName(own.table.name);
    const member = path.join(".");
    return [
      {
        load,
        level: path.length,
        member,
        table: name,
        mode: finds ? "find" : own.mode,
        counts: found,
        ...toldOf(outcome.differences?.get(at)),
      },
    ];
  });
  return { tables: [root, ...nested] };
}

/** The counts of levels that go with those of the records. */
function levelsLeft({ error, levels = [], kept, job }: LoadOutcome): readonly LevelCounts[] {
  if (error === null) return job?.isLoaded === true ? [] : levels;
  return kept.read === 0 ? [] : (kept.levels ?? []);
}

/** What a report tells where it goes into a file. */
function forPage(outcome: LoadOutcome, options: Options): Pick<Report, "rejectsByColumn" | "plan"> {
  const { planned, rejectsByColumn } = outcome;
  if (options.report === null) return {};
  const isOfKept = isKept(outcome, guaranteeOf(outcome, options));
  const rejected = (isOfKept ? rejectsByColumn?.kept : rejectsByColumn?.seen) ?? [];
  return {
    ...(rejected.length === 0 ? {} : { rejectsByColumn: rejected }),
    ...(planned === undefined ? {} : { plan: planned }),
  };
}

/** When it ran, how long, and how fast it read these records. */
export function timesOf(
  { started, began, ended }: RunFacts,
  records: number,
): Pick<Report, "startedAt" | "endedAt" | "seconds" | "rowsPerSecond"> {
  const seconds = (performance.now() - started) / 1000;
  return {
    startedAt: began.toISOString(),
    endedAt: ended.toISOString(),
    seconds: Math.round(seconds * 1000) / 1000,
    rowsPerSecond: Math.round(Math.max(0, records) / Math.max(seconds, 0.001)),
  };
}

function warningsOf({ plan, notes, rejectPaths, setAside }: LoadOutcome): string[] {
  return [
    ...(plan?.warnings ?? []),
    ...notes,
    ...otherFiles(rejectPaths),
    ...setAside.map(
      (path) => `rejects of a load that was killed while it committed are in ${path}`,
    ),
  ];
}

function otherFiles(paths: RejectPaths | null): string[] {
  return (paths?.others ?? []).map(
    (path) => `rejects of sources with another header are in ${path}`,
  );
}

function stateOf({ name, before, skipped, isLoaded, movedAt }: JobOutcome): ReportedJob {
  const alreadyLoadedAt = isLoaded ? movedAt : null;
  return { name, resumedAt: before.read, alreadyLoadedAt, skipped, earlier: before };
}

/** Of a job those of all of its runs, but for a run that finds it finished: that one has done nothing. */
function countsOf(outcome: LoadOutcome, guarantee: Guarantee): Counts {
  if (outcome.error !== null) return left(outcome, guarantee);
  return outcome.job?.isLoaded === true ? noCounts() : outcome.counts;
}

/** A server whose transactions are small makes a load a job that was not asked to be one. */
function guaranteeOf({ plan }: Pick<LoadOutcome, "plan">, options: Options): Guarantee {
  if (isJob(options) || (plan?.job ?? null) !== null) return "exactly-once";
  const { commit, dryRun, check } = options;
  return commitsOnce(commit) || dryRun || check ? "all-or-nothing" : "at-least-once";
}

/** What was made and stays; of a dry run, what would be. */
function madeBy(outcome: LoadOutcome, guarantee: Guarantee): readonly string[] {
  const { error, plan, kept } = outcome;
  const stays = error === null || (isKept(outcome, guarantee) && kept.read > 0);
  return stays ? (plan?.ddl?.statements ?? []) : [];
}

/** The load failed, and what is committed stays. */
function isKept({ error }: LoadOutcome, guarantee: Guarantee): boolean {
  return error !== null && guarantee !== "all-or-nothing";
}

/** A load that failed and kept nothing: only what was read and rejected is still true. Else, what is committed. */
function left(outcome: LoadOutcome, guarantee: Guarantee): Counts {
  const { counts, kept } = outcome;
  if (isKept(outcome, guarantee)) return recordsOf(kept);
  return { ...noCounts(), read: counts.read, rejected: counts.rejected };
}

function recordsOf(kept: LoadCounts): Counts {
  return sumOfCounts([kept]);
}

function keyOf({ arbiter, keyOrigin }: TablePlan): ReportedKey | null {
  if (arbiter === null || keyOrigin === null) return null;
  const { plain, columns, keyExpressions } = arbiter;
  return { columns: plain ? columns : keyExpressions, origin: keyOrigin };
}

function conclude(
  { error, signal, counts, levels = [], kept, plan, job, removed = null }: LoadOutcome,
  options: Options,
): [Status, number, ReportedError | null] {
  if (error !== null) {
    const inParts = plan !== null && kept.read > 0;
    return failureOf(error, signal, (ours) =>
      inParts ? fixInParts(ours, plan, kept) : fixOfNothing(ours, job),
    );
  }
  if (job?.skipped === true) return ["skipped", 0, null];
  // Of a finished job too: its rejects are still to be corrected. What was withheld for them is asked for all the same.
  const rejectsOk = options.rejectsOk && (removed === null || !isWithheld(removed));
  return endingOf(counts, { ...options, rejectsOk }, changesOn(levels, counts));
}

/** How much is other than before, in the records' own table and on their levels. */
function changesOn(levels: readonly LevelCounts[], counts: Counts): number {
  return levels.reduce((sum, level) => sum + changesIn(level), changesIn(counts));
}

/** How something ends that came to its end, by what it has counted; `changes`: on all levels. */
export function endingOf(
  counts: Counts,
  { rejectsOk, check }: Pick<Options, "rejectsOk" | "check">,
  changes = changesIn(counts),
): [Status, number, null] {
  if (counts.rejected > 0 && !rejectsOk) return ["rejects", 3, null];
  if (check && changes > 0) return ["changes", 3, null];
  return [counts.rejected > 0 ? "rejects" : "ok", 0, null];
}

/** How something ends that was stopped, by an error or by a signal (`null`: none); `fixOf` tells what to do about an error. */
export function failureOf(
  error: unknown,
  signal: unknown,
  fixOf: (error: UpsurgeError) => string = ({ fix }) => fix,
): [Status, number, ReportedError | null] {
  if (signal !== null) return ["interrupted", 128 + signalNumber(signal), null];
  const ours = toUpsurgeError(error);
  return ["failed", ours.exit, { ...reported(ours), fix: fixOf(ours) }];
}

function signalNumber(reason: unknown): number {
  const number =
    typeof reason === "object" && reason !== null && "number" in reason ? reason.number : null;
  return typeof number === "number" ? number : 2;
}

/** Any failure as one of ours; what we did not foresee is a bug. */
export function toUpsurgeError(error: unknown): UpsurgeError {
  if (error instanceof UpsurgeError) return error;
  const message = messageOf(error);
  return upsurgeError("INTERNAL", { message }, { cause: error });
}

function reported(error: UpsurgeError): ReportedError {
  const { code, message, why, fix, where } = error;
  return { code, message, cause: why, fix, where };
}

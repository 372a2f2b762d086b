/** Makes the report of a run from what became of its loads; decides status and exit code. */
import { plural } from "../errors/format.ts";
import type { UpsurgeError } from "../errors/upsurge-error.ts";
import { changesIn, sumOfCounts } from "../model/counts.ts";
import { isWithheld } from "../model/removal.ts";
import { endingOf, failureOf, makeReport, timesOf } from "../load/reporting/make-report.ts";
import type { LoadOutcome, RunFacts } from "../load/reporting/make-report.ts";
import { commitsOnce } from "../options/grammar.ts";
import type { Options } from "../options/options.ts";
import { differencesJson } from "../report/render/render-differences.ts";
import type { Report, ReportedError, Status } from "../report/report.ts";
import { fixInParts, fixOfNothing } from "../report/resume-advice.ts";
import type { ReportedLoad, RunGuarantee, RunReport } from "../report/run-report.ts";
import type { LeftOut } from "../sources/load-folder.ts";
import { inRun } from "./fix-in-run.ts";
import { placeIn } from "./run-load.ts";
import type { TableLoad } from "./find-tables.ts";

/** What became of one load. */
export interface PartOutcome {
  readonly load: TableLoad;
  readonly options: Options;
  readonly outcome: LoadOutcome;
}

/** What became of a run. */
export interface RunOutcome {
  readonly runId: string;
  /** What stopped it; `null` when it came to its end. */
  readonly error: unknown;
  /** The load at hand then; `null` where there was none. */
  readonly failed: TableLoad | null;
  /** The abort reason, an object with the signal's `number`; `null` when nobody asked to stop. */
  readonly signal: unknown;
  /** Another run was at it, and this one was not to wait. */
  readonly skipped: boolean;
  /** The target's name; `null` where there was no connection. */
  readonly target: string | null;
  readonly leftOut: readonly LeftOut[];
  /** In the order in which they are loaded. */
  readonly parts: readonly PartOutcome[];
}

/** The report. */
export function makeRunReport(outcome: RunOutcome, options: Options, facts: RunFacts): RunReport {
  const parts = withEarlier(outcome.parts);
  const reports = parts.map((part) => ({
    part,
    report: makeReport(part.outcome, part.options, facts),
  }));
  const counts = sumOfCounts(reports.map(({ report }) => report.counts));
  const [status, exit, error] = conclude({ ...outcome, parts }, options, counts);
  const earlier = reports.map(({ report }) => report.job?.resumedAt ?? 0);
  const isLoaded = reports.every(({ report }) => (report.job?.alreadyLoadedAt ?? null) !== null);
  const read = isLoaded ? 0 : counts.read - earlier.reduce((sum, each) => sum + each, 0);
  return {
    status,
    exit,
    runId: outcome.runId,
    target: outcome.target,
    counts,
    tables: reports.map(({ part, report }) => ({
      ...reportedLoad(part, report),
      kept: isKept(part, options),
    })),
    leftOut: outcome.leftOut,
    failedLoad: outcome.failed?.path ?? null,
    guarantee: guaranteeOf(options),
    dryRun: options.dryRun || options.check,
    ...timesOf(facts, read),
    bytes: parts.reduce((sum, { outcome: each }) => sum + each.bytes, 0),
    version: facts.version,
    ...facts.details,
    ...(error === null ? {} : { error }),
  };
}

/** Loads that earlier runs have finished belong to what this one has come to, unless nothing was left of any. */
function withEarlier(parts: readonly PartOutcome[]): readonly PartOutcome[] {
  if (parts.every(({ outcome }) => outcome.job?.isLoaded === true)) return parts;
  return parts.map((part) => {
    const { job } = part.outcome;
    if (job === null) return part;
    return { ...part, outcome: { ...part.outcome, job: { ...job, isLoaded: false } } };
  });
}

function guaranteeOf({ commit, dryRun, check }: Options): RunGuarantee {
  if (commitsOnce(commit) || dryRun || check) return "all-or-nothing";
  return commit === "load" ? "load-by-load" : "exactly-once";
}

function isKept({ outcome }: PartOutcome, { dryRun, check }: Options): boolean {
  return outcome.error === null && !dryRun && !check;
}

function reportedLoad({ load }: PartOutcome, report: Report): Omit<ReportedLoad, "kept"> {
  const { table, mode, key, strategy, rowSource, counts, sources } = report;
  const { rejects, rejectFile, rejectReport, warnings, firstRejects } = report;
  const ran = {
    ...(report.steps === undefined ? {} : { steps: report.steps }),
    ...(report.late === undefined ? {} : { late: report.late }),
    ...(report.deletes === undefined ? {} : { deletes: report.deletes }),
    ...differencesJson(report),
    ...(report.job === null ? {} : { job: report.job }),
    ...(report.tables === undefined ? {} : { nested: report.tables.slice(1) }),
  };
  const how = { table, mode, key, strategy, rowSource, counts, ...ran, sources };
  const ofCodes = rejects.map((each) => ({ ...each, fix: inRun(each.fix, load) }));
  const page = {
    ...(report.rejectsByColumn === undefined ? {} : { rejectsByColumn: report.rejectsByColumn }),
    ...(report.plan === undefined ? {} : { plan: report.plan }),
  };
  const troubles = { rejects: ofCodes, rejectFile, rejectReport, warnings, firstRejects };
  return {
    load: load.path,
    level: 0,
    ...how,
    table: table ?? load.tableName,
    ...troubles,
    ...page,
  };
}

function conclude(
  outcome: RunOutcome,
  options: Options,
  counts: RunReport["counts"],
): [Status, number, ReportedError | null] {
  const { error, signal, failed, parts, skipped } = outcome;
  if (error !== null) {
    const [status, exit, told] = failureOf(error, signal, (ours) => fixOf(ours, outcome));
    if (told === null || failed === null) return [status, exit, told];
    const { where } = told;
    return [status, exit, { ...told, where: where === null ? null : placeIn(where, failed) }];
  }
  if (skipped) return ["skipped", 0, null];
  // What was withheld for a reject is asked for all the same.
  const isWhole = parts.every(
    ({ outcome: { removed = null } }) => removed === null || !isWithheld(removed),
  );
  const nested = parts.flatMap(({ outcome: { levels = [] } }) => levels);
  const changes = [counts, ...nested].reduce((sum, each) => sum + changesIn(each), 0);
  // Of a finished run too: its rejects are still to be corrected.
  const all = sumOfCounts(parts.map(({ outcome: each }) => each.counts));
  return endingOf(all, { ...options, rejectsOk: options.rejectsOk && isWhole }, changes);
}

/** What to do about an error of a run: of the load that was at hand, and of those that are committed. */
function fixOf(error: UpsurgeError, { parts, failed }: RunOutcome): string {
  const part = parts.find(({ load }) => load === failed);
  const { plan = null, kept = null, job = null } = part?.outcome ?? {};
  const inParts = plan !== null && kept !== null && kept.read > 0;
  const fix = inParts ? fixInParts(error, plan, kept) : fixOfNothing(error, job);
  const done = parts.filter(({ outcome }) => outcome.error === null);
  const stays = done.length === 0 ? "" : `; ${staying(done)}`;
  return `${part === undefined ? fix : inRun(fix, part.load)}${stays}`;
}

function staying(done: readonly PartOutcome[]): string {
  const isJob = done.some(({ outcome }) => outcome.job !== null);
  const again = isJob ? "does not load them again" : `loads them again${onceMoved(done)}`;
  return `${plural(done.length, "load")} before it ${done.length === 1 ? "is" : "are"} committed and ${done.length === 1 ? "stays" : "stay"}: the same command ${again}`;
}

/** The reject files of loads that nothing remembers are not written again: they are in the way. */
function onceMoved(done: readonly PartOutcome[]): string {
  const files = done.flatMap(({ outcome: { rejectPaths } }) => rejectPaths?.file ?? []);
  const [first] = files;
  if (first === undefined) return "";
  if (files.length === 1) return `, once ${first} and its .jsonl are moved away`;
  return `, once their reject files are moved away: ${files.join(", ")}, each with its .jsonl`;
}

/** Makes the report of a run from what became of its loads; decides status and exit code. */
import { sumOfCounts } from "../model/counts.ts";
import { endingOf, failureOf, makeReport, timesOf } from "../load/make-report.ts";
import type { LoadOutcome, RunFacts } from "../load/make-report.ts";
import type { Options } from "../options/options.ts";
import type { Report, ReportedError, Status } from "../report/report.ts";
import type { ReportedLoad, RunReport } from "../report/run-report.ts";
import type { LeftOut } from "../sources/load-folder.ts";
import { inRun } from "./fix-in-run.ts";
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
  readonly failed: string | null;
  /** The abort reason, an object with the signal's `number`; `null` when nobody asked to stop. */
  readonly signal: unknown;
  /** The target's name; `null` where there was no connection. */
  readonly target: string | null;
  readonly leftOut: readonly LeftOut[];
  /** In the order in which they are loaded. */
  readonly parts: readonly PartOutcome[];
}

/** The report. */
export function makeRunReport(outcome: RunOutcome, options: Options, facts: RunFacts): RunReport {
  const reports = outcome.parts.map((part) => ({
    part,
    report: makeReport(part.outcome, part.options, facts),
  }));
  const counts = sumOfCounts(reports.map(({ report }) => report.counts));
  const [status, exit, error] = conclude(outcome, options, counts);
  return {
    status,
    exit,
    runId: outcome.runId,
    target: outcome.target,
    counts,
    tables: reports.map(({ part, report }) => reportedLoad(part, report)),
    leftOut: outcome.leftOut,
    failedLoad: outcome.failed,
    guarantee: "all-or-nothing",
    dryRun: options.dryRun || options.check,
    ...timesOf(facts, counts.read),
    bytes: outcome.parts.reduce((sum, { outcome: each }) => sum + each.bytes, 0),
    version: facts.version,
    ...(error === null ? {} : { error }),
  };
}

function reportedLoad({ load }: PartOutcome, report: Report): ReportedLoad {
  const { table, mode, key, strategy, rowSource, counts, sources } = report;
  const { rejects, rejectFile, rejectReport, warnings, firstRejects } = report;
  const steps = report.steps === undefined ? {} : { steps: report.steps };
  const late = report.late === undefined ? {} : { late: report.late };
  const how = { table, mode, key, strategy, rowSource, counts, ...steps, ...late, sources };
  const ofCodes = rejects.map((each) => ({ ...each, fix: inRun(each.fix, load) }));
  const troubles = { rejects: ofCodes, rejectFile, rejectReport, warnings, firstRejects };
  return { load: load.path, level: 0, ...how, table: table ?? load.tableName, ...troubles };
}

function conclude(
  { error, signal, failed, parts }: RunOutcome,
  options: Options,
  counts: RunReport["counts"],
): [Status, number, ReportedError | null] {
  if (error !== null) {
    const load = parts.find((part) => part.load.path === failed)?.load;
    return failureOf(error, signal, ({ fix }) => (load === undefined ? fix : inRun(fix, load)));
  }
  return endingOf(counts, options);
}

/** Makes the report of a load from what happened; decides status and exit code. */
import { UpsurgeError, upsurgeError } from "../errors/upsurge-error.ts";
import { changesIn, noCounts } from "../model/counts.ts";
import type { Counts } from "../model/counts.ts";
import type { LoadPlan, TablePlan } from "../model/load-plan.ts";
import type { Options } from "../options/options.ts";
import { isJob } from "../options/is-job.ts";
import { fixInParts, fixOfNothing } from "../report/resume-advice.ts";
import type {
  Guarantee,
  Report,
  ReportedError,
  ReportedJob,
  ReportedStep,
  Status,
} from "../report/report.ts";
import type { RejectPaths, RejectsOfCode } from "../model/reject.ts";

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
  /** Of what is committed. */
  readonly kept: Counts;
  /** `null` when nothing is remembered of the load. */
  readonly job: JobOutcome | null;
  /** By code, of this run: of everything that was written, and of what is committed. */
  readonly rejects: {
    readonly seen: readonly RejectsOfCode[];
    readonly kept: readonly RejectsOfCode[];
  };
  /** What the user should know beside the plan's warnings. */
  readonly notes: readonly string[];
  /** What was run beside the records, and not undone by a failure. */
  readonly steps?: readonly ReportedStep[];
  readonly rejectPaths: RejectPaths | null;
  /** Where the rejects went of a load that was killed while it committed. */
  readonly setAside: readonly string[];
  readonly bytes: number;
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

/** The report; `started` is a reading of `performance.now()`. */
export function makeReport(outcome: LoadOutcome, options: Options, started: number): Report {
  const { plan, job, steps = [] } = outcome;
  const [table] = plan?.tables ?? [];
  const guarantee = guaranteeOf(options);
  const counts = countsOf(outcome, guarantee);
  const seconds = (performance.now() - started) / 1000;
  const [status, exit, error] = conclude(outcome, options);
  return {
    status,
    exit,
    runId: outcome.runId,
    target: plan?.target ?? null,
    table: table === undefined ? options.table : qualified(table),
    mode: table?.mode ?? null,
    strategy: table?.strategy ?? null,
    rowSource: table?.rowSource ?? null,
    counts,
    ...(steps.length === 0 ? {} : { steps }),
    rejects:
      outcome.error !== null && guarantee !== "all-or-nothing"
        ? outcome.rejects.kept
        : outcome.rejects.seen,
    rejectFile: outcome.rejectPaths?.file ?? null,
    rejectReport: outcome.rejectPaths?.report ?? null,
    guarantee,
    job: job === null ? null : stateOf(job),
    dryRun: options.dryRun || options.check,
    seconds: Math.round(seconds * 1000) / 1000,
    rowsPerSecond: Math.round(
      Math.max(0, counts.read - (job?.before.read ?? 0)) / Math.max(seconds, 0.001),
    ),
    bytes: outcome.bytes,
    warnings: [
      ...(plan?.warnings ?? []),
      ...outcome.notes,
      ...otherFiles(outcome.rejectPaths),
      ...outcome.setAside.map(
        (path) => `rejects of a load that was killed while it committed are in ${path}`,
      ),
    ],
    ...(error === null ? {} : { error }),
  };
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

function guaranteeOf(options: Options): Guarantee {
  if (isJob(options)) return "exactly-once";
  const { commit, dryRun, check } = options;
  return commit === "end" || dryRun || check ? "all-or-nothing" : "at-least-once";
}

/** A load that failed and kept nothing: only what was read and rejected is still true. Else, what is committed. */
function left({ counts, kept }: LoadOutcome, guarantee: Guarantee): Counts {
  if (guarantee !== "all-or-nothing") return kept;
  return { ...noCounts(), read: counts.read, rejected: counts.rejected };
}

function qualified({ table }: TablePlan): string {
  return table.name.schema === null ? table.name.name : `${table.name.schema}.${table.name.name}`;
}

function conclude(
  { error, signal, counts, kept, plan, job }: LoadOutcome,
  options: Options,
): [Status, number, ReportedError | null] {
  if (error !== null && signal !== null) return ["interrupted", 128 + signalNumber(signal), null];
  if (error !== null) {
    const ours = toUpsurgeError(error);
    const inParts = plan !== null && kept.read > 0;
    const fix = inParts ? fixInParts(ours, plan, kept) : fixOfNothing(ours, job);
    return ["failed", ours.exit, { ...reported(ours), fix }];
  }
  if (job?.skipped === true) return ["skipped", 0, null];
  // Of a finished job too: its rejects are still to be mended.
  if (counts.rejected > 0) return ["rejects", 3, null];
  return options.check && changesIn(counts) > 0 ? ["changes", 3, null] : ["ok", 0, null];
}

function signalNumber(reason: unknown): number {
  const number =
    typeof reason === "object" && reason !== null && "number" in reason ? reason.number : null;
  return typeof number === "number" ? number : 2;
}

/** Any failure as one of ours; what we did not foresee is a bug. */
export function toUpsurgeError(error: unknown): UpsurgeError {
  if (error instanceof UpsurgeError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return upsurgeError("INTERNAL", { message }, { cause: error });
}

function reported(error: UpsurgeError): ReportedError {
  const { code, message, why, fix, where } = error;
  return { code, message, cause: why, fix, where };
}

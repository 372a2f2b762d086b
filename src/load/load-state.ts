/** How far a try of a load has come, as a value: what is open, what it has counted, and what follows from that at its end. */
import { emptyMembers } from "./reporting/empty-members.ts";
import type { Ledger } from "../account/ledger.ts";
import { SourceTally } from "../account/source-tally.ts";
import type { Retry } from "../errors/codes.ts";
import { retryOf, UpsurgeError } from "../errors/upsurge-error.ts";
import { noCounts } from "../model/counts.ts";
import type { LoadCounts } from "../model/counts.ts";
import type { Options } from "../options/options.ts";
import type { ReportedSource } from "../report/report.ts";
import { checkpointName } from "../sources/find-work.ts";
import type { SourceSet } from "../sources/source-set.ts";
import type { Session } from "../targets/target.ts";
import type { Mapper } from "../write/mapping/map-nested.ts";
import type { Writers } from "../write/writers.ts";
import { noteFailure } from "./begin-job.ts";
import type { JobRun } from "./begin-job.ts";
import type { Lessons } from "./lessons.ts";
import { LoadNotes } from "./reporting/load-notes.ts";
import type { JobOutcome, LoadOutcome } from "./reporting/make-report.ts";
import type { PreparedLoad } from "./prepare.ts";
import type { ProgressTeller } from "./progress.ts";
import { reportedPlan } from "./reporting/report-details.ts";
import { addSources, sourceCounts } from "./reporting/source-counts.ts";
import type { RunSurroundings } from "./surroundings.ts";

/** What is to be loaded, and what is known from earlier tries. */
export interface LoadRequest {
  readonly sources: readonly string[];
  readonly options: Options;
  readonly surroundings: RunSurroundings;
  readonly lessons: Lessons;
  readonly progress: ProgressTeller;
}

/** A try of a load; `null` for what it has not come to. */
export interface LoadState {
  readonly request: LoadRequest;
  /** Nothing of it is to be kept. */
  readonly isRehearsal: boolean;
  readonly notes: LoadNotes;
  readonly session: Session | null;
  readonly sources: SourceSet | null;
  readonly prepared: PreparedLoad | null;
  readonly job: JobRun | null;
  /** Another run has the job, and this one is not to wait. */
  readonly skipped: boolean;
  /** By source: the records that are this shard's own, where the load is one of several. */
  readonly ownRead: Map<string, number>;
  readonly ledger: Ledger | null;
  readonly writers: Writers | null;
  /** What is committed. */
  kept(): LoadCounts;
}

/** A try that writes. */
export interface RunningLoad extends LoadState {
  readonly prepared: PreparedLoad;
  readonly ledger: Ledger;
  readonly writers: Writers;
  readonly mapper: Mapper;
}

/** A try that has not begun. */
export function firstState(request: LoadRequest): LoadState {
  const { dryRun, check } = request.options;
  return {
    request,
    isRehearsal: dryRun || check,
    notes: new LoadNotes(request.options),
    session: null,
    sources: null,
    prepared: null,
    job: null,
    skipped: false,
    ownRead: new Map(),
    ledger: null,
    writers: null,
    kept() {
      return this.ledger?.kept ?? this.job?.resumed.before ?? request.lessons.kept;
    },
  };
}

/** Whether to try again, which takes that every source can be read again, and that nothing was committed or is remembered. */
export function retryAfter(error: unknown, state: LoadState): Retry {
  const { request, sources, session, prepared, writers } = state;
  if (request.surroundings.signal.aborted || sources?.rereadable === false) return "no";
  const isJob = (prepared?.plan.job ?? null) !== null;
  if (writers?.hasCommitted === true && !isJob) return "no";
  const retry = retryOf(error);
  // A server that was never there may be the wrong one.
  return retry === "backoff" && session === null && !request.lessons.again ? "no" : retry;
}

/** What the next try is to know; what was not committed is forgotten. */
export function lessonsOf(state: LoadState): Lessons {
  const { request, job, ledger, writers } = state;
  const { lessons } = request;
  if (job === null) lessons.rejects.restart();
  else lessons.rejects.release();
  return {
    ...lessons,
    again: true,
    begun: lessons.begun || writers !== null,
    kept: state.kept(),
    misfits: ledger?.keptMisfits ?? lessons.misfits,
    sources: sourcesOf(state).kept,
  };
}

/** Notes that the job's run has failed, for those who list the jobs; one that was stopped has not. */
export async function noteEnd({ prepared, job, request }: LoadState): Promise<void> {
  if (prepared === null || job === null || request.surroundings.signal.aborted) return;
  await noteFailure(prepared, job);
}

/** What became of the load, of which this was the last try; closes the reject files. */
export function concludeLoad(error: unknown, state: LoadState): LoadOutcome {
  const { request, prepared, ledger, sources } = state;
  const { signal } = request.surroundings;
  const { rejects } = request.lessons;
  const again = signal.aborted || isToRepeat(error);
  const { setAside } = rejects;
  const kept = state.kept();
  const { levels = [], ...counts } = kept;
  const isJob = (prepared?.plan.job ?? null) !== null;
  return {
    error,
    runId: request.surroundings.runId,
    signal: signal.aborted ? signal.reason : null,
    plan: prepared?.plan ?? null,
    counts: ledger?.seen ?? counts,
    levels: ledger?.levels ?? levels,
    kept,
    job: jobOutcome(state),
    notes: notesOf(state, error === null),
    steps: error === null ? state.notes.steps : [],
    late: error === null ? state.notes.late : null,
    removed: error === null ? state.notes.removed : null,
    differences: error === null ? state.notes.differences : new Map(),
    rejects: { seen: rejects.byCode, kept: rejects.keptByCode },
    rejectsByColumn: { seen: rejects.byColumn, kept: rejects.keptByColumn },
    planned: reportedPlan(prepared, request.options),
    rejectPaths:
      error !== null && isJob
        ? rejects.leave()
        : rejects.close(error !== null && again && kept.read === 0),
    setAside,
    bytes: sources?.bytes ?? 0,
    sources: sourcesOf(state),
    firstRejects: ledger?.sources.first ?? [],
  };
}

/** What this run has come to with each source: of everything that was written, and of what is committed. */
function sourcesOf(state: LoadState): LoadOutcome["sources"] {
  const { sources, ledger, job, request } = state;
  const earlier = request.lessons.sources;
  if (sources === null) return { seen: earlier, kept: earlier };
  const reading = { paths: sources.paths, read: readOf(state) ?? sources.recordsRead };
  const before = job?.resumed.before.read ?? 0;
  const of = (total: number, tally: SourceTally): readonly ReportedSource[] =>
    addSources(earlier, sourceCounts(reading, Math.max(0, total - before), tally));
  const { seen, kept } = ledger ?? { seen: noCounts(), kept: noCounts() };
  return {
    seen: of(seen.read, ledger?.sources ?? NOTHING),
    kept: of(kept.read, ledger?.keptSources ?? NOTHING),
  };
}

const NOTHING = new SourceTally();

/** The records of each source that are a shard's own, by the names of the sources; `null`: all that are read are. */
function readOf({ sources, prepared, ownRead }: LoadState): ReadonlyMap<string, number> | null {
  if (prepared?.plan.shard === undefined) return null;
  const paths = sources?.paths ?? [];
  return new Map(paths.map((path) => [path, ownRead.get(checkpointName(path)) ?? 0]));
}

function notesOf(
  { prepared, ledger, job, request, notes }: LoadState,
  isDone: boolean,
): readonly string[] {
  const { misfits, keptMisfits } = ledger ?? {};
  const hasRead = (ledger?.seen.read ?? 0) > (job?.resumed.before.read ?? 0);
  return notes.all({
    misfits: isDone ? misfits : keptMisfits,
    // Of a run that has read nothing, or not all, nothing can be said.
    unseen: isDone && hasRead ? request.lessons.unseen : undefined,
    lost: isDone && hasRead ? request.lessons.lost.warnings : [],
    late: isDone && hasRead ? (request.options.late ?? []) : [],
    members: isDone && hasRead ? emptyMembers(prepared?.plan.nest, ledger?.levels ?? []) : [],
  });
}

function jobOutcome({ prepared, job, skipped, request }: LoadState): JobOutcome | null {
  const name = prepared?.plan.job?.name;
  if (name === undefined) return null;
  if (job === null) {
    const nothing = { before: noCounts(), movedAt: null, isTaken: false, isLoaded: false };
    return { name, ...nothing, skipped };
  }
  const { movedAt, work } = job.resumed;
  const { levels: _, ...before } = job.resumed.before;
  const isLoaded = work.length === 0 && !request.lessons.begun;
  return { name, before, movedAt, isTaken: true, skipped: false, isLoaded };
}

/** Nothing of the load was kept, and it is to be run again as it is; of reject files that could not be written a part is of no use. */
function isToRepeat(error: unknown): boolean {
  if (!(error instanceof UpsurgeError)) return false;
  const { code, exit } = error;
  return code === "REJECT_FILE" || (exit === 75 && code !== "TARGET_OUTCOME_UNKNOWN");
}

/** Whether a load that is stopped keeps what it has written, and goes on later. */
export function isResumable({ prepared }: LoadState): boolean {
  return prepared !== null && prepared.plan.job !== null && prepared.plan.commitRows !== null;
}

/** Closes whatever is open; safe to call at any time. */
export async function closeLoad({ sources, session, job }: LoadState): Promise<void> {
  await sources?.close();
  await session?.close();
  await job?.lock.release();
}

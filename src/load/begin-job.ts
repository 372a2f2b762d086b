/** A run of a job: its lock, what is left of its sources, and its reject files. What is read and written is left to `load.ts`. */
import { setTimeout as sleep } from "node:timers/promises";
import { failPoint } from "../testing/fail-point.ts";
import { upsurgeError } from "../errors/upsurge-error.ts";
import type { Counts } from "../model/counts.ts";
import type { JobPlan } from "../model/load-plan.ts";
import type { Options } from "../options/options.ts";
import type { PreparedLoad } from "./prepare.ts";
import { compareTotals } from "./shards/join-shards.ts";
import type { Lessons } from "./lessons.ts";
import { resume } from "./resume-job.ts";
import type { ResumedJob } from "./resume-job.ts";
import { CheckpointTable } from "../checkpoint/checkpoint-table.ts";
import type { Lock, Session } from "../targets/target.ts";

/** Milliseconds between two looks at a lock. */
const POLL_MS = 100;
/** A run that has just ended may hold its lock for so long. */
const PATIENCE_MS = 500;

/** How the lock of a job is waited for. */
export interface JobLockRequest {
  readonly options: Options;
  /** There was a try before this one. */
  readonly again: boolean;
  readonly signal: AbortSignal;
  /** Told what is waited for, as a noun; `null`: nothing more. */
  readonly onWait: (what: string | null) => void;
}

/** What a run of a job needs besides the plan. */
export interface BeginJobRequest extends Omit<JobLockRequest, "again"> {
  readonly lessons: Lessons;
}

/** A job at work. */
export interface JobRun {
  readonly resumed: ResumedJob;
  readonly lock: Lock;
}

/** Locks and takes the job; `null` when another run has it and `--if-locked skip` was given. Throws `JOB_RUNNING`. */
export async function beginJob(
  prepared: PreparedLoad,
  job: JobPlan,
  request: BeginJobRequest,
): Promise<JobRun | null> {
  failPoint("lock");
  const { again } = request.lessons;
  const lock = await lockJob(prepared.session, job.name, { ...request, again });
  if (lock === null) return null;
  try {
    failPoint("locked");
    return { resumed: await takeJob(prepared, job, request), lock };
  } catch (error) {
    await lock.release();
    throw error;
  }
}

/** Takes the job: its rows are this run's from now on, and its reject files are open. Its lock is held. */
export async function takeJob(
  prepared: PreparedLoad,
  job: JobPlan,
  { options, lessons: { rejects, again, begun } }: Pick<BeginJobRequest, "options" | "lessons">,
): Promise<ResumedJob> {
  const { first } = prepared;
  const resumed = await resume(prepared, job, {
    options,
    reset: options.resetJob && !again,
    begun,
    claim: (claimed, was) => rejects.claim(first, claimed, was),
  });
  const { work, rows, before } = resumed;
  const head = rows.find(({ source, partition }) => source === 1 && partition === 0);
  const offsets = head?.rejects ?? null;
  failPoint("reject-open");
  const known = { name: job.name, offsets, count: before.rejected };
  if (work.length > 0) rejects.openForJob(first, known);
  else rejects.closedBefore(first, known);
  return resumed;
}

/** The last commit of a job is done: it is forgotten where it may be; a shard is compared with the others. */
export async function endJob(prepared: PreparedLoad, job: JobRun, kept: Counts): Promise<void> {
  const { plan, session } = prepared;
  if (kept.rejected === 0) await forgetJob(prepared, job);
  if (plan.job?.shardOf === undefined) return;
  await compareTotals(new CheckpointTable(plan.job.table, session.execute), plan.job);
}

/** Forgets a job that has finished, where to load everything again comes to the same. Its lock is still held. */
async function forgetJob({ session, plan }: PreparedLoad, { resumed }: JobRun): Promise<void> {
  const rows = resumed.cursor?.rows ?? [];
  const [row] = rows;
  if (plan.job === null || !plan.job.forgotten || row === undefined) return;
  failPoint("forget");
  const table = new CheckpointTable(plan.job.table, session.execute);
  // What cannot be forgotten now counts as forgotten when it is met again.
  await table.forgetDone(row).catch(() => {});
  failPoint("forgotten");
}

/** Notes, for `upsurge jobs`, that the job's run has failed. A database that is away learns nothing of it. */
export async function noteFailure({ session, plan }: PreparedLoad, job: JobRun): Promise<void> {
  const [row] = job.resumed.rows;
  if (plan.job === null || row === undefined) return;
  await new CheckpointTable(plan.job.table, session.execute).fail(row).catch(() => {});
}

/** Locks the job of that name; `null` when another run has it and `--if-locked skip` was given. Throws `JOB_RUNNING`. */
export async function lockJob(
  session: Session,
  name: string,
  request: JobLockRequest,
): Promise<Lock | null> {
  const { options, again, onWait } = request;
  // A try of this run may have held it before, and the server not know yet that it is gone.
  const waits = options.ifLocked === "wait" || again;
  const until = performance.now() + (waits ? options.retryTimeout : PATIENCE_MS);
  const lock = await pollLock(session, name, { until, request });
  onWait(null);
  if (lock !== null) return lock;
  if (options.ifLocked === "skip" && !again) return null;
  const reason = waits
    ? "another run holds its lock, and --retry-timeout is used up"
    : "another run holds its lock";
  throw upsurgeError("JOB_RUNNING", { job: name, reason });
}

/** Looks for the lock until then; `null` when another run still has it. */
async function pollLock(
  session: Session,
  name: string,
  { until, request }: { readonly until: number; readonly request: JobLockRequest },
): Promise<Lock | null> {
  for (;;) {
    const lock = await session.lockJob(name);
    if (lock !== null || performance.now() >= until) return lock;
    // One that has just ended is not worth a word.
    if (until - performance.now() > PATIENCE_MS) request.onWait(`another run of the job ${name}`);
    await sleep(POLL_MS, undefined, { signal: request.signal });
  }
}

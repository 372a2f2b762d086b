/** A run of a job: its lock, what is left of its sources, and its reject files. What is read and written is `load/attempt.ts`'s. */
import { setTimeout as sleep } from "node:timers/promises";
import { faultPoint } from "../testing/fail-point.ts";
import { upsurgeError } from "../errors/upsurge-error.ts";
import type { JobPlan } from "../model/load-plan.ts";
import type { Options } from "../options/options.ts";
import type { Prepared } from "./prepare.ts";
import type { RejectBook } from "../account/reject-book.ts";
import { resume } from "./resume-job.ts";
import type { Resumed } from "./resume-job.ts";
import { CheckpointTable } from "../checkpoint/checkpoint-table.ts";
import type { Hold, Session } from "../targets/target.ts";

/** Milliseconds between two looks at a lock. */
const POLL_MS = 100;
/** A run that has just ended may hold its lock for so long. */
const PATIENCE_MS = 500;

/** What a run of a job needs beside the plan. */
export interface JobRequest {
  readonly options: Options;
  readonly rejects: RejectBook;
  /** A try of this run has held the lock before: the server may not know yet that it is gone. */
  readonly again: boolean;
  /** A try of this run has written. */
  readonly begun: boolean;
  readonly signal: AbortSignal;
}

/** A job at work. */
export interface JobRun {
  readonly resumed: Resumed;
  readonly lock: Hold;
}

/** Locks and takes the job; `null` when another run has it and `--if-locked skip` was given. Throws `JOB_RUNNING`. */
export async function beginJob(
  prepared: Prepared,
  job: JobPlan,
  request: JobRequest,
): Promise<JobRun | null> {
  const { options, rejects, again, begun } = request;
  const { session, first } = prepared;
  faultPoint("lock");
  const lock = await lockJob(session, job, request);
  if (lock === null) return null;
  try {
    faultPoint("locked");
    const resumed = await resume(prepared, job, {
      options,
      reset: options.resetJob && !again,
      begun,
      claim: (claimed, was) => rejects.claim(first, claimed, was),
    });
    const { work, rows, before } = resumed;
    const head = rows.find(({ source, part }) => source === 1 && part === 0);
    const marks = head?.rejects ?? null;
    faultPoint("reject-open");
    const known = { name: job.name, marks, count: before.rejected };
    if (work.length > 0) rejects.openForJob(first, known);
    else rejects.closedBefore(first, known);
    return { resumed, lock };
  } catch (error) {
    await lock.release();
    throw error;
  }
}

/** Forgets a job that has finished, where to load everything again comes to the same. Its lock is still held. */
export async function forgetJob({ session, plan }: Prepared, { resumed }: JobRun): Promise<void> {
  const rows = resumed.bookmark?.rows ?? [];
  const [row] = rows;
  if (plan.job === null || !plan.job.forgotten || row === undefined) return;
  faultPoint("forget");
  const table = new CheckpointTable(plan.job.table, session.small);
  // What cannot be forgotten now counts as forgotten when it is met again.
  await table.forgetDone(row).catch(() => {});
  faultPoint("forgotten");
}

async function lockJob(
  session: Session,
  { name }: JobPlan,
  { options, again, signal }: JobRequest,
): Promise<Hold | null> {
  const waits = options.ifLocked === "wait" || again;
  const until = performance.now() + (waits ? options.retryTimeout : PATIENCE_MS);
  for (;;) {
    const lock = await session.lockJob(name);
    if (lock !== null) return lock;
    if (performance.now() >= until) break;
    await sleep(POLL_MS, undefined, { signal });
  }
  if (options.ifLocked === "skip" && !again) return null;
  const reason = waits
    ? "another run holds its lock, and --retry-timeout is used up"
    : "another run holds its lock";
  throw upsurgeError("JOB_RUNNING", { job: name, reason });
}

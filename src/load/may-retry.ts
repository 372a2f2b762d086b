/** Whether a load that failed is tried again: by what the error is, and by what the try had come to. */
import { UpsurgeError } from "../errors/upsurge-error.ts";
import type { LoadPlan } from "../model/load-plan.ts";
import { TransactionAborted } from "../targets/target.ts";
import type { Session } from "../targets/target.ts";
import { RetrySerially } from "../write/parallel/serial-ranges.ts";
import type { Quarantine } from "../write/quarantine.ts";

/** A try that failed. */
export interface FailedTry {
  /** `null` where it had none yet. */
  readonly session: Pick<Session, "classify"> | null;
  /** `null` where nothing was planned yet. */
  readonly plan: Pick<LoadPlan, "job" | "partitioning"> | null;
  /** A try before this one has reached the database. */
  readonly again: boolean;
  readonly hasCommitted: boolean;
  /** Every source that was opened can be read again. */
  readonly rereadable: boolean;
  readonly quarantine: Quarantine;
}

/**
 * Whether to try again, which takes that every source can be read again, and that nothing was committed or is remembered:
 * `later` for an error that may pass, `now` for rows that the next try treats differently.
 */
export function mayRetry(error: unknown, failed: FailedTry): "now" | "later" | null {
  if (!failed.rereadable) return null;
  const isJob = failed.plan !== null && failed.plan.job !== null;
  if (failed.hasCommitted && !isJob) return null;
  const cause = originalOf(error);
  if (cause instanceof RetrySerially) return "now";
  if (cause instanceof TransactionAborted) return failed.quarantine.knows(cause) ? null : "now";
  return mayPass(error, failed, isJob) ? "later" : null;
}

function mayPass(error: unknown, { session, plan, again }: FailedTry, isJob: boolean): boolean {
  if (session === null) return again && mayComeBack(error);
  if (session.classify(originalOf(error)) === "transient") return true;
  if (isUpsurge(error, /^(?:JOB_TAKEN|JOB_RUNNING)$/)) return false;
  // The checkpoint tells what became of a commit.
  if (isJob && isUpsurge(error, /^TARGET_OUTCOME_UNKNOWN$/)) return true;
  // Another session's error, which this one cannot tell.
  const several = (plan?.partitioning.writers ?? 1) > 1;
  // What planning has met closes the session; a load that has begun plans again.
  return (isJob || several || again) && mayComeBack(error);
}

/** The driver's error behind one of ours. */
export function originalOf(error: unknown): unknown {
  return error instanceof UpsurgeError && error.cause !== undefined ? error.cause : error;
}

function isUpsurge(error: unknown, codes: RegExp): boolean {
  return error instanceof UpsurgeError && codes.test(error.code);
}

function mayComeBack(error: unknown): boolean {
  return isUpsurge(error, /^TARGET_(UNREACHABLE|BUSY|LOST|READ_ONLY|FULL)$/);
}

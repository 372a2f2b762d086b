/**
 * The jobs of a run that commits in parts: each of its loads is one, taken before the first record of any is written. A load
 * that has finished stays known until all of them have, so that the same command goes on, and applies nothing twice.
 */
import { createHash } from "node:crypto";
import { CheckpointTable } from "../checkpoint/checkpoint-table.ts";
import { lookAtJob, otherErrors } from "../checkpoint/take-over.ts";
import { checkSources } from "../load/carry-out.ts";
import { lockJob, takeJob } from "../load/begin-job.ts";
import type { Checkpoint, CheckpointValues } from "../model/checkpoint.ts";
import type { JobPlan } from "../model/load-plan.ts";
import type { Session } from "../targets/target.ts";
import { failPoint } from "../testing/fail-point.ts";
import type { PreparedPart, PreparedRun } from "./prepare-run.ts";
import type { RunState } from "./run-state.ts";

/** Locks the run and takes the jobs; false when another run is at it and `--if-locked skip` was given. */
export async function takeJobs(run: PreparedRun, state: RunState): Promise<boolean> {
  const { session } = run.connected;
  const { options, surroundings, progress } = state.request;
  failPoint("lock");
  const lock = await lockJob(session, lockName(run.parts, options.job), {
    options,
    again: state.again,
    signal: surroundings.signal,
    onWait: (what) => progress.waitsFor(what),
  });
  if (lock === null) return false;
  state.locked(lock);
  failPoint("locked");
  if (!state.again && !options.resetJob) await forgetEnded(run);
  for (const [at, { prepared, options: own }] of run.parts.entries()) {
    const { load } = state.begins(at);
    const { job } = prepared.plan;
    if (job === null || state.isDone(at)) continue;
    // Whether it is to be forgotten is decided for all of them.
    const known = { ...job, forgotten: false };
    const resumed = await takeJob(prepared, known, { options: own, lessons: load.request.lessons });
    state.takes(at, resumed);
  }
  for (const at of run.parts.keys()) {
    const { prepared, load } = state.begins(at);
    if (!state.isDone(at)) await checkSources(prepared, load);
  }
  return true;
}

/** All loads have come to their end: where to load all of them again comes to the same, all are forgotten. */
export async function forgetJobs(run: PreparedRun, state: RunState): Promise<void> {
  const rows = run.parts.flatMap((_, at) => {
    const { load } = state.begins(at);
    const [row] = load.job?.resumed.rows ?? [];
    return row === undefined || load.kept().rejected > 0 ? [] : [row];
  });
  if (rows.length < run.parts.length || !areForgotten(run.parts)) return;
  // What cannot be forgotten now is forgotten when the run is met again.
  await forgetTogether(rows, run).catch(() => {});
}

function areForgotten(parts: readonly PreparedPart[]): boolean {
  return parts.every(({ prepared }) => prepared.plan.job?.forgotten === true);
}

/**
 * A run that has ended, and was killed before its loads were forgotten, is forgotten now. So is a load that is the only one
 * left of a run: the others were forgotten when they had ended without it.
 */
async function forgetEnded(run: PreparedRun): Promise<void> {
  if (!areForgotten(run.parts)) return;
  const ended: CheckpointValues[] = [];
  for (const { prepared } of run.parts) {
    const { job } = prepared.plan;
    const rows = job === null ? [] : await rowsOf(job, run.connected.session);
    if (!rows.every(isClean)) return;
    ended.push(...rows.slice(0, 1));
  }
  await forgetTogether(ended, run);
}

/** It has ended, without a reject. */
function isClean({ total, counts }: CheckpointValues): boolean {
  return total !== null && counts.rejected === 0;
}

async function rowsOf(job: JobPlan, session: Session): Promise<Checkpoint[]> {
  const table = new CheckpointTable(job.table, session.execute);
  return await lookAtJob(table, job, { reset: false, mayPass: otherErrors(session) });
}

/** In one transaction: a run of which some loads are forgotten would apply those twice. */
async function forgetTogether(
  rows: readonly CheckpointValues[],
  { parts, connected }: PreparedRun,
): Promise<void> {
  const name = parts[0]?.prepared.plan.job?.table;
  if (name === undefined || rows.length === 0) return;
  const { execute } = connected.session;
  const table = new CheckpointTable(name, execute);
  failPoint("forget");
  await execute.begin();
  try {
    for (const row of rows) await table.forgetDone(row);
    await execute.commit();
  } catch (error) {
    await execute.rollback();
    throw error;
  }
  failPoint("forgotten");
}

/** Runs of the same loads keep each other out. */
function lockName(parts: readonly PreparedPart[], job: string | null): string {
  if (job !== null) return job;
  const names = parts.map(({ prepared }) => prepared.plan.job?.name ?? "").toSorted();
  return `run-${createHash("sha256").update(JSON.stringify(names)).digest("hex").slice(0, 16)}`;
}

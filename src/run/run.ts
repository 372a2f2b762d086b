/** The flow of a run: connect → plan every load → put them in order → write them → report. */
import { randomUUID } from "node:crypto";
import { onInterrupt } from "../load/interrupt.ts";
import { ProgressTeller } from "../load/progress.ts";
import { detailsOf } from "../load/reporting/report-details.ts";
import { retry } from "../load/retry.ts";
import type { Tried } from "../load/retry.ts";
import type { Surroundings } from "../load/surroundings.ts";
import { readVersion } from "../load/version.ts";
import type { Options } from "../options/options.ts";
import type { RunReport } from "../report/run-report.ts";
import { makeRunReport } from "./make-run-report.ts";
import type { RunOutcome } from "./make-run-report.ts";
import { prepareRun } from "./prepare-run.ts";
import type { RunInputs } from "./run-load.ts";
import { RunState } from "./run-state.ts";
import type { RunLessons, RunRequest } from "./run-request.ts";
import { writeInTurn } from "./write-in-turn.ts";
import { writeTogether } from "./write-together.ts";

/** Loads what `inputs` has under `options`. Never throws: what went wrong is in the report. */
export async function run(
  inputs: RunInputs,
  options: Options,
  given: Surroundings,
): Promise<RunReport> {
  const surroundings = { ...given, runId: given.runId ?? randomUUID() };
  const started = performance.now();
  const began = surroundings.now?.() ?? new Date();
  const progress = new ProgressTeller({ surroundings, started, limit: null });
  const request = { inputs, options, surroundings, progress, began };
  const first: RunLessons = { again: false, of: new Map(), done: new Map() };
  const outcome = await retry<RunLessons, RunOutcome>(first, {
    timeoutMs: options.retryTimeout,
    ...surroundings,
    onAway: (away) => progress.away(away),
    tryOnce: async (lessons) => await tryToRun(request, lessons),
  }).finally(() => progress.end());
  const ended = surroundings.now?.() ?? new Date();
  const details = detailsOf(progress, options);
  const version = await readVersion();
  return makeRunReport(outcome, options, { started, began, ended, version, details });
}

/** One try, from connecting to commit. Never throws. */
async function tryToRun(
  request: RunRequest,
  lessons: RunLessons,
): Promise<Tried<RunLessons, RunOutcome>> {
  const { surroundings, options, inputs, progress } = request;
  const { signal } = surroundings;
  const state = new RunState(request, lessons);
  const interrupt = onInterrupt(signal, options.grace, () => state.atHand);
  let error: unknown = null;
  progress.connecting();
  try {
    signal.throwIfAborted();
    const prepared = await prepareRun(inputs, options, state.hooks());
    state.prepared(prepared);
    signal.throwIfAborted();
    await (prepared.inTurn ? writeInTurn : writeTogether)(prepared, state);
  } catch (thrown) {
    error = thrown;
  } finally {
    interrupt.over();
  }
  return {
    retry: error === null ? "no" : state.retryAfter(error),
    error,
    committed: state.committed,
    lessons: () => state.lessons(),
    gaveUp: async () => await state.gaveUp(),
    conclude: () => state.conclude(error),
    close: async () => await state.close(),
  };
}

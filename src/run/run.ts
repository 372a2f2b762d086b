/**
 * The flow of a run: connect → plan every load → put them in order → one transaction: load after load → commit → report.
 * Nothing of it is kept unless all of it is.
 */
import { randomUUID } from "node:crypto";
import { failPoint } from "../testing/fail-point.ts";
import { onInterrupt } from "../load/interrupt.ts";
import { ProgressTeller } from "../load/progress.ts";
import { retry } from "../load/retry.ts";
import type { Tried } from "../load/retry.ts";
import { startWriting, writeBatches } from "../load/start-writing.ts";
import type { Surroundings } from "../load/surroundings.ts";
import { readVersion } from "../load/version.ts";
import type { Options } from "../options/options.ts";
import type { RunReport } from "../report/run-report.ts";
import type { Transaction } from "../targets/target.ts";
import { makeJoinedWriter } from "../write/make-writers.ts";
import type { OneSession } from "../write/one-session.ts";
import type { JoinedTransaction } from "../write/session-writer.ts";
import { tablesWritten } from "../write/tables-written.ts";
import { makeRunReport } from "./make-run-report.ts";
import type { RunOutcome } from "./make-run-report.ts";
import { prepareRun } from "./prepare-run.ts";
import type { PreparedRun } from "./prepare-run.ts";
import { RunState } from "./run-state.ts";
import type { JoinedLoad, RunLessons, RunRequest } from "./run-state.ts";

/** Loads the files of `folders` under `options`. Never throws: what went wrong is in the report. */
export async function run(
  folders: readonly string[],
  options: Options,
  given: Surroundings,
): Promise<RunReport> {
  const surroundings = { runId: randomUUID(), ...given };
  const started = performance.now();
  const began = surroundings.now?.() ?? new Date();
  const progress = new ProgressTeller({ surroundings, started, limit: null });
  const request = { folders, options, surroundings, progress, began };
  const first: RunLessons = { again: false, of: new Map() };
  const outcome = await retry<RunLessons, RunOutcome>(first, {
    timeoutMs: options.retryTimeout,
    ...surroundings,
    onAway: (away) => progress.away(away),
    tryOnce: async (lessons) => await tryToRun(request, lessons),
  }).finally(() => progress.end());
  const ended = surroundings.now?.() ?? new Date();
  return makeRunReport(outcome, options, { started, began, ended, version: await readVersion() });
}

/** One try, from connecting to commit. Never throws. */
async function tryToRun(
  request: RunRequest,
  lessons: RunLessons,
): Promise<Tried<RunLessons, RunOutcome>> {
  const { surroundings, options, folders, progress } = request;
  const { signal } = surroundings;
  const state = new RunState(request, lessons);
  const interrupt = onInterrupt(signal, options.grace, () => state.atHand);
  let error: unknown = null;
  progress.connecting();
  try {
    signal.throwIfAborted();
    const prepared = await prepareRun(folders, options, state.hooks());
    state.prepared(prepared);
    signal.throwIfAborted();
    await write(prepared, state);
  } catch (thrown) {
    error = thrown;
  } finally {
    interrupt.over();
  }
  return {
    retry: error === null ? "no" : state.retryAfter(error),
    error,
    committed: 0,
    lessons: () => state.lessons(),
    gaveUp: async () => {},
    conclude: () => state.conclude(error),
    close: async () => await state.close(),
  };
}

/** Writes load after load, and commits. Throws what stopped it, with everything undone. */
async function write({ connected, parts, order }: PreparedRun, state: RunState): Promise<void> {
  const { session } = connected;
  const { signal } = state.request.surroundings;
  let transaction: Transaction | null = null;
  try {
    const written = tablesWritten(parts.map(({ prepared }) => prepared.plan.tables[0]));
    transaction = await session.begin(written.tables);
    const waits = order.waiting.length === 0 ? [] : session.leaveToCommit?.(order.waiting);
    for (const sql of waits ?? []) await session.execute.run(sql);
    const loads: JoinedLoad[] = [];
    for (const place of written.places)
      loads.push(await writePart({ transaction, ...place }, state));
    await setLate(loads, state);
    state.leaves();
    signal.throwIfAborted();
    await end(loads, transaction, state);
  } catch (error) {
    await transaction?.rollback();
    throw signal.aborted ? error : session.translate(error);
  }
}

/** Writes one load of the run into the transaction. */
async function writePart(joined: JoinedTransaction, state: RunState): Promise<JoinedLoad> {
  const { prepared, load } = state.begins(joined.at);
  const running = startWriting<OneSession>(prepared, load, (request) =>
    makeJoinedWriter(request, joined),
  );
  state.writes(joined.at, running);
  await writeBatches(running);
  state.request.surroundings.signal.throwIfAborted();
  await running.writers.finish();
  return running;
}

/** Sets what comes after the last record of all loads. */
async function setLate(loads: readonly JoinedLoad[], state: RunState): Promise<void> {
  for (const [at, { writers, notes }] of loads.entries()) {
    state.begins(at);
    await writers.applyLate();
    notes.setLate(writers.late);
    state.request.surroundings.signal.throwIfAborted();
  }
}

/** Commits all of it or, in a rehearsal, undoes it. */
async function end(
  loads: readonly JoinedLoad[],
  transaction: Transaction,
  state: RunState,
): Promise<void> {
  const { options } = state.request;
  const rehearsal = options.dryRun || options.check;
  if (rehearsal) {
    await transaction.rehearse?.();
    await transaction.rollback();
  } else {
    for (const { writers } of loads) writers.beforeCommit();
    state.commits();
    failPoint("commit");
    await transaction.commit();
    failPoint("committed");
    for (const { writers } of loads) writers.committed();
  }
  const how = { moves: options.syncSequences, rehearsal };
  for (const { notes, ledger } of loads) await notes.lookBack(ledger.seen, how);
}

/**
 * The flow of a load on one screen: prepare → take the job → steps before → read, map and write batch by batch → steps
 * after → commit → report. `retry.ts` starts it again after its last commit; what a try came to is in `load-state.ts`.
 */
import { randomUUID } from "node:crypto";
import type { LoadPlan } from "../model/load-plan.ts";
import { withDefaultTable } from "../options/default-table.ts";
import type { Options } from "../options/options.ts";
import type { Report } from "../report/report.ts";
import { beginJob, forgetJob } from "./begin-job.ts";
import {
  closeLoad,
  concludeLoad,
  firstState,
  goesOn,
  lessonsOf,
  retryAfter,
  noteEnd,
} from "./load-state.ts";
import type { LoadRequest, LoadState, RunningLoad } from "./load-state.ts";
import { makeReport } from "./make-report.ts";
import type { LoadOutcome } from "./make-report.ts";
import { newLessons } from "./lessons.ts";
import type { Lessons } from "./lessons.ts";
import { onInterrupt } from "./interrupt.ts";
import { prepare } from "./prepare.ts";
import type { PreparedLoad, PrepareHooks } from "./prepare.ts";
import { ProgressTeller } from "./progress.ts";
import { retry } from "./retry.ts";
import type { Tried } from "./retry.ts";
import { startWriting, writeBatches } from "./start-writing.ts";
import type { Surroundings } from "./surroundings.ts";
import { readVersion } from "./version.ts";

/** Loads `sources` under `options`. Never throws: what went wrong is in the report. */
export async function load(
  sources: readonly string[],
  asked: Options,
  given: Surroundings,
): Promise<Report> {
  const options = withDefaultTable(asked, sources);
  const surroundings = { runId: randomUUID(), ...given };
  const started = performance.now();
  const began = surroundings.now?.() ?? new Date();
  const progress = new ProgressTeller({ surroundings, started, limit: options.limit });
  const outcome = await retry(newLessons(options, began, surroundings), {
    timeoutMs: options.retryTimeout,
    ...surroundings,
    onAway: (away) => progress.away(away),
    tryOnce: (lessons) => tryToLoad({ sources, options, surroundings, lessons, progress }),
  }).finally(() => progress.end());
  const ended = surroundings.now?.() ?? new Date();
  return makeReport(outcome, options, { started, began, ended, version: await readVersion() });
}

/** One try, from connecting to commit. Never throws. */
async function tryToLoad(request: LoadRequest): Promise<Tried<Lessons, LoadOutcome>> {
  const { surroundings, options } = request;
  let state = firstState(request);
  const interrupt = onInterrupt(surroundings.signal, options.grace, () => state);
  let error: unknown = null;
  request.progress.connecting();
  try {
    surroundings.signal.throwIfAborted();
    const opens = (opened: Partial<LoadState>): void => void (state = { ...state, ...opened });
    const prepared = await prepare(request.sources, options, {
      ...prepareHooks(request, opens),
      onWarnings: (name, warnings) => state.notes.ended(name, warnings),
    });
    state = { ...state, prepared };
    surroundings.log.info(planned(prepared.plan), "planned");
    surroundings.signal.throwIfAborted();
    state = await begin(prepared, state);
    await check(prepared, state);
    if (hasWork(state)) {
      const running = startWriting(prepared, state);
      state = running;
      await write(running);
    } else if (options.syncSequences && state.job !== null) {
      // A run that was killed after its last commit may not have come to it.
      const columns = prepared.plan.tables[0].columns.map(({ name }) => name);
      await state.notes.moveSequences(prepared, columns);
    }
  } catch (thrown) {
    error = thrown;
  } finally {
    interrupt.over();
  }
  return {
    retry: error === null ? "no" : retryAfter(error, state),
    error,
    committed: state.kept().read,
    lessons: () => lessonsOf(state),
    gaveUp: async () => await noteEnd(state),
    conclude: () => concludeLoad(error, state),
    close: async () => await closeLoad(state),
  };
}

/** What a try is told of while it gets ready; `opens` learns what an interrupt has to close. */
function prepareHooks(
  { surroundings, options, lessons, progress }: LoadRequest,
  opens: (opened: Pick<LoadState, "session"> | Pick<LoadState, "sources">) => void,
): PrepareHooks {
  return {
    ...surroundings,
    // A server that was there is waited for under --retry-timeout.
    waitMs: lessons.again ? 0 : options.wait,
    onAway: (away) => progress.away(away),
    onConnected: (session) => progress.connected(session),
    onSession: (session, to) => {
      opens({ session });
      surroundings.log.info({ to, version: session.version }, "connected");
    },
    onSources: (sources) => {
      opens({ sources });
      surroundings.signal.throwIfAborted();
    },
    onSource: (source) => lessons.sees(source),
    onNextSource: (source) => lessons.rejects.register(source),
  };
}

/** What a log says of a plan. */
function planned({ tables: [{ table, mode, strategy, rowSource }], why }: LoadPlan): object {
  return { table: table.name.name, mode, strategy, rowSource, why };
}

/** Makes ready what a load needs besides its plan: its reject files, and its job. */
async function begin(prepared: PreparedLoad, state: LoadState): Promise<LoadState> {
  const { plan, session, first } = prepared;
  const { lessons, surroundings, options, progress } = state.request;
  const { signal } = surroundings;
  if (plan.job === null) {
    lessons.rejects.open(first);
    return state;
  }
  try {
    const onWait = (what: string | null): void => progress.waitsFor(what);
    const job = await beginJob(prepared, plan.job, { options, lessons, signal, onWait });
    return job === null ? { ...state, skipped: true } : { ...state, job };
  } catch (error) {
    throw signal.aborted ? error : session.translate(error);
  }
}

/** Looks at the sources as a whole, as far as that can be done before their records are written. */
async function check({ plan, sources }: PreparedLoad, state: LoadState): Promise<void> {
  const { job, request } = state;
  const { signal } = request.surroundings;
  // Of a job that was finished before, the records were read by then.
  if (job?.resumed.work.length === 0) request.lessons.checkRows(job.resumed.before.read);
  if (plan.commitRows === null || !hasWork(state)) return;
  const left = job === null ? sources.paths : job.resumed.work.map(({ path }) => path);
  await sources.verify(left, signal);
}

/** False when nothing of the sources is left to load, or another run is at it. */
function hasWork({ job, skipped }: LoadState): boolean {
  return !skipped && (job === null || job.resumed.work.length > 0);
}

/** Writes batch after batch, and commits. Throws what stopped it, with everything that was not committed undone. */
async function write(state: RunningLoad): Promise<void> {
  const { prepared, writers, ledger, request, job, notes } = state;
  const { surroundings, progress } = request;
  const { signal } = surroundings;
  try {
    await writeBatches(state);
    if (signal.aborted && goesOn(state)) await writers.settle();
    signal.throwIfAborted();
    if (!state.isRehearsal) progress.committing();
    await writers.finish();
    notes.ran(writers.ranSteps);
    notes.setLate(writers.late);
    notes.tookAway(writers.removed);
    await notes.lookBack(state.isRehearsal ? ledger.seen : state.kept(), {
      moves: request.options.syncSequences,
      rehearsal: state.isRehearsal,
    });
    if (job !== null && state.kept().rejected === 0) await forgetJob(prepared, job);
  } catch (error) {
    await writers.rollback();
    throw signal.aborted ? error : prepared.session.translate(error);
  }
}

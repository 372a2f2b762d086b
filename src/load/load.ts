/**
 * The flow of a load on one screen: prepare → take the job → steps before → read, map and write batch by batch → steps
 * after → commit → report. `retry.ts` starts it again after its last commit; what a try came to is in `load-state.ts`.
 */
import { randomUUID } from "node:crypto";
import type { LoadPlan } from "../model/load-plan.ts";
import { withDefaultTable } from "../options/default-table.ts";
import type { Options } from "../options/options.ts";
import type { Report } from "../report/report.ts";
import { beginJob, endJob } from "./begin-job.ts";
import { carryOut, checkSources } from "./carry-out.ts";
import {
  closeLoad,
  concludeLoad,
  firstState,
  lessonsOf,
  retryAfter,
  noteEnd,
} from "./load-state.ts";
import type { LoadRequest, LoadState } from "./load-state.ts";
import { makeReport } from "./reporting/make-report.ts";
import type { LoadOutcome } from "./reporting/make-report.ts";
import { newLessons } from "./lessons.ts";
import type { Lessons } from "./lessons.ts";
import { onInterrupt } from "./interrupt.ts";
import { prepare } from "./prepare.ts";
import type { PreparedLoad, PrepareHooks } from "./prepare.ts";
import { ProgressTeller } from "./progress.ts";
import { retry } from "./retry.ts";
import type { Tried } from "./retry.ts";
import { detailsOf } from "./reporting/report-details.ts";
import { asShard } from "./shards/fix-of-shard.ts";
import type { Surroundings } from "./surroundings.ts";
import { readVersion } from "./version.ts";

/** Loads `sources` under `options`. Never throws: what went wrong is in the report. */
export async function load(
  sources: readonly string[],
  asked: Options,
  given: Surroundings,
): Promise<Report> {
  const options = withDefaultTable(asked, sources);
  const surroundings = { ...given, runId: given.runId ?? randomUUID() };
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
  const details = detailsOf(progress, options);
  const version = await readVersion();
  return makeReport(outcome, options, { started, began, ended, version, details });
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
    await checkSources(prepared, state);
    const { job } = state;
    const isWritten = await asShard(
      prepared.plan.job,
      async () => await carryOut(prepared, state, (running) => (state = running)),
    );
    if (isWritten && job !== null) await endJob(prepared, job, state.kept());
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

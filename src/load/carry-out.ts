/** Carries out a load that is planned, with its job taken: checks its sources, writes batch after batch, commits, looks back. */
import { asAltered } from "./as-altered.ts";
import { isResumable } from "./load-state.ts";
import type { LoadState, RunningLoad } from "./load-state.ts";
import type { PreparedLoad } from "./prepare.ts";
import { startWriting, writeBatches } from "./start-writing.ts";

/** Writes what is left of the load; `writes` learns of it before. False where nothing was left. Throws what stopped it. */
export async function carryOut(
  prepared: PreparedLoad,
  state: LoadState,
  writes: (running: RunningLoad) => void,
): Promise<boolean> {
  if (hasWork(state)) {
    const running = startWriting(prepared, state);
    writes(running);
    await write(running);
    return true;
  }
  if (state.request.options.syncSequences && state.job !== null) {
    // A run that was killed after its last commit may not have come to it.
    await state.notes.moveAllSequences(prepared);
  }
  return false;
}

/** Looks at the sources as a whole, as far as that can be done before their records are written. */
export async function checkSources(
  { plan, sources }: PreparedLoad,
  state: LoadState,
): Promise<void> {
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
  const { prepared, writers, ledger, request, notes } = state;
  const { surroundings, progress } = request;
  const { signal } = surroundings;
  try {
    progress.loading(state);
    await writers.open();
    await writeBatches(state);
    if (signal.aborted && isResumable(state)) await writers.settle();
    signal.throwIfAborted();
    if (!state.isRehearsal) progress.committing();
    await writers.finish();
    notes.ran(writers.ranSteps);
    notes.setLate(writers.late);
    notes.tookAway(writers.removed);
    for (const [at, differences] of writers.differences) notes.differ(at, differences);
    await notes.lookBack(state.isRehearsal ? ledger.all : state.kept(), {
      moves: request.options.syncSequences,
      rehearsal: state.isRehearsal,
    });
  } catch (error) {
    await writers.rollback();
    if (signal.aborted) throw error;
    const { session, plan } = prepared;
    throw await asAltered(session.translate(error), session, plan.tables);
  }
}

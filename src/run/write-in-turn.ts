/**
 * Writes the loads of a run one after another, each committed by itself: once (`--commit load`), or in parts, as a job, so
 * that the same command goes on where the run has stopped (`--commit N`).
 */
import { carryOut } from "../load/carry-out.ts";
import type { PreparedRun } from "./prepare-run.ts";
import { forgetJobs, takeJobs } from "./run-jobs.ts";
import type { RunState } from "./run-state.ts";

/** Writes load after load. Throws what stopped it; what is committed by then stays. */
export async function writeInTurn(run: PreparedRun, state: RunState): Promise<void> {
  const { signal } = state.request.surroundings;
  const isJob = run.parts.some(({ prepared }) => prepared.plan.job !== null);
  try {
    if (isJob && !(await takeJobs(run, state))) return state.skips();
    for (const at of run.parts.keys()) {
      if (state.isDone(at)) continue;
      const { prepared, load } = state.begins(at);
      await carryOut(prepared, load, (running) => state.writes(at, running));
      state.ends(at);
      signal.throwIfAborted();
    }
    if (isJob) await forgetJobs(run, state);
    state.leaves();
  } catch (error) {
    throw signal.aborted ? error : run.connected.session.translate(error);
  }
}

/** Chooses how batches are written: over one session or several, as the plan says. */
import type { LoadPlan } from "../model/load-plan.ts";
import { CheckpointTable } from "../checkpoint/checkpoint-table.ts";
import type { Session } from "../targets/target.ts";
import type { KeyHashes } from "./skip-committed.ts";
import { Jobs, keyedPlan } from "./parallel/parallel-writers.ts";
import type { JobsContext } from "./parallel/parallel-writers.ts";
import { OneSession } from "./one-session.ts";
import { SessionWriter } from "./session-writer.ts";
import type { Ending, Writers } from "./writers.ts";

/** What writers are made from. */
export interface WritersRequest extends Omit<JobsContext, "leader"> {
  /** The session that planned the load. */
  readonly session: Session;
  readonly ending: Ending;
}

/** The writers of a load. */
export function makeWriters(request: WritersRequest): Writers {
  const { plan, session, account, quarantine, ending, job } = request;
  if (plan.sharing.writers > 1) return new Jobs({ ...request, leader: session });
  const checkpointing =
    job === null || plan.job === null
      ? null
      : {
          bookmark: job.bookmark,
          table: new CheckpointTable(plan.job.table, session.small),
        };
  const writer = new SessionWriter(session, plan, { quarantine, held: false, checkpointing });
  return new OneSession(writer, account, plan, ending);
}

/** Tells the hashes of keys as several writers share them out; `null` where they go by the number of the record. */
export function keysHashed(plan: LoadPlan, session: Session): KeyHashes | null {
  if (plan.sharing.by === null) return null;
  return (rows) => session.keyHashes?.(keyedPlan(plan), rows) ?? null;
}

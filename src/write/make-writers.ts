/** Chooses how batches are written: over one session or several, as the plan says. */
import type { LoadPlan } from "../model/load-plan.ts";
import { CheckpointTable } from "../checkpoint/checkpoint-table.ts";
import type { Session } from "../targets/target.ts";
import type { KeyHashes } from "./skip-committed.ts";
import { ParallelWriters, keyedTable } from "./parallel/parallel-writers.ts";
import type { ParallelWritersContext } from "./parallel/parallel-writers.ts";
import { LoadComparison } from "./compare-table.ts";
import { OneSession } from "./one-session.ts";
import { SessionWriter } from "./session-writer.ts";
import type { JoinedTransaction } from "./session-writer.ts";
import type { LoadEnding, Writers } from "./writers.ts";

/** What writers are made from. */
export interface WritersRequest extends Omit<ParallelWritersContext, "leader"> {
  /** The session that planned the load. */
  readonly session: Session;
  readonly ending: LoadEnding;
}

/** The writers of a load. */
export function makeWriters(request: WritersRequest): Writers {
  const { plan, session, account, quarantine, ending, job } = request;
  if (plan.partitioning.writers > 1) return new ParallelWriters({ ...request, leader: session });
  const checkpointing =
    job === null || plan.job === null
      ? null
      : {
          cursor: job.cursor,
          table: new CheckpointTable(plan.job.table, session.execute),
        };
  const writer = new SessionWriter(session, plan, { quarantine, locked: false, checkpointing });
  // What comes before the first batch was committed with it.
  const before = job?.cursor.hasBegun === true ? [] : plan.before;
  const comparison = ending === "rehearsal" ? LoadComparison.of(session, plan.tables) : null;
  return new OneSession(writer, account, { ...plan, before, comparison }, ending);
}

/** The writer of a load that has joined the transaction of others. */
export function makeJoinedWriter(
  { plan, session, account, quarantine }: WritersRequest,
  joined: JoinedTransaction,
): OneSession {
  const context = { quarantine, locked: true, checkpointing: null, joined };
  return new OneSession(new SessionWriter(session, plan, context), account, plan, "joined");
}

/** Tells the hashes of keys as several writers share them out; `null` where they go by the number of the record. */
export function keysHashed(plan: LoadPlan, session: Session): KeyHashes | null {
  if (plan.partitioning.key === null) return null;
  return (rows) => session.keyHashes?.(keyedTable(plan), rows) ?? null;
}

/** The jobs of a database: `upsurge jobs`. */
import { upsurgeError } from "../errors/upsurge-error.ts";
import type { Checkpoint } from "../model/checkpoint.ts";
import { shardOfName } from "../model/shards/shard.ts";
import type { Options } from "../options/options.ts";
import type { PlanSurroundings } from "../load/surroundings.ts";
import { withSession } from "../load/with-session.ts";
import type { Session } from "../targets/target.ts";
import { CheckpointTable, checkpointDdl } from "../checkpoint/checkpoint-table.ts";
import { runningJobs } from "../checkpoint/running-jobs.ts";
import { otherErrors, readRows } from "../checkpoint/take-over.ts";
import { isOfList, shardNames } from "../checkpoint/shared-list.ts";
import type { JobsAnswer } from "../model/report/job-list.ts";
import { listJobs } from "./listed-jobs.ts";

/** Lists jobs, forgets one, or tells how the checkpoint table is made. Throws `TARGET_*` errors and `JOB_UNKNOWN`. */
export async function askJobs(
  options: Options,
  surroundings: Pick<PlanSurroundings, "environment" | "onAway">,
): Promise<JobsAnswer> {
  return await withSession(options, surroundings, async (session, target) => {
    const { checkpointTable, printDdl, forget } = options;
    if (printDdl) {
      return { kind: "ddl", ddl: checkpointDdl(checkpointTable, session.execute.dialect) };
    }
    const table = new CheckpointTable(checkpointTable, session.execute);
    const there = await table.exists();
    const mayPass = otherErrors(session);
    const reading = { name: checkpointTable, job: forget, mayPass };
    const found = there ? await readRows(table, reading) : [];
    if (forget !== null) {
      if (found.length > 0 && (await forgetAll(table, found)) > 0)
        return { kind: "forgotten", job: forget };
      const reason = there
        ? `${checkpointTable} has no rows of that name`
        : `there is no table ${checkpointTable}`;
      throw upsurgeError("JOB_UNKNOWN", { job: forget, reason });
    }
    return await jobsOf(session, found, { target, only: options.job });
  });
}

/** The jobs that were asked for. Throws `JOB_UNKNOWN`. */
async function jobsOf(
  session: Session,
  found: readonly Checkpoint[],
  { target, only }: { readonly target: string; readonly only: string | null },
): Promise<JobsAnswer> {
  const isAsked = ({ job }: Checkpoint): boolean =>
    only === null || job === only || shardOfName(job)?.job === only;
  const rows = found.filter(isAsked);
  if (only !== null && rows.length === 0) {
    throw upsurgeError("JOB_UNKNOWN", {
      job: only,
      reason: `${target} remembers none of that name`,
    });
  }
  const jobs = listJobs(rows, await runningJobs(session, openJobs(rows)));
  return { kind: "jobs", target, ...(only === null ? {} : { only }), jobs };
}

/** Forgets a job with its shards, whose rows go first: a job without them is none. */
async function forgetAll(table: CheckpointTable, rows: readonly Checkpoint[]): Promise<number> {
  const list = rows.find(isOfList);
  const { executor } = table;
  await executor.begin();
  try {
    let changed = 0;
    for (const { job } of rows.slice(0, 1)) {
      const shards = list === undefined ? [] : shardNames(job, list.partitions);
      for (const name of [...shards, job]) changed += await table.forget(name);
    }
    await executor.commit();
    return changed;
  } catch (error) {
    await executor.rollback();
    throw error;
  }
}

/** The jobs that have not come to their end, as far as their rows tell. */
function openJobs(rows: readonly Checkpoint[]): ReadonlySet<string> {
  return new Set(
    rows
      // A shard that has ended one source may be about to begin the next.
      .filter((row) => (row.total === null || shardOfName(row.job) !== null) && !isOfList(row))
      .map(({ job }) => job),
  );
}

/** Makes one finished job of the shards of a job, once: its list gives way to rows as a load of one process leaves them. */
import { upsurgeError } from "../errors/upsurge-error.ts";
import type { Checkpoint, CheckpointValues, RejectOffsets } from "../model/checkpoint.ts";
import { sumOfLoads } from "../model/counts.ts";
import { leastFar } from "../model/source-offset.ts";
import type { CheckpointTable } from "./checkpoint-table.ts";
import { shardNames } from "./shared-list.ts";

/** A job all of whose shards are done. */
export interface DoneShards {
  /** The rows of the list, one a source. */
  readonly list: readonly Checkpoint[];
  /** Those of the shards. */
  readonly rows: readonly Checkpoint[];
  /** The reject files of all; `null`: there are none. */
  readonly rejects: RejectOffsets | null;
}

/** Runs `work` and closes the job in one transaction. Throws `JOB_TAKEN` where another run has closed it. */
export async function closeShards(
  table: CheckpointTable,
  done: DoneShards,
  work: () => Promise<void>,
): Promise<void> {
  const { executor } = table;
  const [head] = done.list;
  if (head === undefined) return;
  await executor.begin();
  try {
    if (!(await table.lock(head))) throw upsurgeError("JOB_TAKEN", { job: head.job });
    await work();
    for (const name of [...shardNames(head.job, head.partitions), head.job])
      await table.forget(name);
    for (const row of done.list) await table.insert(closedRow(row, done));
    await executor.commit();
  } catch (error) {
    await executor.rollback();
    throw error;
  }
}

/** A source as one process leaves it that has loaded all of it. */
function closedRow(listed: Checkpoint, { rows, rejects }: DoneShards): CheckpointValues {
  const own = rows.filter(({ source }) => source === listed.source);
  const { offset, prefix, total, madeAs } = leastFar(own);
  return {
    ...listed,
    partition: 0,
    partitions: 1,
    madeAs,
    offset,
    prefix,
    total,
    counts: sumOfLoads(own.map(({ counts }) => counts)),
    rejects: listed.source === 1 ? rejects : null,
  };
}

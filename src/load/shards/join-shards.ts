/** A shard joins its job: the list of sources is compared with that of the other shards, before anything is written. */
import { hostname } from "node:os";
import type { CheckpointTable } from "../../checkpoint/checkpoint-table.ts";
import { forgetShards, joinList, shardNames } from "../../checkpoint/shared-list.ts";
import { refuseOtherTable } from "../../checkpoint/same-table.ts";
import type { FoundTables } from "../../checkpoint/same-table.ts";
import type { ListedFile } from "../../checkpoint/shared-list.ts";
import { upsurgeError } from "../../errors/upsurge-error.ts";
import { sourceLabel } from "../../errors/source-label.ts";
import type { Checkpoint } from "../../model/checkpoint.ts";
import type { JobPlan } from "../../model/load-plan.ts";
import { asShard } from "./fix-of-shard.ts";
import { checkpointName } from "../../sources/find-work.ts";
import { fingerprintOf } from "../../sources/fingerprint.ts";
import type { PreparedLoad } from "../prepare.ts";

/** What a shard is compared with. */
export interface JoinRequest {
  readonly table: CheckpointTable;
  /** The tables that are written. */
  readonly found: FoundTables;
  /** It may be another one than it was. */
  readonly keepJob: boolean;
}

/** The job to go on with: the shard's own, or the whole where that has finished. Throws `JOB_*` and `SOURCE_CHANGED`. */
export async function joinShards(
  { sources }: PreparedLoad,
  plan: JobPlan,
  { table, found, keepJob }: JoinRequest,
): Promise<JobPlan> {
  if (plan.shardOf === undefined) return plan;
  const { shardOf, ...whole } = plan;
  const { job, shard } = shardOf;
  const files: ListedFile[] = [];
  for (const path of sources.paths)
    files.push({ name: checkpointName(path), ...(await fingerprintOf(path)) });
  const owner = `${hostname()}:${process.pid}`;
  const { madeAs } = found;
  const list = await joinList(table, { plan, shard, job, madeAs, owner, files });
  if (list === null) return { ...whole, name: job };
  if (!keepJob)
    await asShard(plan, async () => await refuseOtherTable(list, found, table.executor));
  return plan;
}

/** After the last commit of a shard: throws `SOURCE_CHANGED` where another one has read other bytes. */
export async function compareTotals(table: CheckpointTable, plan: JobPlan): Promise<void> {
  if (plan.shardOf === undefined) return;
  const { job, shard } = plan.shardOf;
  const rows = await table.readAll(shardNames(job, shard.count));
  const other = findOther(rows);
  if (other !== null) throw readDifferently(other, job);
}

/** The error for a source that two shards of a job have read differently. */
export function readDifferently({ name }: Checkpoint, job: string): Error {
  return upsurgeError("SOURCE_CHANGED", {
    path: sourceLabel(name),
    job,
    reason: "two shards of the job have read different bytes of it to its end",
    suggestion: `see that all shards read the same file, and ${forgetShards(job)}`,
  });
}

/** A source of which two shards have read different bytes; `null`: there is none. */
export function findOther(rows: readonly Checkpoint[]): Checkpoint | null {
  const first = new Map<number, Checkpoint>();
  for (const row of rows) {
    if (row.total === null) continue;
    const seen = first.get(row.source);
    if (seen === undefined) first.set(row.source, row);
    else if (seen.total?.sha256 !== row.total.sha256) return row;
  }
  return null;
}

/** What to do about a job of shards that cannot go on: a shard is not started over by itself, nor given other sources. */
import { fixOfTable, forgetShards } from "../../checkpoint/shared-list.ts";
import type { ErrorCode } from "../../errors/codes.ts";
import { refixed, UpsurgeError } from "../../errors/upsurge-error.ts";
import type { JobPlan } from "../../model/load-plan.ts";

/** What their fixes do for any other job. */
const STARTS_OVER: readonly ErrorCode[] = ["JOB_OPTIONS", "JOB_SOURCES", "SOURCE_CHANGED"];

/** What `work` for a load with this job comes to; where that is the job of a shard, an error of it with a fix that shards take. */
export async function asShard<T>(
  job: Pick<JobPlan, "shardOf"> | null,
  work: () => Promise<T>,
): Promise<T> {
  const shardOf = job?.shardOf;
  try {
    return await work();
  } catch (error) {
    if (shardOf === undefined || !(error instanceof UpsurgeError)) throw error;
    if (STARTS_OVER.includes(error.code)) throw refixed(error, forgetShards(shardOf.job));
    throw error.code === "JOB_TABLE" ? refixed(error, fixOfTable(shardOf.job)) : error;
  }
}

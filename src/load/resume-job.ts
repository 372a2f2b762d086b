/**
 * Where a job goes on: which of its sources are left, from which offset, and that they still begin as they did. Reads
 * sources and the checkpoint; writes nothing but the taking of the job.
 */
import { isDeepStrictEqual } from "node:util";
import { CheckpointCursor } from "../checkpoint/cursor.ts";
import { CheckpointTable } from "../checkpoint/checkpoint-table.ts";
import { findTables, refuseOtherTable } from "../checkpoint/same-table.ts";
import type { FoundTables, TableAtHand } from "../checkpoint/same-table.ts";
import { WatchedTables } from "../checkpoint/watched-tables.ts";
import { lookAtJob, otherErrors, takeJob } from "../checkpoint/take-over.ts";
import type { TakeOverRequest } from "../checkpoint/take-over.ts";
import { upsurgeError } from "../errors/upsurge-error.ts";
import type { CheckpointValues, RejectOffsets } from "../model/checkpoint.ts";
import { sumOfLoads } from "../model/counts.ts";
import type { LoadCounts } from "../model/counts.ts";
import type { JobPlan, TablePlan } from "../model/load-plan.ts";
import { leastFar } from "../model/source-offset.ts";
import type { Options } from "../options/options.ts";
import type { KnownSource } from "../sources/check-beginning.ts";
import { checkpointName } from "../sources/find-work.ts";
import type { WorkItem } from "../sources/find-work.ts";
import { asShard } from "./shards/fix-of-shard.ts";
import { joinShards } from "./shards/join-shards.ts";
import type { PreparedLoad } from "./prepare.ts";

/** A job that was taken. */
export interface ResumedJob {
  readonly work: readonly WorkItem[];
  /** `null` when nothing is left: then the job was not taken. */
  readonly cursor: CheckpointCursor | null;
  readonly rows: readonly CheckpointValues[];
  /** What earlier runs have counted. */
  readonly before: LoadCounts;
  /** When the job was moved last, by the database's clock; `null` for a new one. */
  readonly movedAt: string | null;
}

/** What taking a job depends on, besides the plan. */
export interface ResumeRequest {
  readonly options: Options;
  readonly reset: boolean;
  /** An earlier try of this run has written: a job that has finished since was finished by it. */
  readonly begun: boolean;
  readonly claim: TakeOverRequest["claim"];
}

/** Takes the plan's job, unless nothing is left of it. Throws `JOB_*`, `SOURCE_CHANGED` and `CHECKPOINT_TABLE` errors. */
export async function resume(
  prepared: PreparedLoad,
  asked: JobPlan,
  { options, begun, claim, ...request }: ResumeRequest,
): Promise<ResumedJob> {
  const table = new CheckpointTable(asked.table, prepared.session.execute);
  const { session, sources } = prepared;
  const lookup = { reset: request.reset, mayPass: otherErrors(session) };
  const own = await asShard(asked, async () => await lookAtJob(table, asked, lookup));
  const found = await tablesOf(prepared, asked);
  const job = await joinShards(prepared, asked, { table, found, keepJob: options.keepJob });
  const looked =
    job === asked ? own : await asShard(asked, async () => await lookAtJob(table, job, lookup));
  const reset = request.reset || (job.forgotten && !begun && isOver(looked));
  const seen = reset ? [] : looked;
  const { madeAs } = found;
  if (!options.keepJob) {
    await asShard(asked, async () => await refuseOtherTable(seen, found, session.execute));
  }
  const movedAt =
    seen
      .map((row) => row.updatedAt)
      .toSorted()
      .at(-1) ?? null;
  const finished = seen.length > 0 && seen.every((row) => row.total !== null);
  const find = async (rows: readonly CheckpointValues[]): Promise<WorkItem[]> =>
    await asShard(asked, async () => {
      const { name, followAppend } = job;
      return await sources.findWork(knownSources(rows), { name, followAppend });
    });
  // A finished job is taken only when there is more: most runs of it find nothing to do.
  const early = finished ? await find(seen) : null;
  const first = { name: checkpointName(sources.paths[0] ?? "-") };
  if (early?.length === 0) {
    const isOther = options.keepJob && seen.some((row) => row.madeAs !== madeAs);
    const keeping = { reset, first, madeAs, claim: (claimed: RejectOffsets | null) => claimed };
    const rows = isOther ? await takeJob(table, job, keeping) : seen;
    return { work: [], cursor: null, rows, before: countsOf(seen), movedAt };
  }
  const rows = await takeJob(table, job, { reset, first, madeAs, claim });
  if (early !== null && !alike(seen, rows)) throw upsurgeError("JOB_TAKEN", { job: job.name });
  const work = early ?? (await find(rows));
  const cursor = new CheckpointCursor(
    rows,
    work[0]?.number ?? 1,
    new WatchedTables(found, job.table),
  );
  return { work, cursor, rows, before: countsOf(rows), movedAt };
}

/** The tables of the load, as they are now. */
async function tablesOf({ plan, session }: PreparedLoad, job: JobPlan): Promise<FoundTables> {
  const [root, ...levels] = plan.tables;
  const atHand = ({ table: shape }: TablePlan): TableAtHand => {
    const names = [shape.name.schema, shape.name.name].filter((name) => name !== null);
    const sql = names.map((name) => session.quoteIdentifier(name)).join(".");
    return { sql, label: names.join("."), shape };
  };
  return await findTables([atHand(root), ...levels.map(atHand)], job.table, session.execute);
}

/** The job has finished, and left nothing to come back for: where it is to be forgotten, it counts as forgotten. */
function isOver(rows: readonly CheckpointValues[]): boolean {
  return rows.every((row) => row.total !== null && row.counts.rejected === 0);
}

function countsOf(rows: readonly CheckpointValues[]): LoadCounts {
  return sumOfLoads(rows.map(({ counts }) => counts));
}

function alike(a: readonly CheckpointValues[], b: readonly CheckpointValues[]): boolean {
  return (
    a.length === b.length && a.every((row, at) => isDeepStrictEqual(row.offset, b[at]?.offset))
  );
}

/** The sources of a job as its rows tell of them. */
function knownSources(rows: readonly CheckpointValues[]): KnownSource[] {
  const numbers = [...new Set(rows.map(({ source }) => source))];
  return numbers.flatMap((number) => {
    const partitions = rows.filter((row) => row.source === number);
    const isDone = partitions.every(({ total: end }) => end !== null);
    const { name, offset, prefix, total } = leastFar(partitions);
    return [{ number, name, offset, prefix, total: isDone ? total : null }];
  });
}

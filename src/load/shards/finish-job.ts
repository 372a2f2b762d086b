/**
 * `upsurge finish`: what comes once after all shards of a job. One transaction runs `--after` and makes one finished job of
 * the shards; a run that comes second, or again, finds the job finished and says so.
 */
import { checkRows } from "../../account/expected-rows.ts";
import { mergeRejects, removeMerged } from "../../account/merge-rejects.ts";
import { CheckpointTable } from "../../checkpoint/checkpoint-table.ts";
import { closeShards } from "../../checkpoint/close-shards.ts";
import { forgetShards, isOfList, shardNames } from "../../checkpoint/shared-list.ts";
import { otherErrors, readRows } from "../../checkpoint/take-over.ts";
import { upsurgeError } from "../../errors/upsurge-error.ts";
import type { Checkpoint, RejectOffsets } from "../../model/checkpoint.ts";
import { sumOfCounts, sumOfLoads } from "../../model/counts.ts";
import type { FinishReport, ShardSkew } from "../../model/shards/finish-report.ts";
import { wholePath } from "../../model/shards/shard.ts";
import type { Options } from "../../options/options.ts";
import { scripts } from "../../plan/steps.ts";
import type { Session } from "../../targets/target.ts";
import { runSteps } from "../../write/steps.ts";
import type { PlanSurroundings } from "../surroundings.ts";
import { withSession } from "../with-session.ts";
import { findOther, readDifferently } from "./join-shards.ts";
import { refuseUnfinished } from "./unfinished.ts";

/** What a finish works with. */
interface Finishing {
  readonly session: Session;
  readonly table: CheckpointTable;
  readonly options: Options;
  readonly job: string;
  /** The target without secrets. */
  readonly target: string;
}

/** Finishes the job that the options name. Throws `SHARDS_*`, `JOB_*`, `SOURCE_*`, `STEP_*` and `TARGET_*` errors. */
export async function finishJob(
  options: Options,
  surroundings: Pick<PlanSurroundings, "environment" | "onAway">,
): Promise<FinishReport> {
  return await withSession(options, surroundings, async (session, target) => {
    const table = new CheckpointTable(options.checkpointTable, session.execute);
    return await finish({ session, table, options, job: options.job ?? "", target });
  });
}

async function finish(finishing: Finishing): Promise<FinishReport> {
  const { session, table, options, job } = finishing;
  const reading = { name: options.checkpointTable, job, mayPass: otherErrors(session) };
  const own = (await table.exists()) ? await readRows(table, reading) : [];
  const [head] = own;
  if (head === undefined) {
    const reason = `${options.checkpointTable} has no rows of that name`;
    throw upsurgeError("JOB_UNKNOWN", { job, reason });
  }
  if (!isOfList(head)) return await finishedBefore(own, finishing);
  const rows = await table.readAll(shardNames(job, head.partitions));
  await refuseUnfinished(session, own, rows);
  refuseDifferent(rows, job);
  checkRows(options.expectRows, sumOfCounts(rows.map(({ counts }) => counts)).read, true);
  return await close(finishing, own, rows);
}

/** A job that has finished, by an earlier run or without shards. */
async function finishedBefore(
  rows: readonly Checkpoint[],
  finishing: Finishing,
): Promise<FinishReport> {
  const { job } = finishing;
  if (rows.some(({ total }) => total === null)) {
    throw upsurgeError("SHARDS_MISSING", {
      job,
      reason: "it has no shards, and the load that has begun it has not finished",
      suggestion: "finish it with the command that has begun it",
    });
  }
  const warnings = await moveSequences(finishing);
  const rejects = rows.find(({ source }) => source === 1)?.rejects ?? null;
  return reportOf(finishing, rows, { rejects, already: true, shards: null, warnings, steps: [] });
}

/** Shards that have read different bytes, or written to different tables. */
function refuseDifferent(rows: readonly Checkpoint[], job: string): void {
  const other = findOther(rows);
  if (other !== null) throw readDifferently(other, job);
  if (new Set(rows.map(({ madeAs }) => madeAs)).size < 2) return;
  const reason = "it was dropped and made again while the shards were at work";
  throw upsurgeError("JOB_TABLE", { table: "of the job", job, reason }, { fix: forgetShards(job) });
}

async function close(
  finishing: Finishing,
  list: readonly Checkpoint[],
  rows: readonly Checkpoint[],
): Promise<FinishReport> {
  const { session, table, options } = finishing;
  const steps = scripts("--after", options.after, session.capabilities);
  const shards = rejectsOf(rows);
  const merged = merge(shards, list);
  const rejects = merged?.rejects ?? null;
  await closeShards(
    table,
    { list, rows, rejects },
    async () => void (await runSteps(steps, session)),
  );
  if (rejects !== null) removeMerged(shards);
  const warnings = [...(merged?.warnings ?? []), ...(await moveSequences(finishing))];
  return reportOf(finishing, rows, {
    rejects,
    already: false,
    shards: skewOf(rows, list[0]?.partitions ?? 1),
    warnings,
    steps: steps.map(({ name, sql }) => ({ step: name, sql })),
  });
}

/** The reject files of the shards that have rejects. */
function rejectsOf(rows: readonly Checkpoint[]): RejectOffsets[] {
  return rows.flatMap(({ rejects }) => (rejects === null || rejects.report === 0 ? [] : [rejects]));
}

function merge(
  shards: readonly RejectOffsets[],
  list: readonly Checkpoint[],
): { readonly rejects: RejectOffsets | null; readonly warnings: readonly string[] } | null {
  const [first] = shards;
  if (first === undefined) return null;
  const sources = list.map(({ name }) => name);
  const merged = mergeRejects({ shards, sources, to: wholePath(first.path) });
  if ("rejects" in merged) {
    const { path, files } = merged.rejects;
    const others = files.slice(1).map((_, at) => `${path}.${at + 2}`);
    const warnings = others.map(
      (other) => `rejects of sources with another header are in ${other}`,
    );
    return { rejects: merged.rejects, warnings };
  }
  const paths = shards.map(({ path }) => path).join(", ");
  return {
    rejects: null,
    warnings: [
      `the reject files of the shards are left as they are: ${merged.reason}; they are ${paths}`,
    ],
  };
}

/** What is to be said of sequences that could not be moved. */
async function moveSequences({ session, options }: Finishing): Promise<readonly string[]> {
  const { syncSequences, table } = options;
  if (!syncSequences || table === null) return [];
  const shape = await session.readTableShape(table);
  if (shape === null) {
    return [`the job is finished, but its sequences were not moved: there is no table ${table}`];
  }
  const columns = shape.columns.map(({ name }) => name);
  const done = await session.moveSequences?.({ table: shape }, columns);
  return done?.failed ?? [];
}

function skewOf(rows: readonly Checkpoint[], count: number): FinishReport["shards"] {
  const read = new Map<string, number>();
  for (const { job, counts } of rows) read.set(job, (read.get(job) ?? 0) + counts.read);
  const all = [...read.values()];
  const sum = all.reduce((a, b) => a + b, 0);
  const records: ShardSkew = { least: Math.min(...all), most: Math.max(...all), mean: sum / count };
  return { count, records };
}

function reportOf(
  { options, job, target }: Finishing,
  rows: readonly Checkpoint[],
  more: Pick<FinishReport, "already" | "shards" | "warnings" | "steps"> & {
    readonly rejects: RejectOffsets | null;
  },
): FinishReport {
  const { rejects, ...rest } = more;
  const counts = sumOfCounts(rows.map((row) => row.counts));
  const numbers = [...new Set(rows.map(({ source }) => source))].toSorted((a, b) => a - b);
  const hasRejects = counts.rejected > 0;
  return {
    status: hasRejects ? "rejects" : "ok",
    exit: hasRejects && !options.rejectsOk ? 3 : 0,
    target,
    job,
    counts,
    ...levelsOf(rows),
    // Whose records a commit has taken is not told apart by source.
    sources: numbers.map((number) => rows.find(({ source }) => source === number)?.name ?? ""),
    rejectFile: hasRejects ? (rejects?.path ?? null) : null,
    rejectReport: hasRejects && rejects !== null ? `${rejects.path}.jsonl` : null,
    ...rest,
  };
}

/** The levels of nested records, as the checkpoint names them. */
function levelsOf(rows: readonly Checkpoint[]): Pick<FinishReport, "levels"> {
  const { levels = [], names = [] } = sumOfLoads(rows.map(({ counts }) => counts));
  const told = names.flatMap((name, at) =>
    levels.slice(at, at + 1).map((counts) => ({ ...name, counts })),
  );
  return told.length === 0 ? {} : { levels: told };
}

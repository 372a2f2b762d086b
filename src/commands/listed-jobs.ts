/** The rows of a checkpoint table as jobs: what is a shard goes under the job that it is a shard of. Pure. */
import { isOfList, shardNames } from "../checkpoint/shared-list.ts";
import type { Checkpoint } from "../model/checkpoint.ts";
import { noCounts, sumOfCounts } from "../model/counts.ts";
import type { JobState, ListedJob, ListedShard, ListedSource } from "../model/report/job-list.ts";
import { shardOfName } from "../model/shards/shard.ts";
import { leastFar } from "../model/source-offset.ts";

/** The jobs; `running` are the names whose lock another run holds. */
export function listJobs(
  rows: readonly Checkpoint[],
  running: ReadonlySet<string>,
): readonly ListedJob[] {
  const lists = new Map(rows.filter(isOfList).map(({ job, partitions }) => [job, partitions]));
  const nameOf = ({ job }: Checkpoint): string => {
    const whole = shardOfName(job)?.job;
    return whole !== undefined && lists.has(whole) ? whole : job;
  };
  const names = [...new Set(rows.map(nameOf))];
  return names.map((job) => {
    const own = rows.filter((row) => row.job === job);
    const count = lists.get(job) ?? null;
    return count === null
      ? listedJob(job, own, running.has(job))
      : sharedJob(job, { list: own, rows, running, count });
  });
}

function listedJob(job: string, own: readonly Checkpoint[], isRunning: boolean): ListedJob {
  return {
    job,
    state: stateOf(own, isRunning),
    counts: sumOfCounts(own.map(({ counts }) => counts)),
    sources: sourcesOf(own, isRunning),
    ...timesOf(own),
  };
}

interface SharedRows {
  readonly list: readonly Checkpoint[];
  readonly rows: readonly Checkpoint[];
  readonly running: ReadonlySet<string>;
  readonly count: number;
}

function sharedJob(job: string, { list, rows, running, count }: SharedRows): ListedJob {
  const names = shardNames(job, count);
  const shards = names.map((name, shard) =>
    listedShard(
      shard,
      { own: rows.filter((row) => row.job === name), sources: list.length },
      running.has(name),
    ),
  );
  const all = rows.filter((row) => row.job === job || names.includes(row.job));
  return {
    job,
    state: stateOfAll(shards),
    counts: sumOfCounts(shards.map(({ counts }) => counts)),
    sources: list.map((row) => leastOf(row, shards)),
    shards,
    ...timesOf(all),
  };
}

function listedShard(
  shard: number,
  { own, sources }: { readonly own: readonly Checkpoint[]; readonly sources: number },
  isRunning: boolean,
): ListedShard {
  const ended = new Set(own.filter(({ total }) => total !== null).map(({ source }) => source));
  const state = stateOf(own, isRunning);
  const { owner, updatedAt } = timesOf(own);
  return {
    shard,
    // One that has ended its first source may not have begun the next.
    state:
      own.length === 0
        ? "missing"
        : state === "done" && ended.size < sources
          ? unended(isRunning)
          : state,
    counts: own.length === 0 ? noCounts() : sumOfCounts(own.map(({ counts }) => counts)),
    sources: sourcesOf(own, isRunning),
    owner,
    updatedAt,
  };
}

function unended(isRunning: boolean): JobState {
  return isRunning ? "running" : "stopped";
}

function stateOfAll(shards: readonly ListedShard[]): JobState {
  const has = (state: ListedShard["state"]): boolean => shards.some((each) => each.state === state);
  if (shards.every(({ state }) => state === "done")) return "done";
  if (has("running")) return "running";
  return has("failed") ? "failed" : "stopped";
}

/** Where the shard is that has come least far in a source. */
function leastOf({ name, source }: Checkpoint, shards: readonly ListedShard[]): ListedSource {
  const found = shards.map(({ sources }) => sources[source - 1]);
  const least = found.reduce((a, b) => ((b?.byte ?? -1) < (a?.byte ?? -1) ? b : a));
  const state = found.every((each) => each?.state === "done")
    ? "done"
    : (least?.state ?? "stopped");
  return {
    name,
    state,
    record: least?.record ?? 0,
    byte: least?.byte ?? 0,
    sha256: least?.sha256 ?? "",
  };
}

function timesOf(own: readonly Checkpoint[]): Pick<ListedJob, "owner" | "startedAt" | "updatedAt"> {
  return {
    owner: own[0]?.owner ?? "",
    startedAt: own.map(({ startedAt }) => startedAt).toSorted()[0] ?? "",
    updatedAt:
      own
        .map(({ updatedAt }) => updatedAt)
        .toSorted()
        .at(-1) ?? "",
  };
}

function stateOf(rows: readonly Checkpoint[], isRunning: boolean): JobState {
  if (rows.every((row) => row.total !== null)) return "done";
  if (isRunning) return "running";
  return rows.some((row) => row.failed) ? "failed" : "stopped";
}

function sourcesOf(rows: readonly Checkpoint[], isRunning: boolean): ListedSource[] {
  const numbers = [...new Set(rows.map(({ source }) => source))];
  return numbers.flatMap((number) => {
    const parts = rows.filter(({ source }) => source === number);
    const { name, offset, prefix } = leastFar(parts);
    const { record, byte } = offset;
    return [{ name, state: stateOf(parts, isRunning), record, byte, sha256: prefix }];
  });
}

/**
 * What the shards of a job share: the number of shards and the list of sources, in rows of the job itself, whose partition is
 * -1. The first shard writes them and the others compare; `finish` puts the rows of a finished job in their place.
 */
import { basename } from "node:path";
import { shellWord } from "../errors/shell-word.ts";
import { sourceLabel } from "../errors/source-label.ts";
import { upsurgeError } from "../errors/upsurge-error.ts";
import type { CheckpointValues } from "../model/checkpoint.ts";
import type { JobPlan } from "../model/load-plan.ts";
import { shardJobName } from "../model/shards/shard.ts";
import type { Shard } from "../model/shards/shard.ts";
import type { CheckpointTable } from "./checkpoint-table.ts";
import { emptyRow } from "./cursor.ts";

/** The partition of the rows that hold the list. */
const LIST = -1;

/** A source as the list has it. */
export interface ListedFile {
  /** Its path, absolute. */
  readonly name: string;
  /** As it is stored. */
  readonly bytes: number;
  readonly sha256: string;
}

/** Whether a row is part of a list. */
export function isOfList({ partition }: Pick<CheckpointValues, "partition">): boolean {
  return partition === LIST;
}

/** The names under which the shards of a job are kept. */
export function shardNames(job: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => shardJobName(job, { index, count }));
}

/** Throws `JOB_SHARDS` where a job of shards is met by a load that is none of them. */
export function refuseSharedList(rows: readonly CheckpointValues[], { name }: JobPlan): void {
  const list = rows.find(isOfList);
  if (list === undefined) return;
  const { partitions: count } = list;
  throw upsurgeError("JOB_SHARDS", {
    job: name,
    reason: `it is being loaded by ${count} shards`,
    suggestion: `run each of its shards, from --shard 0/${count} on, and then \`upsurge finish\`; or ${forgetShards(name)}`,
  });
}

/** What begins a job of shards anew, as a part of a fix. */
export function forgetShards(job: string): string {
  return `forget the job and its shards, to load everything again: \`upsurge jobs --to URL --forget ${shellWord(job)}\``;
}

/** What to do where a table is not as a job of shards has left it, as a fix; `job` without the shard. */
export function fixOfTable(job: string): string {
  return `${forgetShards(job)}; or, if nothing is missing from the table, go on where the job stopped with --keep-job`;
}

/** What a shard brings to compare with. */
export interface ListRequest {
  readonly plan: JobPlan;
  readonly shard: Shard;
  /** The job, without the shard. */
  readonly job: string;
  readonly madeAs: string | null;
  readonly owner: string;
  readonly files: readonly ListedFile[];
}

/**
 * Writes the list, or compares it with the one that is there; `null` where the job has finished as a whole. Throws
 * `JOB_SHARDS`, `JOB_OPTIONS`, `JOB_SOURCES` and `SOURCE_CHANGED`.
 */
export async function joinList(
  table: CheckpointTable,
  request: ListRequest,
): Promise<readonly CheckpointValues[] | null> {
  for (;;) {
    const rows = await table.read(request.job);
    if (rows.length > 0) return compare(rows, request);
    // Where another shard has written its list at the same time, that is compared.
    await write(table, request);
  }
}

async function write(table: CheckpointTable, request: ListRequest): Promise<void> {
  const { executor } = table;
  const { plan, job, shard, madeAs, owner, files } = request;
  await executor.begin();
  try {
    for (const [at, { name, bytes, sha256 }] of files.entries()) {
      const owned = { job, config: plan.config, madeAs, epoch: 1, owner };
      await table.insert({
        ...emptyRow(owned, { number: at + 1, name }),
        partition: LIST,
        partitions: shard.count,
        offset: { byte: bytes, record: 0, line: 0 },
        prefix: sha256,
      });
    }
    await executor.commit();
  } catch (error) {
    await executor.rollback();
    if (!executor.isDuplicate(error)) throw error;
  }
}

function compare(
  rows: readonly CheckpointValues[],
  request: ListRequest,
): readonly CheckpointValues[] | null {
  const list = rows.filter(isOfList);
  const { job, shard, plan } = request;
  const [first] = list;
  if (first === undefined) {
    if (rows.every(({ total }) => total !== null)) return null;
    throw upsurgeError("JOB_SHARDS", {
      job,
      reason: "it was begun by a load without --shard, and has not finished",
      suggestion: `finish it with the command that has begun it; or ${forgetShards(job)}`,
    });
  }
  const { partitions: count } = first;
  if (count !== shard.count) {
    throw upsurgeError("JOB_SHARDS", {
      job,
      reason: `it is being loaded by ${count} shards, and this one is of ${shard.count}: keys would have other writers`,
      suggestion: `run it as one of --shard 0/${count} to --shard ${count - 1}/${count}; or ${forgetShards(job)}`,
    });
  }
  if (list.some(({ config }) => config !== plan.config)) {
    const reason =
      "another shard of it has another table, key or mapping, another expression or option of reading, so the same bytes would mean something else";
    throw upsurgeError(
      "JOB_OPTIONS",
      { job, reason },
      { fix: `run all shards with the same options; or ${forgetShards(job)}` },
    );
  }
  compareFiles(list, request);
  return list;
}

function compareFiles(list: readonly CheckpointValues[], { job, files }: ListRequest): void {
  const [had, has] = [list.map(({ name }) => name), files.map(({ name }) => name)].map((names) =>
    names.map((name) => basename(name)),
  );
  if (had === undefined || has === undefined) return;
  const isOther = had.length !== has.length || had.some((name, at) => name !== has[at]);
  if (isOther) {
    const reason = `its first shard reads ${named(had)}, and this one ${named(has)}`;
    const suggestion = `name the same sources in the same order for all shards; or ${forgetShards(job)}`;
    throw upsurgeError("JOB_SOURCES", { job, reason, suggestion });
  }
  for (const [at, row] of list.entries()) {
    const file = files[at];
    if (file === undefined || (row.offset.byte === file.bytes && row.prefix === file.sha256))
      continue;
    const reason =
      row.offset.byte === file.bytes
        ? "its bytes are not those that the first shard of the job has found"
        : `it has ${file.bytes} bytes, and the first shard of the job has found ${row.offset.byte}`;
    throw upsurgeError("SOURCE_CHANGED", {
      path: sourceLabel(file.name),
      job,
      reason,
      suggestion: `put the source back as it was; or ${forgetShards(job)}`,
    });
  }
}

/** The first few of a list. */
function named(names: readonly string[]): string {
  const shown = names.slice(0, 3).map((name) => sourceLabel(name));
  const more = names.length - shown.length;
  return `${shown.join(", ")}${more === 0 ? "" : ` and ${more} more`}`;
}

/** Whether a load can be shared out among processes by key, as it is among writers, and what follows for its plan. */
import { upsurgeError } from "../../errors/upsurge-error.ts";
import type { Partitioning, TablePlan } from "../../model/load-plan.ts";
import { shardLabel } from "../../model/shards/shard.ts";
import type { Shard } from "../../model/shards/shard.ts";
import type { Options } from "../../options/options.ts";
import { rowsObstacle } from "../partitioning.ts";
import type { PartitioningRequest } from "../partitioning.ts";
import type { Choice } from "../strategy.ts";

/** What the choice depends on, besides the plan. */
export interface ShardRequest extends Pick<
  PartitioningRequest,
  "capabilities" | "readOnce" | "orderReason" | "whyUnhashable" | "levelsObstacle"
> {
  readonly options: Pick<Options, "shard" | "defaultOnEmpty">;
  /** Records may lack a named field. */
  readonly openFields: boolean;
  /** What decides which rows belong together. */
  readonly key: Partitioning["key"];
}

/** The shard that a process writes; `null` for a load of one process. Throws `PLAN_SHARDS`. */
export function chooseShard(plan: TablePlan, request: ShardRequest): Choice<Shard | null> {
  const { shard } = request.options;
  if (shard === null || shard.kind === "auto") return { chosen: null, why: "" };
  const { index, count } = shard;
  const reason = processObstacle(request) ?? rowsObstacle(plan, request.key, request);
  const obstacle = reason ?? defaultObstacle(plan, request);
  if (obstacle !== null) throw upsurgeError("PLAN_SHARDS", { reason: obstacle });
  const rows =
    request.key === null
      ? "no key couples rows, and every Nth record is its own"
      : "all sources are read, and the rows whose key hashes to it are written";
  return { chosen: { index, count }, why: `${shardLabel({ index, count })}: ${rows}` };
}

function processObstacle({ capabilities, readOnce }: ShardRequest): string | null {
  if (readOnce) return "every shard reads all sources, and a stream can be read once";
  return capabilities.parallel === true ? null : "this target takes one writer at a time";
}

/** Why a key that the database may fill in is not known before the row is written, as a clause; `null` where it is. */
export function defaultObstacle(
  { table }: TablePlan,
  { key, openFields, options }: Pick<ShardRequest, "key" | "openFields" | "options">,
): string | null {
  const column = table.columns.find(
    ({ name, defaultSql }) =>
      key?.columns.includes(name) === true &&
      defaultSql !== null &&
      (openFields || options.defaultOnEmpty?.includes(name) === true),
  );
  return column === undefined
    ? null
    : `a record may leave the key column ${column.name} to its default, so that keys are not known beforehand`;
}

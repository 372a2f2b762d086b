/** Whether pieces that were split by key can be loaded at the same time, each as a load of its own. */
import { upsurgeError } from "../../errors/upsurge-error.ts";
import type { LoadPlan, Partitioning, TablePlan } from "../../model/load-plan.ts";
import { rowsObstacle } from "../partitioning.ts";
import { defaultObstacle } from "./choose-shard.ts";
import type { ShardRequest } from "./choose-shard.ts";

/** What is decided on, besides the plan. */
export interface PieceRequest extends Pick<
  ShardRequest,
  "openFields" | "orderReason" | "whyUnhashable" | "levelsObstacle"
> {
  readonly options: ShardRequest["options"];
  readonly key: Partitioning["key"];
}

/**
 * Types that store values otherwise than they are given, so that different texts become one key: whoever splits sees only the
 * texts. A target that hashes keys has its own word on types.
 */
const ROUNDED =
  /^(?:real|(?:small)?money|numeric|decimal|bit|(?:small)?datetime|(?:time|datetime2|datetimeoffset)\([0-6]\))(?!\w)/i;

/** A sentence for the plan. Throws `PLAN_PIECE`. */
export function explainPiece(plan: TablePlan, request: PieceRequest): string {
  const { key, whyUnhashable = roundedKey } = request;
  const rows = rowsObstacle(plan, key, { ...request, whyUnhashable });
  const obstacle = rows ?? defaultObstacle(plan, request);
  if (obstacle !== null) throw upsurgeError("PLAN_PIECE", { reason: obstacle });
  return "a piece: other pieces may be loaded at the same time, since no key is in two of them";
}

function roundedKey({ arbiter, table }: TablePlan): string | null {
  const column = table.columns.find(
    ({ name, type }) => arbiter?.columns.includes(name) === true && ROUNDED.test(type),
  );
  if (column === undefined) return null;
  return `the key column ${column.name} (${column.type}) may round what it is given, so that keys of two pieces become one`;
}

/** Throws `PLAN_PIECE` for a piece that was split by other fields than those of the key. */
export function refuseOtherSplit(
  { partitioning: { key }, tables: [root] }: Pick<LoadPlan, "partitioning" | "tables">,
  split: readonly string[],
): void {
  if (key === null || root === undefined) return;
  const other = split.find((name) => !fillsKey(root, key.columns, name));
  if (other === undefined) return;
  const reason = `they were split by ${split.join(", ")}, and ${other} is not in the key ${key.columns.join(", ")}: rows of one key may be in two pieces`;
  throw upsurgeError("PLAN_PIECE", { reason });
}

/** Whether a field that a split named fills a column of the key; it may be of another case in the sources. */
function fillsKey({ mapping }: TablePlan, key: readonly string[], name: string): boolean {
  const same = mapping.filter(({ field }) => field.toLowerCase() === name.toLowerCase());
  const found = same.find(({ field }) => field === name) ?? same[0];
  if (found !== undefined) return key.includes(found.column);
  // A piece of JSON without a record has no fields; one that its first records have not would fill the column of its name.
  return mapping.length === 0 || key.some((each) => each.toLowerCase() === name.toLowerCase());
}

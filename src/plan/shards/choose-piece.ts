/** Whether pieces that were split by key can be loaded at the same time, each as a load of its own. */
import { upsurgeError } from "../../errors/upsurge-error.ts";
import type { Partitioning, TablePlan } from "../../model/load-plan.ts";
import { rowsObstacle } from "../partitioning.ts";
import { defaultObstacle } from "./choose-shard.ts";
import type { ShardRequest } from "./choose-shard.ts";

/** What is decided on, besides the plan. */
export interface PieceRequest extends Pick<
  ShardRequest,
  "openFields" | "orderReason" | "whyUnhashable"
> {
  readonly options: ShardRequest["options"];
  readonly key: Partitioning["key"];
}

/**
 * Types that store values otherwise than they are given, so that different texts become one key: whoever splits sees only the
 * texts. A target that hashes keys has its own word on types.
 */
const ROUNDED = /^(?:real|(?:small)?money|numeric|decimal|(?:small)?datetime)\b(?!offset|2)/i;

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

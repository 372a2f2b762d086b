/** Among whom the rows of a load are shared out: the writers of this process, and other processes. Pure. */
import type { LoadPlan, Partitioning, TablePlan } from "../../model/load-plan.ts";
import { isJob } from "../../options/is-job.ts";
import type { Options } from "../../options/options.ts";
import { orderReason } from "../isolation.ts";
import type { IsolationRequest } from "../isolation.ts";
import { choosePartitioning } from "../partitioning.ts";
import type { PartitioningRequest } from "../partitioning.ts";
import type { Choice } from "../strategy.ts";
import { explainPiece } from "./choose-piece.ts";
import { chooseShard } from "./choose-shard.ts";

/** What the choice depends on, besides the plan. */
export interface SharingRequest extends Pick<
  PartitioningRequest,
  "capabilities" | "commitRows" | "hasDdl" | "hasSteps" | "whyUnhashable" | "levelsObstacle"
> {
  readonly options: Options;
  readonly openFields: boolean;
  readonly readOnce?: boolean;
  /** What couples the rows of the plan. */
  readonly together: IsolationRequest;
}

/** Who writes what. */
export interface Sharing {
  readonly partitioning: Choice<Partitioning>;
  /** The table as this process writes it. */
  readonly table: TablePlan;
  /** The shard of the load that it writes, where there are several. */
  readonly shard: Pick<LoadPlan, "shard">;
  readonly why: readonly string[];
}

/** Shares the rows of a table out. Throws `PLAN_SHARDS` and `PLAN_PIECE`. */
export function shareOut(plan: TablePlan, request: SharingRequest): Sharing {
  const { options, together, readOnce = false } = request;
  const common = {
    ...request,
    readOnce,
    orderReason: (arbiter: TablePlan["arbiter"]) =>
      orderReason(plan.table, { ...together, arbiter }),
  };
  const partitioning = choosePartitioning(plan, {
    ...common,
    writers: options.writers,
    rehearsal: options.dryRun || options.check,
    remembered: isJob(options),
  });
  const { key } = partitioning.chosen;
  if (options.piece) {
    const piece = explainPiece(plan, { ...common, key });
    return { partitioning, table: { ...plan, isShared: true }, shard: {}, why: [piece] };
  }
  const { chosen, why } = chooseShard(plan, { ...common, key });
  if (chosen === null) return { partitioning, table: plan, shard: {}, why: [] };
  return { partitioning, table: { ...plan, isShared: true }, shard: { shard: chosen }, why: [why] };
}

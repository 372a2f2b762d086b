/**
 * How many writers a load has, and how rows are shared out among them: rows that can meet the same target row must go
 * to the same writer, in file order. Where that cannot be held, one writer does all.
 */
import { upsurgeError } from "../errors/upsurge-error.ts";
import type { Arbiter, Partitioning, TablePlan } from "../model/load-plan.ts";
import type { TableShape, UniqueKey } from "../model/table-shape.ts";
import type { Capabilities } from "../targets/capabilities.ts";
import { arbiterOf } from "./key/arbiter.ts";
import { isArbiter, keyName } from "./key/key-name.ts";
import type { Choice } from "./strategy.ts";

/** What the choice depends on, besides the plan so far. */
export interface PartitioningRequest {
  /** As the user asked for. */
  readonly writers: number;
  /** The most records that a writer commits at once; `null` when a load is committed once, at its end. */
  readonly commitRows: number | null;
  /** The load creates its table, or columns of it. */
  readonly hasDdl: boolean;
  /** Something is run before or after the rows. */
  readonly hasSteps: boolean;
  /** The load is undone at its end. */
  readonly rehearsal: boolean;
  /** The load is a job. */
  readonly remembered: boolean;
  /** A source cannot be read again. */
  readonly readOnce: boolean;
  readonly capabilities: Pick<Capabilities, "parallel">;
  /** Why the target cannot hash the keys of a plan; absent where it hashes none. */
  readonly whyUnhashable?: ((plan: TablePlan) => string | null) | undefined;
  /** Why rows must keep their order when this arbiter decides. */
  readonly orderReason: (arbiter: Arbiter | null) => string | null;
  /** Why records with different values of this key may have rows in common, in members; absent: they hold no others. */
  readonly levelsObstacle?: ((key: Arbiter | null) => string | null) | undefined;
}

/** The writers of a load; the sentence is empty where nobody asked for several. */
export function choosePartitioning(
  plan: TablePlan,
  request: PartitioningRequest,
): Choice<Partitioning> {
  const { writers } = request;
  const by = deciderOf(plan);
  // One writer goes on after several: it must know how they shared the rows out.
  const one: Partitioning = { writers: 1, key: by };
  if (writers === 1) return { chosen: one, why: "" };
  const obstacle = loadObstacle(request) ?? rowsObstacle(plan, by, request);
  if (obstacle !== null) return { chosen: one, why: obstacle };
  const why =
    by === null
      ? "no key couples rows, so any writer may take them"
      : "rows with the same key go to the same writer";
  return { chosen: { writers, key: by }, why };
}

/** Throws `PLAN_UNSUPPORTED` for more records between two commits than the server's transactions take. */
export function refuseLargeCommits(every: number, most: number | undefined): void {
  if (most === undefined || every <= most) return;
  throw upsurgeError("PLAN_UNSUPPORTED", {
    what: `--commit ${every}`,
    reason: `this server changes no more than some ${most} records in a transaction`,
    suggestion: `pass --commit ${most}`,
  });
}

/** Why the rows of a plan cannot be shared out by this key; `null` where they can. */
export function rowsObstacle(
  plan: TablePlan,
  by: Arbiter | null,
  request: Pick<PartitioningRequest, "orderReason" | "whyUnhashable" | "levelsObstacle">,
): string | null {
  return (
    tableObstacle(plan) ?? keyObstacle(plan, by, request) ?? request.levelsObstacle?.(by) ?? null
  );
}

/** What decides which rows belong together; `null`: nothing does. */
export function deciderOf(plan: TablePlan): Arbiter | null {
  return plan.mode === "insert" ? insertArbiter(plan.table) : plan.arbiter;
}

function loadObstacle(request: PartitioningRequest): string | null {
  if (request.rehearsal) return "a load that is undone is one transaction";
  if (request.commitRows === null) return "all or nothing cannot span several connections";
  if (request.hasDdl)
    return "other connections see the table that this load creates only after the commit";
  if (request.hasSteps) return "what is run before or after the rows belongs to their transaction";
  // A reject among rows that were shared out takes another try.
  if (request.remembered && request.readOnce) return "a stream cannot be read again";
  return request.capabilities.parallel === true ? null : "this target takes one writer at a time";
}

/** Why the rows of a table take one writer, whatever their keys. */
export function tableObstacle(plan: TablePlan): string | null {
  const { table, mode, strategy, isolation, lookups = [] } = plan;
  if (isolation.rowByRow !== null) return isolation.rowByRow;
  const deletes = plan.recordDeletes?.plan.isolation.rowByRow ?? null;
  if (deletes !== null) return deletes;
  if (lookups.some(({ missing }) => missing === "insert"))
    return "several writers could make the same row of a look-up";
  if (table.kind !== "table") return "what is behind the table may couple rows";
  if (table.foreignKeys.some((each) => each.selfReferencing)) return "rows refer to each other";
  if (mode === "update" || strategy === "select-then-write" || plan.uncounted) {
    return "looking up rows before writing them locks the table";
  }
  return null;
}

function keyObstacle(
  plan: TablePlan,
  by: Arbiter | null,
  { orderReason, whyUnhashable }: Pick<PartitioningRequest, "orderReason" | "whyUnhashable">,
): string | null {
  if (by !== null && by.kind !== "expressions")
    return "such a conflict shows only when a row is written";
  const other = plan.table.uniqueKeys.find((key) => !isArbiter(key, by) && mayCollide(key, plan));
  if (other !== undefined) {
    return `the unique key ${keyName(other)} may couple rows with different keys`;
  }
  const order = orderReason(by);
  if (order !== null || by === null) return order;
  const carried = new Set(plan.columns.map(({ name }) => name));
  const absent = by.columns.find((name) => !carried.has(name));
  if (absent !== undefined) return `the key column ${absent} is not in the source`;
  const valued = plan.values?.columns.find(({ column }) => by.columns.includes(column.name));
  if (valued !== undefined)
    return `an expression of --value fills the key column ${valued.column.name}, so that keys are not known beforehand`;
  const looked = plan.lookups?.find(({ column }) => by.columns.includes(column.name));
  if (looked !== undefined)
    return `the key column ${looked.column.name} is looked up, so that keys are not known beforehand`;
  if (whyUnhashable === undefined) return "this target cannot tell equal keys apart beforehand";
  return whyUnhashable({ ...plan, arbiter: by });
}

/** False for a key that is NULL in every new row: NULLs do not collide. */
export function mayCollide({ columns, nullsDistinct, kind }: UniqueKey, plan: TablePlan): boolean {
  if (kind === "exclusion" || !nullsDistinct) return true;
  return !columns.some((name) => {
    const column = plan.table.columns.find((each) => each.name === name);
    if (column === undefined || !column.nullable) return false;
    const written =
      plan.columns.includes(column) ||
      [...plan.update.sets, ...plan.update.stamps].some((each) => each.column === name);
    return (
      !written &&
      column.defaultSql === null &&
      column.generatedSql === null &&
      column.identity === null
    );
  });
}

/** What decides among inserted rows: their one unique key; `null` when there is none. */
function insertArbiter({ uniqueKeys }: TableShape): Arbiter | null {
  const [key] = uniqueKeys;
  return key === undefined ? null : arbiterOf(key, key.predicate, { matchNulls: false });
}

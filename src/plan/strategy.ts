/** Chooses how rows are written: by the database's own upsert, or by looking first. */
import { upsurgeError } from "../errors/upsurge-error.ts";
import type { Arbiter, Mode, RowSource, Strategy, UpdateRule } from "../model/load-plan.ts";
import type { TableShape } from "../model/table-shape.ts";
import type { Capabilities } from "../targets/capabilities.ts";

/** A choice and the sentence that explains it. */
export interface Choice<T> {
  readonly chosen: T;
  readonly why: string;
}

/** What the choice of a strategy depends on, besides the table. */
export interface StrategyRequest {
  readonly asked: "auto" | Strategy;
  readonly mode: Mode;
  readonly arbiter: Arbiter | null;
  readonly update: UpdateRule;
  /** NULL keys are to match, and no index does that by itself. */
  readonly matchNulls: boolean;
}

/** The strategy of a load. Throws `PLAN_UNSUPPORTED` when `native` was asked for and cannot be. */
export function chooseStrategy(
  shape: TableShape,
  capabilities: Capabilities,
  request: StrategyRequest,
): Choice<Strategy> {
  const obstacle = nativeObstacle(shape, capabilities, request);
  if (request.asked === "select-then-write") {
    return { chosen: "select-then-write", why: "asked for with --strategy" };
  }
  const doubt = upserts(request.mode) ? (capabilities.nativeDoubt ?? null) : null;
  const reason = whyUncounted(shape, capabilities, request.mode) ?? doubt;
  if (obstacle === null && reason === null) {
    return { chosen: "native", why: nativeReason(request) };
  }
  if (obstacle === null && request.asked === "native") {
    return { chosen: "native", why: "asked for with --strategy" };
  }
  if (request.asked === "native") {
    throw upsurgeError("PLAN_UNSUPPORTED", {
      what: "--strategy native",
      reason: obstacle ?? "",
      suggestion: "leave --strategy out, or pass --strategy select-then-write",
    });
  }
  return { chosen: "select-then-write", why: obstacle ?? reason ?? "" };
}

/** True where the native strategy writes by an upsert. */
function upserts(mode: Mode): boolean {
  return mode === "upsert" || mode === "ignore";
}

/** Why the native statement alone cannot tell inserted from updated rows; `null` when it can. */
export function whyUncounted(
  shape: TableShape,
  capabilities: Capabilities,
  mode: Mode,
): string | null {
  const plain = shape.kind !== "partitioned" && shape.kind !== "view";
  if (plain || mode !== "upsert" || capabilities.countsPartitioned) return null;
  const what = shape.kind === "view" ? "a view" : "a partitioned table";
  return `an upsert into ${what} cannot tell inserted from updated rows on this version`;
}

function nativeReason({ mode, arbiter }: StrategyRequest): string {
  if (mode === "insert") return "plain INSERT: a record whose key exists is rejected";
  if (mode === "update") return "UPDATE of the rows that are found; nothing is inserted";
  if (arbiter?.name === null && arbiter.kind === "expressions") {
    return "the database's own upsert takes any key; without a unique index it locks as much as it reads";
  }
  return "a unique index decides, so the database's own upsert is exact and never races";
}

function nativeObstacle(
  shape: TableShape,
  capabilities: Capabilities,
  { mode, arbiter, update, matchNulls }: StrategyRequest,
): string | null {
  if (!upserts(mode)) return null;
  // Each unique key of a partitioned table has the columns by which its rows are placed.
  if (shape.kind === "partitioned" && mode === "upsert" && changesKey(update, arbiter)) {
    return "an upsert that changes the key of a partitioned table could not move a row to another partition";
  }
  if (shape.upsertHazard !== null) return shape.upsertHazard;
  if (shape.triggers.some((trigger) => trigger.timing === "instead")) {
    return "INSTEAD OF triggers take no upsert";
  }
  if (shape.kind === "view" && capabilities.upsertsViews !== true)
    return "this database upserts no views";
  if (shape.kind === "virtual") return "virtual tables take no upsert";
  if (arbiter?.kind === "any" && capabilities.anyConstraint !== true)
    return "no native form for any unique key";
  if (capabilities.upsertsWithoutIndex === true) return null;
  if (matchNulls && arbiter?.nullsEqual === true && arbiter.columns.length > 0) {
    return "--null-key match: the unique index takes NULLs as different keys";
  }
  return null;
}

/** Whether a row that is found may get another key. */
function changesKey({ columns, sets, stamps }: UpdateRule, arbiter: Arbiter | null): boolean {
  const changed = [...columns, ...[...sets, ...stamps].map(({ column }) => column)];
  return changed.some((name) => arbiter?.columns.includes(name) === true);
}

/** The row source of a load. Throws `PLAN_UNSUPPORTED` for one the target has not. */
export function chooseRowSource(
  capabilities: Capabilities,
  asked: "auto" | RowSource,
): Choice<RowSource> {
  const [first] = capabilities.rowSources;
  if (asked === "auto") return { chosen: first ?? "values", why: "the target's fastest" };
  if (!capabilities.rowSources.includes(asked)) {
    throw upsurgeError("PLAN_UNSUPPORTED", {
      what: `--row-source ${asked}`,
      reason: `this target has ${capabilities.rowSources.join(", ")}`,
      suggestion: "leave --row-source out",
    });
  }
  if (capabilities.setBased) return { chosen: asked, why: "asked for with --row-source" };
  return {
    chosen: asked,
    why: "rows are applied one at a time in process, whatever the row source",
  };
}

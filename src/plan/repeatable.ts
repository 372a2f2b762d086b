/** Whether to load the same sources once more would leave the table as it is: what a finished load need not be remembered for. */
import type { TablePlan } from "../model/load-plan.ts";
import { keepsRows } from "../model/table-shape.ts";
import type { TableShape } from "../model/table-shape.ts";

/** What decides it. */
type RepeatablePlan = Pick<
  TablePlan,
  | "table"
  | "mode"
  | "arbiter"
  | "update"
  | "columns"
  | "nullKey"
  | "emptied"
  | "recordDeletes"
  | "missing"
>;

/**
 * True for a load by plain key columns that writes what is in the source and nothing else. Counters, stamps, conditions
 * and triggers may do more at the second time, and rows without a key would be there twice.
 */
export function isRepeatable(plan: RepeatablePlan): boolean {
  const { mode, update, nullKey } = plan;
  // A row that is deleted takes along what refers to it, and may come back with other ids.
  if (plan.recordDeletes !== undefined || plan.missing !== undefined) return false;
  // What the first time has written is gone by then.
  if (plan.emptied !== undefined) return doesNoMore(plan.table);
  if (mode === "insert" || nullKey === "insert") return false;
  if (update.sets.length > 0 || update.stamps.length > 0 || update.where !== null) return false;
  return findsEachRow(plan) && doesNoMore(plan.table);
}

/** Every row is met by its key the second time, and no other key can refuse it in between. */
function findsEachRow({ table, arbiter, columns }: RepeatablePlan): boolean {
  if (arbiter === null || arbiter.kind !== "expressions" || !arbiter.plain) return false;
  if (arbiter.predicate !== null) return false;
  const written = new Set(columns.map(({ name }) => name));
  return table.uniqueKeys.every(
    (key) => isArbiter(key.columns, arbiter.columns) || !isTouched(key.columns, written),
  );
}

/** Nothing of the table's own is set off by a row that is written. */
function doesNoMore(shape: TableShape): boolean {
  return keepsRows(shape) && !shape.rewritten && shape.triggers.length === 0;
}

function isArbiter(columns: readonly (string | null)[], arbiter: readonly string[]): boolean {
  return (
    columns.length === arbiter.length &&
    columns.every((name) => name !== null && arbiter.includes(name))
  );
}

function isTouched(columns: readonly (string | null)[], written: ReadonlySet<string>): boolean {
  return columns.some((name) => name === null || written.has(name));
}

/** Which method of writing a plan asks for; what the statements, the stage and the locks must agree on. Pure. */
import type { Arbiter, TablePlan } from "../../../model/load-plan.ts";

/** A plan whose rows are looked up by the parts of a key. */
export type LookingPlan = TablePlan & { readonly arbiter: Arbiter };

/** True when the parts of a key decide which target row is meant. */
export function isLooking(plan: TablePlan): plan is LookingPlan {
  return plan.arbiter?.kind === "expressions";
}

/** True when rows are looked up before they are written; a conflict on "any" key shows only in the writing. */
export function looksUp(plan: TablePlan): plan is LookingPlan {
  if (plan.arbiter?.kind !== "expressions" || plan.mode === "insert") return false;
  if (plan.mode === "update") return true;
  return plan.strategy === "select-then-write" && !mustPropose(plan);
}

/**
 * True when BEFORE INSERT triggers fire and a unique index decides: the native upsert fires them for every proposed row
 * and lets them change it, its key included. Looking up could not do the same, so the native statement serves
 * select-then-write as well, under its lock.
 */
function mustPropose({ arbiter, table, nullKey }: TablePlan): boolean {
  return (
    firesBeforeInsert({ table }) &&
    arbiter?.name !== null &&
    table.kind !== "view" &&
    nullKey !== "match"
  );
}

/** True when the key is one of plain columns, with an index that compares as they do: an equality finds its rows by it. */
export function findsByIndex({ arbiter, table }: TablePlan): boolean {
  if (arbiter?.kind !== "expressions" || !arbiter.plain || arbiter.predicate !== null) return false;
  const key = table.uniqueKeys.find(({ name }) => name === arbiter.name);
  return key?.standard === true && !arbiter.nullsEqual;
}

/** True when the table has a row trigger that runs before an insert, and may change or drop the row. */
export function firesBeforeInsert({ table }: Pick<TablePlan, "table">): boolean {
  return table.triggers.some(
    ({ timing, level, events }) =>
      timing === "before" && level === "row" && events.includes("insert"),
  );
}

/** True when an attempt that is undone would leave a trace: sequences do not roll back, and triggers may use some. */
export function leavesTraces({ table }: TablePlan): boolean {
  const counts = table.columns.some(
    ({ identity, volatileDefault }) => volatileDefault && identity !== null,
  );
  return counts || table.triggers.some(({ traceless }) => traceless !== true);
}

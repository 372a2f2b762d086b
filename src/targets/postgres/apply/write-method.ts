/** What the writer of a plan knows of its table beside the method that the plan names. Pure. */
import type { TablePlan } from "../../../model/load-plan.ts";
import { keyedPlan } from "../../../sql/match.ts";
import type { KeyedPlan } from "../../../sql/match.ts";

/** The plan with its key where rows are looked up before they are written; else `null`. */
export function lookingPlan(plan: TablePlan): KeyedPlan | null {
  return plan.method.statement === "look-then-write" ? keyedPlan(plan) : null;
}

/** True when an attempt that is undone would leave a trace: sequences do not roll back, and triggers may use some. */
export function leavesTraces({ table }: TablePlan): boolean {
  const counts = table.columns.some(
    ({ identity, volatileDefault }) => volatileDefault && identity !== null,
  );
  return counts || table.triggers.some(({ traceless }) => traceless !== true);
}

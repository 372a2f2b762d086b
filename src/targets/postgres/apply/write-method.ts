/** What the writer of a plan knows of its table beside the method that the plan names. Pure. */
import type { Arbiter, TablePlan } from "../../../model/load-plan.ts";

/** A plan whose rows are looked up by the parts of a key. */
export type LookingPlan = TablePlan & { readonly arbiter: Arbiter };

/** The plan with the key that its method looks rows up by; `null` where a conflict shows only in the writing. */
export function keyedPlan(plan: TablePlan): LookingPlan | null {
  const { key } = plan.method;
  return key === null ? null : { ...plan, arbiter: key };
}

/** The same where rows are looked up before they are written; else `null`. */
export function lookingPlan(plan: TablePlan): LookingPlan | null {
  return plan.method.statement === "look-then-write" ? keyedPlan(plan) : null;
}

/** True when an attempt that is undone would leave a trace: sequences do not roll back, and triggers may use some. */
export function leavesTraces({ table }: TablePlan): boolean {
  const counts = table.columns.some(
    ({ identity, volatileDefault }) => volatileDefault && identity !== null,
  );
  return counts || table.triggers.some(({ traceless }) => traceless !== true);
}

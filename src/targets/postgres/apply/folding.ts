/** What the statements of a fold are made of. Pure. */
import type { TablePlan } from "../../../model/load-plan.ts";
import type { FoldPlan } from "../../../model/plan/fold-plan.ts";
import { qualify } from "../../../sql/expressions.ts";
import { keyedPlan } from "../../../sql/match.ts";
import type { KeyedPlan } from "../../../sql/match.ts";
import { quoteIdentifier } from "../quote.ts";

/** A fold, and the plan that it is of. */
export interface FoldRules extends FoldPlan {
  readonly plan: KeyedPlan;
}

/** How the repeats of this plan are folded; `null` where they are written one by one. */
export function foldingOf(plan: TablePlan): FoldRules | null {
  const keyed = keyedPlan(plan);
  return keyed === null || plan.fold === undefined ? null : { ...plan.fold, plan: keyed };
}

/** SQL over bare column names, each as a column of the row that `alias` holds. */
export function qualifiedBy(alias: string, sql: string, { table }: TablePlan): string {
  return qualify(sql, alias, { columns: table.columns.map(({ name }) => name), quoteIdentifier });
}

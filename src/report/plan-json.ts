/** A plan for scripts: `upsurge plan --json`. */
import type { PlanReport } from "../model/plan-report.ts";

/** The plan on one line. What is decided of a table is with the plan: of the first, where a load has several. */
export function planJson({ plan, ...report }: PlanReport): string {
  const { tables, ...load } = plan;
  return JSON.stringify({ plan: { ...tables[0], ...load }, ...report });
}

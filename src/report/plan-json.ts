/** A plan for scripts: `upsurge plan --json`. */
import type { PlanReport, RunPlanReport } from "../model/report/plan-report.ts";

/** The plan on one line. What is decided of a table is with the plan: of the first, where a load has several. */
export function planJson(report: PlanReport): string {
  return JSON.stringify(planValue(report));
}

/** The plan of a run on one line, its loads in their order. */
export function runPlanJson({ loads, ...run }: RunPlanReport): string {
  const plans = loads.map(({ load, ...report }) => ({ load, ...planValue(report) }));
  return JSON.stringify({ ...run, loads: plans });
}

function planValue({ plan, ...report }: PlanReport): object {
  const { tables, ...load } = plan;
  return { plan: { ...tables[0], ...load }, ...report };
}

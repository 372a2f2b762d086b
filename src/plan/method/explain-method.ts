/** Says how the rows of a table are written. */
import type { TablePlan } from "../../model/load-plan.ts";

/** How rows are written: a line for the method, and one for each that it falls back on. */
export function explainMethod({ method, isolation }: TablePlan): string[] {
  const { name, fallBacks, why } = method;
  // Why rows go alone is said of the isolation.
  if (isolation.rowByRow !== null) return [`method ${name}: ${why.slice(1).join("; ")}`];
  if (fallBacks.length === 0) return [`method ${name}: ${why.join("; ")}`];
  return [name, ...fallBacks].map(
    (each, at) => `${at === 0 ? "method" : "falls back on"} ${each}: ${why[at] ?? ""}`,
  );
}

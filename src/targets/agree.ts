/** For as long as both are there: the method of a plan says what the predicates of its target say. */
import { upsurgeError } from "../errors/upsurge-error.ts";
import type { TablePlan } from "../model/load-plan.ts";

/** Throws `INTERNAL` where a pair differs. */
export function agree(
  plan: TablePlan,
  pairs: Readonly<Record<string, readonly [decided: unknown, predicate: unknown]>>,
): void {
  for (const [name, [decided, predicate]] of Object.entries(pairs)) {
    if (decided === predicate) continue;
    const { method, table } = plan;
    throw upsurgeError("INTERNAL", {
      message: `the method of ${table.name.name} says ${name} ${String(decided)}, the predicate ${String(predicate)}: ${JSON.stringify(method)}`,
    });
  }
}

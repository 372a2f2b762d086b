/** The key columns in which a NULL is a reject. Pure. */
import type { TablePlan } from "../../model/load-plan.ts";

/** Not those that are stamped: the record has no say in them. */
export function guardedColumns({
  arbiter,
  nullKey,
  update,
}: Pick<TablePlan, "arbiter" | "nullKey" | "update">): ReadonlySet<string> {
  if (nullKey !== "reject" || arbiter === null || arbiter.nullsEqual) return new Set();
  const stamped = update.stamps.map((stamp) => stamp.column);
  return new Set(arbiter.columns.filter((name) => !stamped.includes(name)));
}

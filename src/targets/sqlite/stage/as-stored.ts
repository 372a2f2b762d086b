/**
 * Values as their columns will store them. Where a conflict is one of the rowid, SQLite looks for it before it converts what is to
 * be inserted: `excluded` then shows a number as the text that was bound, and `max(target.n, excluded.n)` takes any text for
 * more than any number. A conflict of an index comes after the conversion.
 */
import type { TablePlan } from "../../../model/load-plan.ts";
import { quoteIdentifier } from "../quote.ts";
import type { Affinity } from "../catalog/types.ts";

/** Whether an expression of the user's may see values of a row before SQLite has converted them. */
export function seesUnconverted({ table, arbiter, update }: TablePlan): boolean {
  if (arbiter?.kind !== "expressions" || (update.where === null && update.sets.length === 0)) {
    return false;
  }
  const rowid = table.columns.find(({ identity }) => identity === "rowid");
  const [key, ...more] = arbiter.keyExpressions;
  return rowid !== undefined && more.length === 0 && key === quoteIdentifier(rowid.name);
}

/**
 * `value` with what its column makes of it: `iif(cast(c0 as numeric) = c0, cast(c0 as numeric), c0)`. A text that is no number differs
 * from what the cast makes of it, and stays as it is; so do NULL and bytes.
 */
export function asStored(value: string, affinity: Affinity | undefined): string {
  if (affinity === undefined || affinity === "text" || affinity === "blob") return value;
  const type = affinity === "real" ? "real" : "numeric";
  return `iif(cast(${value} as numeric) = ${value}, cast(${value} as ${type}), ${value})`;
}

/** Which columns a load has written values of its own to. Pure. */
import type { Counts } from "../model/counts.ts";
import type { TablePlan } from "../model/load-plan.ts";

/** Of the columns that rows carried, and those of expressions: the ones that ended in the table. */
export function writtenColumns(
  { update }: Pick<TablePlan, "update">,
  carried: readonly string[],
  { inserted, updated }: Counts,
): string[] {
  const stamped = update.stamps.map(({ column }) => column);
  const set = update.sets.map(({ column }) => column);
  const moved = carried.filter((name) => update.columns.includes(name));
  return [
    ...new Set([
      ...(inserted > 0 ? [...carried, ...stamped] : []),
      ...(updated > 0 ? [...moved, ...set, ...stamped] : []),
    ]),
  ];
}

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

/**
 * Those that hold values of the records by now, by this load or by an earlier one: an id that was found unchanged is one that
 * the database must not make again.
 */
export function heldColumns(
  table: Pick<TablePlan, "update">,
  carried: readonly string[],
  { read, ...kept }: Counts,
): string[] {
  if (read === 0) return [];
  return writtenColumns(table, carried, { ...kept, read, inserted: read, updated: read });
}

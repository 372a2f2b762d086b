/**
 * The tables that a transaction is begun with: those of its loads, behind them those of levels of nested records, and those
 * whose columns are set late. Pure.
 */
import type { TablePlan } from "../model/load-plan.ts";

/** Where a table is among those that a transaction was begun with. */
export interface WrittenTable {
  readonly at: number;
  /** Of its second pass; absent: it has none. */
  readonly lateAt?: number;
  /** Of the levels of its records, `null` for one that is only looked up; absent: they have none. */
  readonly levelsAt?: readonly (number | null)[];
}

/** The tables of a load. */
type LoadTables = readonly [TablePlan, ...TablePlan[]];

/** What a transaction is begun with for these loads, and where each of them is in it. */
export function tablesWritten(loads: readonly LoadTables[]): {
  readonly tables: readonly TablePlan[];
  readonly places: readonly WrittenTable[];
} {
  const tables: TablePlan[] = loads.map(([table]) => table);
  const places = loads.map(([{ late }, ...levels], at): WrittenTable => {
    const levelsAt = levels.map((level) => (level.finds === true ? null : tables.push(level) - 1));
    return {
      at,
      ...(late === undefined ? {} : { lateAt: tables.push(late.plan) - 1 }),
      ...(levelsAt.length === 0 ? {} : { levelsAt }),
    };
  });
  return { tables, places };
}

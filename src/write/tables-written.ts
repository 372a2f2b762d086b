/** The tables that a transaction is begun with: those of its loads, and behind them those whose columns are set late. Pure. */
import type { TablePlan } from "../model/load-plan.ts";

/** Where a table is among those that a transaction was begun with. */
export interface WrittenTable {
  readonly at: number;
  /** Of its second pass; absent: it has none. */
  readonly lateAt?: number;
}

/** What a transaction is begun with for these plans, and where each of them is in it. */
export function tablesWritten(plans: readonly TablePlan[]): {
  readonly tables: readonly TablePlan[];
  readonly places: readonly WrittenTable[];
} {
  const tables = [...plans];
  const places = plans.map(({ late }, at): WrittenTable => {
    if (late === undefined) return { at };
    tables.push(late.plan);
    return { at, lateAt: tables.length - 1 };
  });
  return { tables, places };
}

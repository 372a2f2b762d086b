/**
 * What select-then-write needs beside the statements that databases share: they run under a lock that keeps other writers
 * out, over staged rows without repeats. Pure.
 */
import type { TablePlan } from "../../../model/load-plan.ts";
import { onlyTable } from "../dialect.ts";

/** Parameters that hold the least and the greatest key: the index is then read from one to the other. */
export type KeyBounds = readonly [least: string, most: string];

/** ` and target."a" between $1 and $2`: keeps a join that reads the key in order to the range that counts. */
export function withinSql({ arbiter }: TablePlan, bounds: KeyBounds | null): string {
  if (bounds === null || arbiter === null) return "";
  return ` and target.${arbiter.keyExpressions[0] ?? ""} between ${bounds[0]} and ${bounds[1]}`;
}

/** Keeps other writers out while rows are looked up and written. */
export function lockTable(plan: TablePlan): string {
  return `lock table ${onlyTable(plan)} in share row exclusive mode`;
}

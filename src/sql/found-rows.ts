/** What is asked of the rows of the table that incoming rows meet, and how those are updated or deleted. Pure. */
import type { TablePlan } from "../model/load-plan.ts";
import type { Dialect, MeetRows, Meeting } from "./dialect.ts";
import { updateSql } from "./update.ts";

/** What the rows meet: how many rows of the table, and of those which the condition skips and which would not change. */
export function meetSql(
  plan: TablePlan,
  columns: readonly string[],
  { relation, match, condition }: MeetRows,
  dialect: Dialect,
): string {
  const where = condition === null ? "" : `\nwhere ${condition}`;
  const from = `from ${relation} as excluded ${dialect.join} ${dialect.target(plan)} on ${match}${where}`;
  if (plan.deletesRows === true) {
    return dialect.meet({ ...tested(plan, null), from, columns, tells: "skipped" });
  }
  const update = updateSql(plan, columns, dialect);
  const tells = update === null ? "nothing" : "unchanged";
  return dialect.meet({ ...tested(plan, update?.differs ?? null), from, columns, tells });
}

function tested({ update }: TablePlan, differs: string | null): Pick<Meeting, "where" | "differs"> {
  return { where: update.where, differs };
}

/** The update of the rows that are met, or their delete; `null` when there is nothing to update. */
export function updateFoundSql(
  plan: TablePlan,
  columns: readonly string[],
  rows: MeetRows,
  dialect: Dialect,
): string | null {
  const tests = [rows.condition, plan.update.where];
  if (plan.deletesRows === true) return dialect.deleteFound({ plan, rows, tests: known(tests) });
  const update = updateSql(plan, columns, dialect);
  if (update === null) return null;
  return dialect.updateFound({ plan, rows, tests: known([...tests, update.differs]) }, update);
}

/** Each in parentheses, joined by `and`. */
export function allOf(tests: readonly string[]): string {
  return tests.map((test) => `(${test})`).join(" and ");
}

function known(tests: readonly (string | null)[]): string[] {
  return tests.filter((test) => test !== null);
}

/** What rows are that are found with nothing to update in them: left alone as the user said, or as their file has them. Pure. */
import type { BatchResult } from "../model/batch.ts";
import type { TablePlan } from "../model/load-plan.ts";

/**
 * Whether the user has said that rows which are found are left alone: by mode `ignore`, by a condition, which is not asked of
 * a record that has nothing but its key, or by columns to update that are none.
 */
export function leavesFound({ mode, update, table, arbiter }: TablePlan): boolean {
  if (mode === "ignore" || update.where !== null) return true;
  const isKeyOnly = table.columns.every(
    ({ name, identity, generatedSql }) =>
      arbiter?.columns.includes(name) === true || identity === "always" || generatedSql !== null,
  );
  return update.columns.length === 0 && !isKeyOnly;
}

/**
 * The result as a run counts it. A load by itself counts such rows as ignored; of a run, which names no columns, they are
 * unchanged, so that a second run finds nothing else. Where the user has ruled updates out they stay ignored.
 */
export function foundUnchanged(
  { mode, update, columns, arbiter }: TablePlan,
  result: BatchResult,
): BatchResult {
  const { ignored = 0, unchanged = 0 } = result.counts;
  const isKeyOnly = columns.every(({ name }) => arbiter?.columns.includes(name) === true);
  const updates = update.columns.length > 0 || isKeyOnly;
  if (mode !== "upsert" || ignored === 0 || !updates || update.where !== null) return result;
  const counts = { ...result.counts, ignored: 0, unchanged: unchanged + ignored };
  if (result.outcomes === undefined) return { ...result, counts };
  const outcomes = [...result.outcomes].map(
    ([ord, outcome]) => [ord, outcome === "ignored" ? "unchanged" : outcome] as const,
  );
  return { ...result, counts, outcomes: new Map(outcomes) };
}

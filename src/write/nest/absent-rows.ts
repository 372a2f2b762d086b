/**
 * Rows that were written and are not found by their keys. What became of them says whether they may be missing; else the
 * database stored another key, and the rows that refer to them would be lost. Pure.
 */
import type { BatchResult, Row } from "../../model/batch.ts";
import type { OutcomeCounts, RowOutcome } from "../../model/counts.ts";
import type { TablePlan } from "../../model/load-plan.ts";
import type { LinkKey } from "./link-finder.ts";

/** How many rows may be missing after this has become of them. */
export function mostMissing(counts: OutcomeCounts, { mode }: Pick<TablePlan, "mode">): number {
  const { suppressed = 0, deleted = 0, skipped = 0 } = counts;
  return suppressed + deleted + (mode === "update" ? skipped : 0);
}

/** Whether the database may give a row another key than it was written with; where it may, outcomes tell rows that are missing. */
export function mayRename({ table }: Pick<TablePlan, "table">): boolean {
  return table.triggers.length > 0 || table.kind === "view" || table.rewritten;
}

/** Rows that others refer to, and what they are referred to by. */
export interface ReferredRows {
  readonly keys: readonly LinkKey[];
  readonly result: BatchResult;
  /** There is no other record in the batch. */
  readonly isOnly: boolean;
}

/**
 * Tells of a row that was not found whether it may be missing: by its outcome where that is told, else by how many rows may be;
 * `null` where each record is to be written by itself to know it.
 */
export function missingTest(
  { keys, result: { counts, outcomes }, isOnly }: ReferredRows,
  plan: Pick<TablePlan, "mode" | "table">,
): ((row: Row) => boolean) | null {
  const absent = keys.filter(({ kind }) => kind === "absent").length;
  const most = mostMissing(counts, plan);
  if (outcomes !== undefined && (plan.mode !== "update" || mayRename(plan)))
    return ({ ord }) => isMissing(outcomes.get(ord), plan);
  if (absent > most && most > 0 && !isOnly) return null;
  return () => absent <= most;
}

function isMissing(outcome: RowOutcome | undefined, { mode }: Pick<TablePlan, "mode">): boolean {
  if (outcome === "skipped") return mode === "update";
  return outcome === "suppressed" || outcome === "deleted";
}

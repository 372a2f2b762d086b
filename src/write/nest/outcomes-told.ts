/** Which outcomes of rows those decide on that write what is in them, so that no others need be told apart. Pure. */
import { ROW_OUTCOMES } from "../../model/counts.ts";
import type { RowOutcome } from "../../model/counts.ts";
import type { TablePlan } from "../../model/load-plan.ts";
import type { NestPlan } from "../../model/nest/nest-plan.ts";
import type { OutcomesAlike } from "../write-batch.ts";
import { mayRename } from "./absent-rows.ts";
import { loses } from "./missing-rows.ts";

/** All but that of a row that was dropped. */
const OTHERS = ROW_OUTCOMES.filter((outcome) => outcome !== "suppressed");

/** The outcomes that are alike for the levels in the rows of a table; `null`: none is asked for. */
export function outcomesTold(
  at: number,
  tables: readonly TablePlan[],
  nest: NestPlan | undefined,
): readonly OutcomesAlike[] | null {
  const table = tables[at];
  const inside = (nest?.levels ?? []).filter(
    (each) => each.parentAt === at && each.relation === "array",
  );
  if (table === undefined) return null;
  // A row that was dropped has no key that others could refer to.
  if (table.made !== undefined && mayDrop(table)) return [["suppressed"], OTHERS];
  if (inside.length === 0) return null;
  const isWritten = inside.some(({ whenWritten }) => whenWritten);
  const isLosing = inside.some((each) => tables[each.at]?.missing !== undefined);
  const isUpdate = table.mode === "update";
  // A row that is not found by its key may have been given another one.
  const isRenamed = isUpdate && mayRename(table);
  if (!isWritten && !isLosing && !isRenamed && !mayDrop(table)) return null;
  // In mode update without a condition a row is skipped where it is not there, which its key tells.
  const isAbsent = isUpdate && !isRenamed && table.update.where === null;
  const kindOf = (outcome: RowOutcome): string => {
    if (outcome === "suppressed") return outcome;
    const isLeft = outcome === "skipped" && isAbsent;
    return [
      isRenamed && outcome === "skipped",
      isWritten && (outcome === "inserted" || outcome === "updated" || isLeft),
      isLosing && (loses(outcome, table) || isLeft),
    ].join();
  };
  const kinds = new Map<string, RowOutcome[]>();
  for (const outcome of ROW_OUTCOMES) {
    const kind = kindOf(outcome);
    kinds.set(kind, [...(kinds.get(kind) ?? []), outcome]);
  }
  return [...kinds.values()];
}

/** Whether the database may drop a row of the table without an error. */
export function mayDrop({ table }: TablePlan): boolean {
  const { triggers, kind, rewritten, uniqueKeys } = table;
  const isDropping = triggers.some(({ timing, level }) => timing !== "after" && level === "row");
  return (
    isDropping ||
    kind === "view" ||
    rewritten ||
    uniqueKeys.some(({ ignoresDuplicates }) => ignoresDuplicates === true)
  );
}

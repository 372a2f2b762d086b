/** What PostgreSQL takes at most, as far as a load comes near it; what does not fit is refused before the first record. Pure. */
import { upsurgeError } from "../../../errors/upsurge-error.ts";
import type { TablePlan } from "../../../model/load-plan.ts";

/** Columns of a table. */
const MOST_COLUMNS = 1600;

/** Columns of staged rows that the table does not have: the place of the row in the load, and its shape. */
const OWN_COLUMNS = 2;

/** Columns that rows can be staged with. */
export const STAGED_COLUMNS = MOST_COLUMNS - OWN_COLUMNS;

/** Columns of what a join hands on are 1,664 at most; from here on those of both sides together may be more. */
const MOST_JOINED = 1600;

/**
 * Texts of so many columns fit into a row of the server's, however long they are: each takes 18 bytes at most, the long ones
 * being stored elsewhere, and a row takes 8,160.
 */
const MOST_TEXTS = 400;

/** True when the texts of a row are kept as one array, since a row of the server's may not hold them side by side. */
export function keepsArray({ columns }: Pick<TablePlan, "columns">): boolean {
  return columns.length > MOST_TEXTS;
}

/** True when a join must not hand on all columns of staged and target rows. */
export function joinsWide(columns: readonly string[]): boolean {
  return 2 * columns.length > MOST_JOINED;
}

/** Throws `PLAN_UNSUPPORTED` for a load that looks rows up and cannot stage them. */
export function refuseTooWide(plan: TablePlan): void {
  const { stages, statement } = plan.method;
  if (stages === "table" || statement !== "look-then-write") return;
  const isUpdate = plan.mode === "update";
  throw upsurgeError("PLAN_UNSUPPORTED", {
    what: `${isUpdate ? "--mode update" : "select-then-write"} on a PostgreSQL table of ${plan.table.columns.length} columns`,
    reason: `a table has at most ${MOST_COLUMNS} columns, and rows that are looked up are staged with all of the table's and ${OWN_COLUMNS} more`,
    suggestion: isUpdate
      ? `update a view of ${MOST_COLUMNS - OWN_COLUMNS} columns at most`
      : "use --strategy native with a key that has a unique index",
  });
}

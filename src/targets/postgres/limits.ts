/** What PostgreSQL takes at most, as far as a load comes near it; what does not fit is refused before the first record. Pure. */
import { upsurgeError } from "../../errors/upsurge-error.ts";
import type { LoadPlan } from "../../model/load-plan.ts";
import { looksUp } from "./how.ts";

/** Columns of a table. */
const MOST_COLUMNS = 1600;

/** Columns of staged rows beside the table's: the place of the row in the load, and its shape. */
const OWN_COLUMNS = 2;

/** Columns of what a join hands on are 1,664 at most; from here on those of both sides together may be more. */
const MOST_JOINED = 1600;

/** True when a table with all columns of the target and our own can be made. */
export function fitsStage({ table }: Pick<LoadPlan, "table">): boolean {
  return table.columns.length + OWN_COLUMNS <= MOST_COLUMNS;
}

/** True when a join must not hand on all columns of staged and target rows. */
export function joinsWide(columns: readonly string[]): boolean {
  return 2 * columns.length > MOST_JOINED;
}

/** Throws `PLAN_UNSUPPORTED` for a load whose rows cannot be staged. */
export function refuseTooWide(plan: LoadPlan): void {
  const filled = plan.columns.length;
  const most = MOST_COLUMNS - OWN_COLUMNS;
  const limit = `a table has at most ${MOST_COLUMNS} columns, and staged rows have ${OWN_COLUMNS} more than those that are filled`;
  if (filled > most) {
    const isOpen = plan.mapping.length + plan.constants.length < filled;
    throw upsurgeError("PLAN_UNSUPPORTED", {
      what: isOpen
        ? `JSON, which may fill any of ${filled} columns of a PostgreSQL table,`
        : `a load that fills ${filled} columns of a PostgreSQL table`,
      reason: limit,
      suggestion: isOpen
        ? `load into a view of ${most} columns at most, or CSV that fills no more`
        : `fill ${most} at most: leave ${filled - most} out with --map 'FIELD:'`,
    });
  }
  if (fitsStage(plan) || !looksUp(plan)) return;
  const why = plan.mode === "update" ? "--mode update" : "select-then-write";
  throw upsurgeError("PLAN_UNSUPPORTED", {
    what: `${why} on a PostgreSQL table of ${plan.table.columns.length} columns`,
    reason: `a table has at most ${MOST_COLUMNS} columns, and rows that are looked up are staged with all of the table's and ${OWN_COLUMNS} more`,
    suggestion:
      plan.mode === "update"
        ? `update a view of ${most} columns at most`
        : "use --strategy native with a key that has a unique index",
  });
}

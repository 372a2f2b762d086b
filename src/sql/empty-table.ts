/** The steps that delete all rows of a table, as far as databases share them: they count the rows as `removed`. Pure. */
import type { Step } from "../model/load-plan.ts";
import type { TableName } from "../model/table-shape.ts";

/** The steps, not named yet. */
export type EmptyingSteps = readonly Omit<Step, "name">[];

/** TRUNCATE does not tell how many rows there were. */
export function truncating(count: string, truncate: string): EmptyingSteps {
  return [{ kind: "number", sql: count, counts: "removed" }, { sql: truncate }];
}

/** A trigger may keep rows: `left` finds one that is there all the same. */
export function deleting({ name }: TableName, remove: string, left: string): EmptyingSteps {
  return [
    { sql: remove, counts: "removed" },
    {
      kind: "assertion",
      sql: left,
      refusal: { code: "STEP_ROWS_LEFT", details: { table: name } },
    },
  ];
}

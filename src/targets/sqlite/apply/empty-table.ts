/** Deletes all rows of a table, for SQLite, which has no TRUNCATE. Nobody else writes meanwhile. Pure. */
import type { Step } from "../../../model/load-plan.ts";
import type { TableShape } from "../../../model/table-shape.ts";
import { quoteIdentifier } from "../quote.ts";

/** The statements. */
export function emptyTable({ name }: TableShape): readonly Omit<Step, "name">[] {
  const table = quoteIdentifier(name.name);
  return [
    { sql: `delete from ${table}`, counts: "removed" },
    {
      kind: "assertion",
      sql: `select 1 as found where exists (select 1 from ${table})`,
      refusal: { code: "STEP_ROWS_LEFT", details: { table: name.name } },
    },
  ];
}

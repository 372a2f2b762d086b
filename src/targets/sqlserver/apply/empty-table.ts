/**
 * Deletes all rows of a table, for SQL Server:
 *
 *   SELECT COUNT_BIG(*) AS n FROM [dbo].[t] WITH (TABLOCKX, HOLDLOCK)
 *   TRUNCATE TABLE [dbo].[t]
 *
 * TRUNCATE does not tell how many rows there were. Either way nobody else writes to the table until the end of the
 * transaction, and readers wait unless they read row versions. Pure.
 */
import type { Emptying, Step } from "../../../model/load-plan.ts";
import type { TableShape } from "../../../model/table-shape.ts";
import { tableSql } from "../../../sql/unique-index.ts";
import { quoteIdentifier } from "../quote.ts";

const LOCKED = "WITH (TABLOCKX, HOLDLOCK)";

/** The statements. */
export function emptyTable({ name }: TableShape, how: Emptying): readonly Omit<Step, "name">[] {
  const table = tableSql(name, quoteIdentifier);
  if (how === "truncate") {
    return [
      {
        kind: "number",
        sql: `SELECT COUNT_BIG(*) AS n FROM ${table} ${LOCKED}`,
        counts: "removed",
      },
      { sql: `TRUNCATE TABLE ${table}` },
    ];
  }
  return [
    { sql: `DELETE FROM ${table} ${LOCKED}`, counts: "removed" },
    {
      kind: "assertion",
      sql: `SELECT 1 AS found WHERE EXISTS (SELECT 1 AS found FROM ${table})`,
      refusal: { code: "STEP_ROWS_LEFT", details: { table: name.name } },
    },
  ];
}

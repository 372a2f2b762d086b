/**
 * Deletes all rows of a table, for SQL Server:
 *
 *   SELECT COUNT_BIG(*) AS n FROM [dbo].[t] WITH (TABLOCKX, HOLDLOCK)
 *   TRUNCATE TABLE [dbo].[t]
 *
 * TRUNCATE does not tell how many rows there were. Either way nobody else writes to the table until the end of the
 * transaction, and readers wait unless they read row versions. Pure.
 */
import type { Emptying } from "../../../model/load-plan.ts";
import type { TableShape } from "../../../model/table-shape.ts";
import { deleting, truncating } from "../../../sql/empty-table.ts";
import type { EmptyingSteps } from "../../../sql/empty-table.ts";
import { tableSql } from "../../../sql/unique-index.ts";
import { quoteIdentifier } from "../quote.ts";

const LOCKED = "WITH (TABLOCKX, HOLDLOCK)";

/** The statements. */
export function emptyTable({ name }: TableShape, how: Emptying): EmptyingSteps {
  const table = tableSql(name, quoteIdentifier);
  if (how === "truncate") {
    const count = `SELECT COUNT_BIG(*) AS n FROM ${table} ${LOCKED}`;
    return truncating(count, `TRUNCATE TABLE ${table}`);
  }
  const left = `SELECT 1 AS found WHERE EXISTS (SELECT 1 AS found FROM ${table})`;
  return deleting(name, `DELETE FROM ${table} ${LOCKED}`, left);
}

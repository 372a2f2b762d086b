/** Deletes all rows of a table, for SQLite, which has no TRUNCATE. Nobody else writes meanwhile. Pure. */
import type { TableShape } from "../../../model/table-shape.ts";
import { deleting } from "../../../sql/empty-table.ts";
import type { EmptyingSteps } from "../../../sql/empty-table.ts";
import { quoteIdentifier } from "../quote.ts";

/** The statements. */
export function emptyTable({ name }: TableShape): EmptyingSteps {
  const table = quoteIdentifier(name.name);
  const left = `select 1 as found where exists (select 1 from ${table})`;
  return deleting(name, `delete from ${table}`, left);
}

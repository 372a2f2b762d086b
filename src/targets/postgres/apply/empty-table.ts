/**
 * Deletes all rows of a table, for PostgreSQL:
 *
 *   lock table only "public"."t" in access exclusive mode
 *   select count(*) as n from only "public"."t"
 *   truncate table only "public"."t"
 *
 * TRUNCATE does not tell how many rows there were, and locks readers out until the end of the transaction; DELETE does
 * neither. Tables that inherit from the table keep their rows. Pure.
 */
import type { Emptying } from "../../../model/load-plan.ts";
import type { TableShape } from "../../../model/table-shape.ts";
import { deleting, truncating } from "../../../sql/empty-table.ts";
import type { EmptyingSteps } from "../../../sql/empty-table.ts";
import { tableSql } from "../../../sql/unique-index.ts";
import { quoteIdentifier } from "../quote.ts";

/** The statements, the lock first: it is taken at once in the strength that is needed in the end. */
export function emptyTable({ kind, name }: TableShape, how: Emptying): EmptyingSteps {
  const table = `${kind === "table" ? "only " : ""}${tableSql(name, quoteIdentifier)}`;
  const lock = (mode: string) => ({ sql: `lock table ${table} in ${mode} mode` });
  if (how === "truncate") {
    const count = `select count(*) as n from ${table}`;
    return [lock("access exclusive"), ...truncating(count, `truncate table ${table}`)];
  }
  const left = `select 1 as found where exists (select from ${table})`;
  return [lock("share row exclusive"), ...deleting(name, `delete from ${table}`, left)];
}

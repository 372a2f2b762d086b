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
import type { Emptying, Step } from "../../../model/load-plan.ts";
import type { TableShape } from "../../../model/table-shape.ts";
import { tableSql } from "../../../sql/unique-index.ts";
import { quoteIdentifier } from "../quote.ts";

/** The statements, the lock first: it is taken at once in the strength that is needed in the end. */
export function emptyTable(
  { kind, name }: TableShape,
  how: Emptying,
): readonly Omit<Step, "name">[] {
  const table = `${kind === "table" ? "only " : ""}${tableSql(name, quoteIdentifier)}`;
  if (how === "truncate") {
    return [
      { sql: `lock table ${table} in access exclusive mode` },
      { kind: "number", sql: `select count(*) as n from ${table}`, counts: "removed" },
      { sql: `truncate table ${table}` },
    ];
  }
  return [
    { sql: `lock table ${table} in share row exclusive mode` },
    { sql: `delete from ${table}`, counts: "removed" },
    {
      kind: "assertion",
      sql: `select 1 as found where exists (select from ${table})`,
      refusal: { code: "STEP_ROWS_LEFT", details: { table: name.name } },
    },
  ];
}

/**
 * Binary data says nothing of its types: a table whose column became another one after the load was planned would take the bytes
 * of a bigint for those of a double. So the types are asked for together with the first binary COPY of a transaction: before
 * it of a temporary table, which nobody else alters; behind it of the table itself, which is locked by then and whose types
 * stay what they are until the transaction ends.
 */
import type { TablePlan } from "../../../model/load-plan.ts";
import { alteredColumn } from "../../altered-table.ts";
import { quoteLiteral } from "../quote.ts";
import { encoderOf } from "./binary-types.ts";
import type { PipelinedStatement } from "./pipeline.ts";

/** The columns of a table and their types, those behind domains; a type that is not PostgreSQL's own by its mere name. */
function typesSql(table: string): string {
  return `select a.attname::text as name, case when b.typnamespace = 'pg_catalog'::regnamespace
    then format_type(b.oid, null) else b.typname::text end as type
from pg_catalog.pg_attribute a join pg_catalog.pg_type t on t.oid = a.atttypid
  join pg_catalog.pg_type b on b.oid = case when t.typtype = 'd' then t.typbasetype else t.oid end
where a.attrelid = ${quoteLiteral(table)}::regclass and a.attnum > 0 and not a.attisdropped`;
}

/**
 * The statement that goes with a binary COPY into `table`, the plan's or its stage. Its check throws `TARGET_ALTERED` where
 * a column takes other bytes than the plan's, and calls `sound` where none does.
 */
export function sameTypes(
  plan: Pick<TablePlan, "columns" | "table">,
  table: string,
  sound: () => void,
): PipelinedStatement {
  return {
    sql: typesSql(table),
    check: ({ rows }) => {
      for (const column of plan.columns) {
        const type = rows.find(({ name }) => name === column.name)?.type;
        if (typeof type === "string" && encoderOf({ type }) === encoderOf(column)) continue;
        const found = typeof type === "string" ? type : null;
        throw alteredColumn(plan, column.name, { planned: column.type, found });
      }
      sound();
    },
  };
}

/** The columns that an incoming row does not carry, with the values that they have in a row that is proposed. Pure. */
import type { TablePlan } from "../../../model/load-plan.ts";
import type { Column } from "../../../model/table-shape.ts";
import { quoteIdentifier } from "../quote.ts";

/** `(5)::integer as "a"` for each of them: its default. What the database makes one by one is NULL, so that no sequence moves. */
export function absentColumns(
  { table }: Pick<TablePlan, "table">,
  carried: readonly string[],
): string[] {
  return table.columns
    .filter(({ name, generatedSql }) => !carried.includes(name) && generatedSql === null)
    .map((column) => `${absentValue(column)} as ${quoteIdentifier(column.name)}`);
}

function absentValue({ type, defaultSql, volatileDefault }: Column): string {
  return `(${defaultSql === null || volatileDefault ? "null" : defaultSql})::${type}`;
}

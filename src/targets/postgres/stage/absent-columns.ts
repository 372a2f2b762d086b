/** The columns that an incoming row does not carry, with the values that they have in a row that is proposed. Pure. */
import type { TablePlan } from "../../../model/load-plan.ts";
import type { Column } from "../../../model/table-shape.ts";
import { tokenize } from "../../../sql/tokens.ts";
import { quoteIdentifier } from "../quote.ts";

/** `(5)::integer as "a"` for each column: its default. What the database makes one by one is NULL, so that no sequence moves. */
export function absentValues(columns: readonly Column[]): string[] {
  return columns.map((column) => `${absentValue(column)} as ${quoteIdentifier(column.name)}`);
}

/** The columns that rows with these columns do not carry, and that can be written. */
export function absentColumns(
  { table }: Pick<TablePlan, "table">,
  carried: readonly string[],
): readonly Column[] {
  return table.columns.filter(
    ({ name, generatedSql }) => !carried.includes(name) && generatedSql === null,
  );
}

/** Those of them that a stamp may read: their names are in its expression. */
export function absentInStamps(plan: TablePlan, carried: readonly string[]): readonly Column[] {
  const named = new Set(
    plan.update.stamps.flatMap(({ expression }) =>
      tokenize(expression, false).map(({ name }) => name.toLowerCase()),
    ),
  );
  return absentColumns(plan, carried).filter(({ name }) => named.has(name.toLowerCase()));
}

function absentValue({ type, defaultSql, volatileDefault }: Column): string {
  return `(${defaultSql === null || volatileDefault ? "null" : defaultSql})::${type}`;
}

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

/** Those of them that a stamp may read: their names are in its expression, or in that of a generated column that it reads. */
export function absentInStamps(plan: TablePlan, carried: readonly string[]): readonly Column[] {
  const made = generatedInStamps(plan).map(({ generatedSql }) => generatedSql ?? "");
  return namedIn([...stampsOf(plan), ...made], absentColumns(plan, carried));
}

/** The generated columns that a stamp may read. */
export function generatedInStamps(plan: TablePlan): readonly Column[] {
  const generated = plan.table.columns.filter(({ generatedSql }) => generatedSql !== null);
  return generated.length === 0 ? [] : namedIn(stampsOf(plan), generated);
}

/** The relation `(select …)`, which has the columns that they are made of, with `(v * 2)::integer as "g"` for each of them. */
export function withGenerated(plan: TablePlan, relation: string): string {
  const made = generatedInStamps(plan).map(
    ({ name, type, generatedSql }) =>
      `(${generatedSql ?? "null"})::${type} as ${quoteIdentifier(name)}`,
  );
  if (made.length === 0) return relation;
  return `(select ${["upsurge_own.*", ...made].join(", ")} from ${relation} as upsurge_own)`;
}

function stampsOf({ update }: TablePlan): readonly string[] {
  return update.stamps.map(({ expression }) => expression);
}

/** The columns whose names are in one of these expressions. */
function namedIn(expressions: readonly string[], columns: readonly Column[]): readonly Column[] {
  const named = new Set(
    expressions.flatMap((sql) => tokenize(sql, false).map(({ name }) => name.toLowerCase())),
  );
  return columns.filter(({ name }) => named.has(name.toLowerCase()));
}

function absentValue({ type, defaultSql, volatileDefault }: Column): string {
  return `(${defaultSql === null || volatileDefault ? "null" : defaultSql})::${type}`;
}

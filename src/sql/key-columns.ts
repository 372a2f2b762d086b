/** The columns of a record that its key is told by: what is kept of each record where keys are kept. Pure. */
import type { Arbiter, TablePlan } from "../model/load-plan.ts";
import type { Column, TableShape } from "../model/table-shape.ts";
import { readsColumn } from "./expressions.ts";
import type { ExpressionNames } from "./expressions.ts";

/** The columns that tell the key, and those that generated ones among them are made from; in table order. */
export function keyColumnsOf(
  { shape, naming }: { readonly shape: TableShape; readonly naming: ExpressionNames },
  arbiter: Arbiter,
): readonly Column[] {
  const wanted = new Set<Column>();
  const look = (sql: string): void => {
    for (const column of shape.columns) {
      if (wanted.has(column) || !readsColumn(sql, null, { column: column.name, naming })) continue;
      wanted.add(column);
      if (column.generatedSql !== null) look(column.generatedSql);
    }
  };
  for (const part of arbiter.keyExpressions) look(part);
  if (arbiter.predicate !== null) look(arbiter.predicate);
  return shape.columns.filter((column) => wanted.has(column));
}

/** The columns of what is kept of each record. */
export function keptColumns({ table, removal, comparison }: TablePlan): readonly Column[] {
  const names = removal?.keyColumns ?? comparison?.keyColumns ?? [];
  return table.columns.filter(({ name }) => names.includes(name));
}

/** The default of a column that a record may lack: one that is the same for all records. */
export function keptDefault({ defaultSql, volatileDefault }: Column): string | null {
  return volatileDefault ? null : defaultSql;
}

/** The column of a key that is one whole number; `isWhole`: the column holds nothing else. */
export function spanColumn(
  { arbiter, table, nullKey }: TablePlan,
  isWhole: (column: Column) => boolean,
): Column | null {
  const [name, ...more] = arbiter?.columns ?? [];
  if (arbiter?.plain !== true || more.length > 0 || arbiter.predicate !== null) return null;
  const column = table.columns.find((each) => each.name === name);
  return column !== undefined && nullKey !== "match" && isWhole(column) ? column : null;
}

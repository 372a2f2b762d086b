/** The columns of a record that its key is told by: what is kept of each record where keys are kept. Pure. */
import type { Arbiter } from "../model/load-plan.ts";
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

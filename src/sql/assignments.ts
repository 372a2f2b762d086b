/** What an update rule assigns to a target row, in the words that PostgreSQL and SQL Server share. Pure. */
import type { TablePlan } from "../model/load-plan.ts";
import type { Column } from "../model/table-shape.ts";

/** `column = value`, the value as SQL over `target.` and `excluded.`. */
export interface SqlAssignment {
  readonly column: Column;
  readonly value: string;
  /** Takes part in the test for change; stamps do not. */
  readonly compared: boolean;
  /** An expression of the user's, whose type may differ from the column's. */
  readonly foreign: boolean;
}

/** The columns that the load stamps, in table order. */
export function stampedColumns({ table, update }: TablePlan): readonly Column[] {
  return table.columns.filter(({ name }) => update.stamps.some(({ column }) => column === name));
}

/** The assignments for rows that carry `columns`, in table order. */
export function assignmentsOf(
  { table, update }: TablePlan,
  columns: readonly string[],
  quoteIdentifier: (name: string) => string,
): SqlAssignment[] {
  const sets = new Map(update.sets.map((each) => [each.column, each.expression]));
  const stamps = new Map(update.stamps.map((each) => [each.column, each.expression]));
  const assigned: SqlAssignment[] = [];
  for (const column of table.columns) {
    const { name } = column;
    const stamp = stamps.get(name);
    const expression = sets.get(name);
    if (stamp !== undefined) {
      assigned.push({ column, value: `(${stamp})`, compared: false, foreign: true });
    } else if (expression !== undefined) {
      assigned.push({ column, value: `(${expression})`, compared: true, foreign: true });
    } else if (columns.includes(name) && update.columns.includes(name)) {
      const quoted = quoteIdentifier(name);
      const value = update.nullKeeps
        ? `coalesce(excluded.${quoted}, target.${quoted})`
        : `excluded.${quoted}`;
      assigned.push({ column, value, compared: true, foreign: false });
    }
  }
  return assigned;
}

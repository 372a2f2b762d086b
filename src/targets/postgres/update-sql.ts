/** The SQL of what happens to a target row: assignments, and the test whether its stored image would change. Pure. */
import type { LoadPlan } from "../../model/load-plan.ts";
import type { Column } from "../../model/table-shape.ts";
import { quoteIdentifier } from "./quote.ts";
import { asStored, overflows } from "./types.ts";

interface SqlAssignment {
  readonly column: Column;
  readonly value: string;
  /** Takes part in the test for change; stamps do not. */
  readonly compared: boolean;
  /** An expression of the user's, whose type may differ from the column's. */
  readonly foreign: boolean;
}

/** The update of a target row by an incoming row that carries `columns`. */
export interface UpdateSql {
  /** `"b" = excluded."b", "n" = (target."n" + 1)`; `null` when there is nothing to update. */
  readonly assignments: string | null;
  /** True when the stored image would change; `null` when every row is to be rewritten. */
  readonly differs: string | null;
}

/** Builds the update for rows that carry `columns`. */
export function updateSql(plan: LoadPlan, columns: readonly string[]): UpdateSql {
  const assigned = assignmentsOf(plan, columns);
  const compared = assigned.filter((each) => each.compared);
  if (compared.length === 0) return { assignments: null, differs: null };
  return {
    assignments: assigned
      .map(({ column, value }) => `${quoteIdentifier(column.name)} = ${value}`)
      .join(", "),
    differs: plan.update.rewriteUnchanged ? null : differsSql(compared),
  };
}

function assignmentsOf({ table, update }: LoadPlan, columns: readonly string[]): SqlAssignment[] {
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

/**
 * `row(target."b")::record *<> row(excluded."b")::record`: the record image operators see every change of the stored
 * bytes (1.0 and 1.00, citext's case) and need no equality operator. A single row constructor does not parse without the cast.
 */
function differsSql(assigned: readonly SqlAssignment[]): string {
  const stored = assigned.map(({ column, foreign }) => {
    const name = `target.${quoteIdentifier(column.name)}`;
    return foreign ? asStored(name, column) : name;
  });
  const proposed = assigned.map(({ column, value, foreign }) =>
    foreign ? asStored(value, column) : value,
  );
  const tooLong = assigned.map(({ column, value, foreign }) =>
    foreign ? overflows(value, column) : null,
  );
  const image = `row(${stored.join(", ")})::record *<> row(${proposed.join(", ")})::record`;
  return [image, ...tooLong.filter((test) => test !== null)].join(" or ");
}

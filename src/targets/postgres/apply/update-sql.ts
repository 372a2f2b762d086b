/** The SQL of what happens to a target row: assignments, and the test whether its stored image would change. Pure. */
import type { TablePlan } from "../../../model/load-plan.ts";
import { assignmentsOf } from "../../../sql/assignments.ts";
import type { SqlAssignment } from "../../../sql/assignments.ts";
import { quoteIdentifier } from "../quote.ts";
import { asStored, hasOneImage, overflows } from "../types.ts";

/** The update of a target row by an incoming row that carries `columns`. */
export interface UpdateSql {
  /** `"b" = excluded."b", "n" = (target."n" + 1)`; `null` when there is nothing to update. */
  readonly assignments: string | null;
  /** True when the stored image would change; `null` when every row is to be rewritten. */
  readonly differs: string | null;
}

/** Builds the update for rows that carry `columns`. */
export function updateSql(plan: TablePlan, columns: readonly string[]): UpdateSql {
  const assigned = assignmentsOf(plan, columns, quoteIdentifier);
  const compared = assigned.filter((each) => each.compared);
  if (compared.length === 0) return { assignments: null, differs: null };
  return {
    assignments: assigned
      .map(({ column, value }) => `${quoteIdentifier(column.name)} = ${value}`)
      .join(", "),
    differs: plan.update.rewriteUnchanged ? null : differsSql(compared),
  };
}

/**
 * `target."n" is distinct from excluded."n" or row(target."b")::record *<> row(excluded."b")::record`: where equal values have
 * one image, comparing values is cheaper; everywhere else the record image operators see every change of the stored bytes
 * (1.0 and 1.00, citext's case) and need no equality operator. A single row constructor does not parse without the cast.
 */
function differsSql(assigned: readonly SqlAssignment[]): string {
  const exact = assigned.filter(({ column, foreign }) => !foreign && hasOneImage(column));
  const values = exact.map(
    ({ column, value }) => `target.${quoteIdentifier(column.name)} is distinct from ${value}`,
  );
  const others = assigned.filter((each) => !exact.includes(each));
  const images = others.length === 0 ? [] : [imageDiffers(others)];
  const tooLong = assigned.map(({ column, value, foreign }) =>
    foreign ? overflows(value, column) : null,
  );
  return [...values, ...images, ...tooLong.filter((test) => test !== null)].join(" or ");
}

function imageDiffers(assigned: readonly SqlAssignment[]): string {
  const stored = assigned.map(({ column, foreign }) => {
    const name = `target.${quoteIdentifier(column.name)}`;
    return foreign ? asStored(name, column) : name;
  });
  const proposed = assigned.map(({ column, value, foreign }) =>
    foreign ? asStored(value, column) : value,
  );
  return `row(${stored.join(", ")})::record *<> row(${proposed.join(", ")})::record`;
}

/** What happens to a row of the table: the assignments, and the test whether its stored image would change. Pure. */
import type { TablePlan } from "../model/load-plan.ts";
import { assignmentsOf } from "./assignments.ts";
import type { SqlAssignment } from "./assignments.ts";
import type { Dialect } from "./dialect.ts";

/** The update of a row of the table by an incoming row. */
export interface UpdateSql {
  readonly assigned: readonly SqlAssignment[];
  /** `"b" = excluded."b", "n" = (target."n" + 1)`. */
  readonly assignments: string;
  /** True when the stored image would change; `null` when every row is to be rewritten. */
  readonly differs: string | null;
}

type UpdateSpelling = Pick<Dialect, "quote" | "stampsStage" | "changes" | "overflows">;

/** The update by rows that carry `columns`; `null` when there is nothing to update. */
export function updateSql(
  plan: TablePlan,
  columns: readonly string[],
  dialect: UpdateSpelling,
): UpdateSql | null {
  if (plan.mode !== "upsert" && plan.mode !== "update") return null;
  const { quote, stampsStage } = dialect;
  const assigned = assignmentsOf(plan, columns, quote).map((each) =>
    stampsStage && !each.compared
      ? { ...each, value: `excluded.${quote(each.column.name)}` }
      : each,
  );
  const compared = assigned.filter((each) => each.compared);
  if (compared.length === 0) return null;
  const tooLong = compared.filter(({ foreign }) => foreign).map(dialect.overflows);
  const tests = [...dialect.changes(compared), ...tooLong.filter((test) => test !== null)];
  return {
    assigned,
    assignments: assigned.map(({ column, value }) => `${quote(column.name)} = ${value}`).join(", "),
    differs: plan.update.rewriteUnchanged ? null : tests.join(" or "),
  };
}

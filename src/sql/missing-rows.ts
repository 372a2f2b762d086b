/**
 * The statement that takes rows away which no record mentions, as far as databases share it:
 *
 *   delete from "lines" as target where <refers to one of the records' rows, and is not mentioned>
 *
 * Pure.
 */
import type { TablePlan } from "../model/load-plan.ts";
import type { MissingRule } from "../model/nest/missing-rule.ts";
import type { Column } from "../model/table-shape.ts";
import type { TableDialect } from "./dialect.ts";
import type { UpdateSql } from "./update.ts";

/** A plan whose rows go where no record mentions them. */
export type MissingPlan = TablePlan & { readonly missing: MissingRule };

/** How a database spells it. */
export interface MissingDialect extends Pick<TableDialect, "deleteWhere" | "updateWhere"> {
  /** What the rule changes, and the test whether a row is other than that. */
  readonly update: (plan: TablePlan) => Pick<UpdateSql, "assignments" | "differs"> | null;
}

/** The plan as one of a level with such a rule. Throws a `RangeError` for any other. */
export function missingPlan(plan: TablePlan): MissingPlan {
  const { missing } = plan;
  if (missing === undefined) throw new RangeError("the rows of this plan stay");
  return { ...plan, missing };
}

/** The statement for the rows for which `condition` is true. */
export function takeSql(plan: MissingPlan, dialect: MissingDialect, condition: string): string {
  const { sets } = plan.missing;
  if (sets.length === 0) return dialect.deleteWhere(plan, condition);
  const update = dialect.update(changingPlan(plan));
  if (update === null) throw new RangeError("no column is changed");
  const { assignments, differs } = update;
  return dialect.updateWhere(
    plan,
    assignments,
    differs === null ? condition : `${condition} and (${differs})`,
  );
}

/** A plan that changes rows as the rule says, and in nothing else. */
function changingPlan(plan: MissingPlan): TablePlan {
  const { sets } = plan.missing;
  const none = { columns: [], stamps: [], where: null, nullKeeps: false, rewriteUnchanged: false };
  return { ...plan, mode: "update", update: { ...none, sets } };
}

/** The parts of the key that may be NULL. */
export function openKeys({ missing }: MissingPlan): readonly Column[] {
  // A rowid is nullable only before the row is written.
  return missing.keys.filter(({ nullable, identity }) => nullable && identity !== "rowid");
}

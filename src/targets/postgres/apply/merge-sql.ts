/**
 * The merge of staged rows that hold no key twice: cheaper for the server than INSERT … ON CONFLICT, which inserts
 * speculatively. A row that another session inserts in between makes it fail with 23505; the batch is then done again with
 * ON CONFLICT. Pure.
 *
 *   merge into only "s"."t" as target using pg_temp.upsurge_stage as excluded on target."a" = excluded."a"
 *   when matched and row(target."b")::record *<> row(excluded."b")::record then update set "b" = excluded."b"
 *   when not matched then insert ("a", "b") values (excluded."a", excluded."b")
 *   returning merge_action() = 'INSERT' as inserted
 */
import type { LookingPlan } from "./write-method.ts";
import { COUNT_SKIPPED, writeTest } from "./native-sql.ts";
import { quoteIdentifier } from "../quote.ts";
import { matchSql, onlyTable, withinSql } from "./select-then-write-sql.ts";
import type { KeyBounds } from "./select-then-write-sql.ts";
import { stageTable } from "../stage/names.ts";
import { updateSql } from "./update-sql.ts";

/** Which rows a merge takes, and where their keys are. */
export interface MergeSelection {
  /** Picks among the staged rows. */
  readonly condition: string | null;
  readonly range: KeyBounds | null;
}

/** The merge of rows that carry `columns`. */
export function mergeSql(
  plan: LookingPlan,
  columns: readonly string[],
  { condition, range }: MergeSelection,
): string {
  const { assignments, differs } = updateSql(plan, columns);
  const test = writeTest(plan.update.where, differs, COUNT_SKIPPED);
  const source =
    condition === null
      ? stageTable(plan)
      : `(select * from ${stageTable(plan)} as excluded where ${condition})`;
  const names = columns.map(quoteIdentifier);
  const identity = plan.table.columns.some(
    ({ identity: kind, name }) => kind === "always" && columns.includes(name),
  );
  const overriding = identity && plan.keepIdentity ? " overriding system value" : "";
  return `merge into ${onlyTable(plan)} as target using ${source} as excluded on ${matchSql(plan, plan.arbiter)}${withinSql(plan, range)}
when matched${test === null ? "" : ` and ${test}`} then update set ${assignments ?? ""}
when not matched then insert (${names.join(", ")})${overriding} values (${names.map((name) => `excluded.${name}`).join(", ")})
returning merge_action() = 'INSERT' as inserted`;
}

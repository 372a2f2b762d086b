/** The batches that apply staged rows as a set, and count what came of them. Pure. */
import type { RowShape } from "../../../model/batch.ts";
import type { TablePlan } from "../../../model/load-plan.ts";
import type { Selection } from "../../set-writer.ts";
import { answering, counter, tried } from "./guard.ts";
import {
  identityOffSql,
  identitySql,
  insertSql,
  lookSql,
  mergeSql,
  updateFoundSql,
} from "./write-sql.ts";
import { updateSql } from "../../../sql/update.ts";
import { SQL_SERVER } from "../dialect.ts";
import { keyedPlan } from "../../../sql/match.ts";
import type { RowCondition } from "./write-sql.ts";
import type { KeyedPlan } from "../../../sql/match.ts";

/** What a set batch answers with, apart from the outcome. */
export const SET_COUNTERS = [
  "matched",
  "met",
  "skipped",
  "unchanged",
  "inserted",
  "updated",
  "deleted",
] as const;

/** The staged rows of one shape that `selection` takes: first occurrences, one wave of repeats, or all. */
export function rowsOf({ id, columns }: RowShape, selection: Selection): RowCondition {
  const wave =
    selection.kind === "all"
      ? []
      : [`upsurge_wave = ${selection.kind === "only" ? selection.wave : 1}`];
  return { columns, condition: [`upsurge_shape = ${id}`, ...wave].join(" and ") };
}

/** The batch that applies `rows`. */
export function setSql(plan: TablePlan, rows: RowCondition): string {
  const variables = SET_COUNTERS.map(counter);
  const statements = [
    ...(plan.method.statement === "merge" ? [WRITTEN] : []),
    ...identitySql(plan, rows.columns),
    ...statementsOf(plan, rows),
  ];
  return answering(variables, [tried(statements), ...identityOffSql(plan)]);
}

/** The statements that apply `rows`, in order. */
export function statementsOf(plan: TablePlan, rows: RowCondition): string[] {
  const keyed = keyedPlan(plan);
  if (keyed !== null && plan.method.statement === "merge") return mergeStatements(keyed, rows);
  const insert = [insertSql(plan, rows), "SET @inserted = @@ROWCOUNT"];
  if (keyed === null) return insert;
  const update = updateFoundSql(keyed, rows);
  const as = plan.deletesRows === true ? "deleted" : "updated";
  return [
    lookSql(keyed, rows),
    ...(update === null ? [] : [update, `SET @${as} = @@ROWCOUNT`]),
    ...(plan.mode === "update" ? [] : insert),
  ];
}

/** What MERGE has done. */
const WRITTEN = "DECLARE @written TABLE (did nvarchar(10) NOT NULL)";

/** `OUTPUT … INTO` works on tables with triggers, where a plain OUTPUT does not. */
function mergeStatements(plan: KeyedPlan, rows: RowCondition): string[] {
  const mustLook = plan.update.where !== null || plan.arbiter.name === null;
  return [
    ...(mustLook && updateSql(plan, rows.columns, SQL_SERVER) !== null
      ? [lookSql(plan, rows)]
      : []),
    `${mergeSql(plan, rows)}\nOUTPUT $action INTO @written (did)`,
    "SELECT @inserted = COUNT_BIG(*) FROM @written WHERE did = N'INSERT'",
    "SELECT @updated = COUNT_BIG(*) FROM @written WHERE did = N'UPDATE'",
  ];
}

/**
 * The statements that compare a table with its rows as they were before the load, for SQLite:
 *
 *   create temp table "upsurge_before" as select target."id", target."n" from "t" as target
 *   create temp table "upsurge_differences" as
 *     select row_number() over (order by coalesce(n1, o1)) as nr, * from (select 'updated' as kind, … union all …)
 *
 * A table that is made of a query has no collations. What is compared with one of its columns stands on the left then, so that
 * the collation of the table's column counts. Pure.
 */
import type { ComparisonSql } from "../../../model/differences.ts";
import type { TablePlan } from "../../../model/load-plan.ts";
import type { Column } from "../../../model/table-shape.ts";
import { comparisonOf, comparisonOfLoads } from "../../../sql/comparison.ts";
import { joinTerms, SQLITE } from "../dialect.ts";
import { quoteIdentifier } from "../quote.ts";
import { stagedColumn, temporary, temporaryName } from "../stage/staged-row.ts";
import { isMissing, removalSql } from "./removal-sql.ts";
import type { RemovalTable } from "./removal-sql.ts";

/** The statements for the loads into one table. */
export function comparisonSql(rows: readonly [RemovalTable, ...RemovalTable[]]): ComparisonSql {
  const [{ plan, table }, ...others] = rows;
  const plans: readonly [TablePlan, ...TablePlan[]] = [plan, ...others.map((each) => each.plan)];
  const before = temporaryName(plan, "before");
  const found = temporaryName(plan, "differences");
  const { key } = comparisonOf(plan);
  const typed = plan.table.columns.map(({ name }) => stagedColumn(name, table.details.get(name)));
  const rowOf = (of: TablePlan): RemovalTable => ({ plan: of, table });
  return comparisonOfLoads(plans, plan.table.columns, {
    ...SQLITE,
    before: temporary(before),
    found: temporary(found),
    text: (value, { name }) =>
      textSql(value, (table.details.get(name)?.affinity ?? "blob") === "blob"),
    differs: differsSql,
    isExtra: (of, alias) => isMissing(rowOf(of), alias),
    keep: (selected) => [
      `create temp table ${quoteIdentifier(before)} (${typed.join(", ")})`,
      `insert into ${temporary(before)} ${selected}`,
      `create index ${temporary(`${before}_key`)} on ${quoteIdentifier(before)} (${key.map(quoteIdentifier).join(", ")})`,
    ],
    find: (different, order) => [
      `create temp table ${quoteIdentifier(found)} as select row_number() over (order by ${order}) as nr, * from (${different})`,
      `create index ${temporary(`${found}_nr`)} on ${quoteIdentifier(found)} (nr)`,
    ],
    findExtra: (of) => removalSql(rowOf(of)).find,
  });
}

/**
 * Bytes have no text of their own, and that of a REAL leaves digits out. In a column that takes any type, a text is told from
 * a number by its quotes.
 */
function textSql(value: string, isOpen: boolean): string {
  const quoted = isOpen ? "('blob', 'real', 'text')" : "('blob', 'real')";
  return `case when typeof(${value}) in ${quoted} then quote(${value}) else cast(${value} as text) end`;
}

/** A column may hold 1 and '1', which are not the same. */
function differsSql(columns: readonly Column[]): string {
  return joinTerms(
    columns.map(({ name }) => {
      const [target, kept] = ["target", "kept"].map((alias) => `${alias}.${quoteIdentifier(name)}`);
      return `(${target} collate binary is not ${kept} or typeof(${target}) <> typeof(${kept}))`;
    }),
    "or",
  );
}

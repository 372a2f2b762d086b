/**
 * The statements that compare a table with its rows as they were before the load, for SQL Server:
 *
 *   INSERT INTO #upsurge_before ([id], [n]) SELECT target.[id], target.[n] FROM [dbo].[t] AS target
 *   INSERT INTO #upsurge_differences (nr, kind, n1, o1)
 *   SELECT ROW_NUMBER() OVER (ORDER BY COALESCE(n1, o1)), kind, n1, o1 FROM (SELECT 'updated' AS kind, … UNION ALL …) AS found
 *
 * A rowversion changes whenever its row is written, and is not compared. Pure.
 */
import type { ComparisonSql } from "../../../model/differences.ts";
import type { TablePlan } from "../../../model/load-plan.ts";
import type { Column } from "../../../model/table-shape.ts";
import { comparisonOf, comparisonOfLoads, keptValues } from "../../../sql/comparison.ts";
import { isRowVersion, shownText, stageType } from "../catalog/types.ts";
import { SQL_SERVER } from "../dialect.ts";
import { TEMPORARY } from "../names.ts";
import { quoteIdentifier } from "../quote.ts";
import { isMissing, removalSql } from "./removal-sql.ts";

/** The statements for the loads into one table. */
export function comparisonSql(
  plans: readonly [TablePlan, ...TablePlan[]],
  collation: string,
): ComparisonSql {
  const [plan] = plans;
  const columns = plan.table.columns.filter((column) => !isRowVersion(column));
  const { key } = comparisonOf(plan);
  const typed = (column: Column, name: string): string =>
    `${name} ${stageType(column, collation)} NULL`;
  const keys = key.flatMap((name) => columns.filter((column) => column.name === name));
  const names = ["n", "o"].flatMap((side) => keys.map((_, at) => `${side}${at + 1}`));
  const sides = ["n", "o"].flatMap((side) =>
    keys.map((column, at) => typed(column, `${side}${at + 1}`)),
  );
  const before = TEMPORARY.before(plan);
  const found = TEMPORARY.differences(plan);
  return comparisonOfLoads(plans, columns, {
    ...SQL_SERVER,
    before,
    found,
    text: shownText,
    differs: (some) => SQL_SERVER.changes(keptValues(some, quoteIdentifier)).join(" or "),
    isExtra: isMissing,
    keep: (rows) => [
      `CREATE TABLE ${before} (${columns.map((column) => typed(column, quoteIdentifier(column.name))).join(", ")})`,
      `INSERT INTO ${before} (${columns.map(({ name }) => quoteIdentifier(name)).join(", ")}) ${rows}`,
      `CREATE INDEX upsurge_before_key ON ${before} (${key.map(quoteIdentifier).join(", ")})`,
    ],
    find: (different, order) => [
      `CREATE TABLE ${found} (nr bigint NOT NULL PRIMARY KEY, kind varchar(10) NOT NULL, ${sides.join(", ")})`,
      `INSERT INTO ${found} (nr, kind, ${names.join(", ")}) SELECT ROW_NUMBER() OVER (ORDER BY ${order}) AS nr, kind, ${names.join(", ")} FROM (${different}) AS found`,
    ],
    findExtra: (each) => removalSql(each).find,
  });
}

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
import { comparisonOf, keptValues, sharedComparisonSql } from "../../../sql/comparison.ts";
import type { ComparisonDialect } from "../../../sql/comparison.ts";
import { isRowVersion, shownText, stageType } from "../catalog/types.ts";
import { SQL_SERVER } from "../dialect.ts";
import { beforeTable, differencesTable, tableSql } from "../names.ts";
import { quoteIdentifier } from "../quote.ts";
import { isMissing, removalSql } from "./removal-sql.ts";

/** The statements for the loads into one table. */
export function comparisonSql(
  plans: readonly [TablePlan, ...TablePlan[]],
  collation: string,
): ComparisonSql {
  const [plan] = plans;
  const columns = plan.table.columns.filter((column) => !isRowVersion(column));
  const { extra, ...parts } = sharedComparisonSql(plans, columns, dialectOf(plan));
  const { key } = comparisonOf(plan);
  const typed = (column: Column, name: string): string =>
    `${name} ${stageType(column, collation)} NULL`;
  const keys = key.flatMap((name) => columns.filter((column) => column.name === name));
  const names = ["n", "o"].flatMap((side) => keys.map((_, at) => `${side}${at + 1}`));
  const sides = ["n", "o"].flatMap((side) =>
    keys.map((column, at) => typed(column, `${side}${at + 1}`)),
  );
  const before = beforeTable(plan);
  const found = differencesTable(plan);
  return {
    keep: [
      `CREATE TABLE ${before} (${columns.map((column) => typed(column, quoteIdentifier(column.name))).join(", ")})`,
      `INSERT INTO ${before} (${columns.map(({ name }) => quoteIdentifier(name)).join(", ")}) ${parts.rows}`,
      `CREATE INDEX upsurge_before_key ON ${before} (${key.map(quoteIdentifier).join(", ")})`,
    ],
    find: [
      `CREATE TABLE ${found} (nr bigint NOT NULL PRIMARY KEY, kind varchar(10) NOT NULL, ${sides.join(", ")})`,
      `INSERT INTO ${found} (nr, kind, ${names.join(", ")}) SELECT ROW_NUMBER() OVER (ORDER BY ${parts.order}) AS nr, kind, ${names.join(", ")} FROM (${parts.different}) AS found`,
    ],
    count: parts.count,
    columns: columns.map(({ name }) => name),
    values: parts.values,
    extra:
      extra === null ? null : { ...extra, find: plans.flatMap((each) => removalSql(each).find) },
  };
}

function dialectOf(plan: TablePlan): ComparisonDialect {
  return {
    quoteIdentifier,
    table: tableSql(plan),
    before: beforeTable(plan),
    found: differencesTable(plan),
    count: "COUNT_BIG(*)",
    text: shownText,
    differs: (columns) => SQL_SERVER.changes(keptValues(columns, quoteIdentifier)).join(" or "),
    first: (rows, select, from) => `SELECT TOP (${rows}) ${select} FROM ${from}`,
    isExtra: isMissing,
  };
}

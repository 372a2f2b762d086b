/**
 * The statements that compare a table with its rows as they were before the load, for PostgreSQL:
 *
 *   create temporary table upsurge_before on commit drop as select target."id", target."n" from only "public"."t" as target
 *   create temporary table upsurge_differences on commit drop as
 *     select row_number() over (order by coalesce(n1, o1)) as nr, found.* from (select 'updated' as kind, … union all …) as found
 *
 * Pure.
 */
import type { ComparisonSql } from "../../../model/differences.ts";
import type { TablePlan } from "../../../model/load-plan.ts";
import { comparisonOf, keptValues, sharedComparisonSql } from "../../../sql/comparison.ts";
import type { ComparisonDialect } from "../../../sql/comparison.ts";
import { quoteIdentifier } from "../quote.ts";
import { beforeTable, differencesTable } from "../stage/names.ts";
import { ALL_JOINS, isMissing, removalSql } from "./removal-sql.ts";
import { onlyTable, POSTGRES } from "../dialect.ts";

/** The statements for the loads into one table. */
export function comparisonSql(plans: readonly [TablePlan, ...TablePlan[]]): ComparisonSql {
  const [plan] = plans;
  const { columns } = plan.table;
  const { extra, ...parts } = sharedComparisonSql(plans, columns, dialectOf(plan));
  const { key } = comparisonOf(plan);
  const before = beforeTable(plan);
  return {
    keep: [
      `create temporary table ${plan.stage}_before on commit drop as ${parts.rows}`,
      `create index on ${before} (${key.map(quoteIdentifier).join(", ")})`,
      `analyze ${before}`,
    ],
    find: [
      ...ALL_JOINS,
      `create temporary table ${plan.stage}_differences on commit drop as select row_number() over (order by ${parts.order}) as nr, found.* from (${parts.different}) as found`,
      `create index on ${differencesTable(plan)} (nr)`,
      `analyze ${differencesTable(plan)}`,
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
    table: onlyTable(plan),
    before: beforeTable(plan),
    found: differencesTable(plan),
    count: "count(*)",
    text: (value) => `${value}::text`,
    // As a load tells whether a row would change: by stored images where equal values may have several.
    differs: (columns) => POSTGRES.changes(keptValues(columns, quoteIdentifier)).join(" or "),
    first: (rows, select, from) => `select ${select} from ${from} limit ${rows}`,
    isExtra: isMissing,
  };
}

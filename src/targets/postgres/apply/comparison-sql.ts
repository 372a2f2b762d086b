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
import { comparisonOf, comparisonOfLoads, keptValues } from "../../../sql/comparison.ts";
import { quoteIdentifier } from "../quote.ts";
import { TEMPORARY } from "../stage/names.ts";
import { ALL_JOINS, isMissing, removalSql } from "./removal-sql.ts";
import { POSTGRES } from "../dialect.ts";

/** The statements for the loads into one table. */
export function comparisonSql(plans: readonly [TablePlan, ...TablePlan[]]): ComparisonSql {
  const [plan] = plans;
  const { key } = comparisonOf(plan);
  const before = TEMPORARY.before(plan);
  const found = TEMPORARY.differences(plan);
  return comparisonOfLoads(plans, plan.table.columns, {
    ...POSTGRES,
    before,
    found,
    text: (value) => `${value}::text`,
    // As a load tells whether a row would change: by stored images where equal values may have several.
    differs: (columns) => POSTGRES.changes(keptValues(columns, quoteIdentifier)).join(" or "),
    isExtra: isMissing,
    keep: (rows) => [
      `create temporary table ${plan.stage}_before on commit drop as ${rows}`,
      `create index on ${before} (${key.map(quoteIdentifier).join(", ")})`,
      `analyze ${before}`,
    ],
    find: (different, order) => [
      ...ALL_JOINS,
      `create temporary table ${plan.stage}_differences on commit drop as select row_number() over (order by ${order}) as nr, found.* from (${different}) as found`,
      `create index on ${found} (nr)`,
      `analyze ${found}`,
    ],
    findExtra: (each) => removalSql(each).find,
  });
}

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
import { comparisonOf, sharedComparisonSql } from "../../../sql/comparison.ts";
import type { ComparisonDialect } from "../../../sql/comparison.ts";
import { tableName } from "../dialect.ts";
import { quoteIdentifier } from "../quote.ts";
import { freeName, stagedColumn } from "../stage/staged-row.ts";
import { isMissing, removalSql } from "./removal-sql.ts";
import type { RemovalTable } from "./removal-sql.ts";

/** The statements for the loads into one table. */
export function comparisonSql(rows: readonly [RemovalTable, ...RemovalTable[]]): ComparisonSql {
  const [{ plan, table }, ...others] = rows;
  const plans: readonly [TablePlan, ...TablePlan[]] = [plan, ...others.map((each) => each.plan)];
  const before = nameOf(plan, "before");
  const found = nameOf(plan, "differences");
  const { columns } = plan.table;
  const { extra, ...parts } = sharedComparisonSql(plans, columns, dialectOf(rows));
  const { key } = comparisonOf(plan);
  const typed = columns.map(({ name }) => stagedColumn(name, table.details.get(name)));
  return {
    keep: [
      `create temp table ${quoteIdentifier(before)} (${typed.join(", ")})`,
      `insert into ${temporary(before)} ${parts.rows}`,
      `create index ${temporary(`${before}_key`)} on ${quoteIdentifier(before)} (${key.map(quoteIdentifier).join(", ")})`,
    ],
    find: [
      `create temp table ${quoteIdentifier(found)} as select row_number() over (order by ${parts.order}) as nr, * from (${parts.different})`,
      `create index ${temporary(`${found}_nr`)} on ${quoteIdentifier(found)} (nr)`,
    ],
    count: parts.count,
    columns: columns.map(({ name }) => name),
    values: parts.values,
    extra:
      extra === null ? null : { ...extra, find: rows.flatMap((each) => removalSql(each).find) },
  };
}

/** What a temporary table is called: never as the loaded table, which it would hide. */
function nameOf({ stage, table }: TablePlan, what: string): string {
  return freeName(`${stage}_${what}`, [table.name.name]);
}

function temporary(name: string): string {
  return `temp.${quoteIdentifier(name)}`;
}

function dialectOf(rows: readonly [RemovalTable, ...RemovalTable[]]): ComparisonDialect {
  const [{ plan, table }] = rows;
  return {
    quoteIdentifier,
    table: tableName(plan),
    before: temporary(nameOf(plan, "before")),
    found: temporary(nameOf(plan, "differences")),
    count: "count(*)",
    text: (value, { name }) =>
      textSql(value, (table.details.get(name)?.affinity ?? "blob") === "blob"),
    differs: differsSql,
    first: (most, select, from) => `select ${select} from ${from} limit ${most}`,
    isExtra: (of, alias) => {
      const row = rows.find((each) => each.plan === of);
      return row === undefined ? "0" : isMissing(row, alias);
    },
  };
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
  return disjunction(
    columns.map(({ name }) => {
      const [target, kept] = ["target", "kept"].map((alias) => `${alias}.${quoteIdentifier(name)}`);
      return `(${target} collate binary is not ${kept} or typeof(${target}) <> typeof(${kept}))`;
    }),
  );
}

/** The terms joined by `or`; in halves when they are many, since SQLite nests no expression deeper than 1000. */
function disjunction(terms: readonly string[]): string {
  if (terms.length <= 250) return terms.join(" or ");
  const half = Math.ceil(terms.length / 2);
  return `(${disjunction(terms.slice(0, half))}) or (${disjunction(terms.slice(half))})`;
}

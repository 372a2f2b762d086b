/**
 * The statements that compare a table with its rows as they were kept, as far as databases share them:
 *
 *   select 'updated' as kind, target."id" as n1, kept."id" as o1 from "t" as target join before as kept on target."id" = kept."id"
 *   where target."n" is distinct from kept."n"
 *   union all select 'inserted', target."id", null from "t" as target where not exists (select 1 from before as kept where …)
 *   union all select 'removed', null, kept."id" from before as kept where not exists (select 1 from "t" as target where …)
 *
 * Pure.
 */
import type { ComparisonSql, ExtraSql } from "../model/differences.ts";
import type { TablePlan } from "../model/load-plan.ts";
import type { Column } from "../model/table-shape.ts";
import type { SqlAssignment } from "./assignments.ts";
import type { TableDialect } from "./dialect.ts";

/** How a database spells them. */
export interface ComparisonDialect extends TableDialect {
  /** The relation that keeps the rows of the table. */
  readonly before: string;
  /** The relation of the rows that differ. */
  readonly found: string;
  /** The text of a column's value, given as SQL. */
  readonly text: (value: string, column: Column) => string;
  /** True where the stored images of one of the columns differ, in `target` and `kept`. */
  readonly differs: (columns: readonly Column[]) => string;
  /** True for a row of the table, by its alias, that no record of the plan has. */
  readonly isExtra: (plan: TablePlan, alias: string) => string;
  /** Keeps the rows that the query selects. */
  readonly keep: (rows: string) => readonly string[];
  /** Keeps the rows that the query selects (`kind`, `n1`…, `o1`…), with their numbers in order. */
  readonly find: (different: string, order: string) => readonly string[];
  /** The statements that find the rows which no record of the plan has. */
  readonly findExtra: (plan: TablePlan) => readonly string[];
}

/** The comparison of a plan; `null` for one that has none. */
export function comparisonOf(plan: TablePlan): NonNullable<TablePlan["comparison"]> {
  return plan.comparison ?? { key: [], nullable: [], hidden: [], most: 0, keyColumns: null };
}

/** The statements for the loads into one table; `columns`: those that are told. */
export function comparisonOfLoads(
  plans: readonly [TablePlan, ...TablePlan[]],
  columns: readonly Column[],
  dialect: ComparisonDialect,
): ComparisonSql {
  const { quote, before, found, count } = dialect;
  const table = dialect.plain(plans[0]);
  const { key, nullable } = comparisonOf(plans[0]);
  const keyed = nullable.map((name) => `target.${quote(name)} is not null`);
  const named = (alias: string): string[] => key.map((name) => `${alias}.${quote(name)}`);
  const meets = named("target")
    .map((each, at) => `${each} = ${named("kept")[at] ?? ""}`)
    .join(" and ");
  const news = named("target").map((name, at) => `${name} as n${at + 1}`);
  const olds = named("kept").map((name, at) => `${name} as o${at + 1}`);
  const noNews = key.map((_, at) => `null as n${at + 1}`);
  const noOlds = key.map((_, at) => `null as o${at + 1}`);
  const different = [
    ...(comparedColumns(plans, columns).length === 0
      ? []
      : [
          `select 'updated' as kind, ${[...news, ...olds].join(", ")} from ${table} as target inner join ${before} as kept on ${meets} where ${dialect.differs(comparedColumns(plans, columns))}`,
        ]),
    `select 'inserted' as kind, ${[...news, ...noOlds].join(", ")} from ${table} as target where ${[...keyed, `not exists (select 1 as found from ${before} as kept where ${meets})`].join(" and ")}`,
    `select 'removed' as kind, ${[...noNews, ...olds].join(", ")} from ${before} as kept where not exists (select 1 as found from ${table} as target where ${meets})`,
  ];
  const within = keyed.length === 0 ? "" : ` where ${keyed.join(" and ")}`;
  // Of a row that is gone there is only what it was.
  const order = key.map((_, at) => `coalesce(n${at + 1}, o${at + 1})`);
  return {
    keep: dialect.keep(
      `select ${columnList(columns, "target", quote)} from ${table} as target${within}`,
    ),
    find: dialect.find(different.join(" union all "), order.join(", ")),
    count: `select kind, ${count} as n from ${found} as found group by kind`,
    columns: columns.map(({ name }) => name),
    values: valuesSql(plans, columns, dialect),
    extra: extraSql(plans, meets, dialect),
  };
}

/** Columns with the value that was kept of each, for the test whether its image has changed. */
export function keptValues(
  columns: readonly Column[],
  quote: (name: string) => string,
): SqlAssignment[] {
  return columns.map((column) => {
    return { column, value: `kept.${quote(column.name)}`, compared: true, foreign: false };
  });
}

/** A stamp says when a row was written, and is no change by itself. */
function comparedColumns(
  plans: readonly TablePlan[],
  columns: readonly Column[],
): readonly Column[] {
  const stamped = new Set(plans.flatMap(({ update }) => update.stamps.map((each) => each.column)));
  return columns.filter(({ name }) => !stamped.has(name));
}

/** `target."a", target."b"` */
export function columnList(
  columns: readonly Column[],
  alias: string,
  quote: (name: string) => string,
): string {
  return columns.map(({ name }) => `${alias}.${quote(name)}`).join(", ");
}

function valuesSql(
  plans: readonly [TablePlan, ...TablePlan[]],
  told: readonly Column[],
  { quote, plain, before, found, text, differs }: ComparisonDialect,
): ComparisonSql["values"] {
  const { key, hidden } = comparisonOf(plans[0]);
  const compared = comparedColumns(plans, told);
  const joined = (alias: string, side: string): string =>
    key.map((name, at) => `${alias}.${quote(name)} = found.${side}${at + 1}`).join(" and ");
  return (from, to, names) => {
    const columns = names.flatMap((name) => told.filter((column) => column.name === name));
    const values = columns.flatMap((column, at) => {
      const { name } = column;
      const isShown = !hidden.includes(name);
      const side = (alias: string): string =>
        isShown ? text(`${alias}.${quote(name)}`, column) : "null";
      const changed = compared.includes(column)
        ? `case when ${differs([column])} then 1 else 0 end`
        : "0";
      const place = at + 1;
      return [
        `${side("kept")} as o${place}`,
        `${side("target")} as n${place}`,
        `${changed} as c${place}`,
      ];
    });
    return `select found.kind as kind, ${values.join(", ")} from ${found} as found left join ${before} as kept on ${joined("kept", "o")} left join ${plain(plans[0])} as target on ${joined("target", "n")} where found.nr between ${from} and ${to} order by found.nr`;
  };
}

function extraSql(
  plans: readonly [TablePlan, ...TablePlan[]],
  meets: string,
  dialect: ComparisonDialect,
): ExtraSql | null {
  if (plans.some((plan) => comparisonOf(plan).keyColumns === null)) return null;
  const { key, hidden } = comparisonOf(plans[0]);
  const { quote, before, count, text, first } = dialect;
  const keys = key.map((name, at) => {
    const column = plans[0].table.columns.find((each) => each.name === name);
    const isShown = column !== undefined && !hidden.includes(name);
    return `${isShown ? text(`target.${quote(name)}`, column) : "null"} as k${at + 1}`;
  });
  const where = plans.map((plan) => dialect.isExtra(plan, "target"));
  // A row that the load has made, without a record, is told of as new.
  const rows = `${dialect.plain(plans[0])} as target where ${where.join(" and ")} and exists (select 1 as found from ${before} as kept where ${meets})`;
  const order = key.map((name) => `target.${quote(name)}`).join(", ");
  return {
    count: `select ${count} as n from ${rows}`,
    first: (most) => first(most, keys.join(", "), `${rows} order by ${order}`),
    find: plans.flatMap(dialect.findExtra),
  };
}

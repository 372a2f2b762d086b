/**
 * The statements that take the rows away which no record has, for PostgreSQL:
 *
 *   create temporary table upsurge_missing on commit drop as select target.tableoid as part, target.ctid as place
 *   from only "public"."t" as target where target."id" is not null
 *     and not exists (select from pg_temp.upsurge_seen as excluded where target."id" = excluded."id")
 *   delete from only "public"."t" as target where (target.tableoid, target.ctid) in (select part, place from pg_temp.upsurge_missing)
 *
 * Nobody else writes to the table meanwhile, so a row stays where it was found. Pure.
 */
import type { Arbiter, RemovalSql, TablePlan } from "../../../model/load-plan.ts";
import { qualify } from "../../../sql/expressions.ts";
import { gapsSql, nullable, scopeCondition, sharedRemovalSql } from "../../../sql/removal.ts";
import type { RemovalDialect } from "../../../sql/removal.ts";
import type { Column } from "../../../model/table-shape.ts";
import { keptColumns, keptDefault, spanColumn } from "../../../sql/key-columns.ts";
import { quoteIdentifier } from "../quote.ts";
import { TEMPORARY } from "../stage/names.ts";
import { matchSql } from "../../../sql/match.ts";
import { onlyTable, POSTGRES } from "../dialect.ts";

/** The statements. */
export function removalSql(plan: TablePlan): RemovalSql {
  return {
    ...sharedRemovalSql(plan, dialectOf(plan)),
    find: [...openPlanner(plan), findSql(plan)],
  };
}

function dialectOf(plan: TablePlan): RemovalDialect {
  const found = TEMPORARY.missing(plan);
  return {
    ...POSTGRES,
    found,
    isFound: (alias) =>
      `(${alias}.tableoid, ${alias}.ctid) in (select missing.part, missing.place from ${found} as missing)`,
    asText: (value) => `${value}::text`,
  };
}

/** The planner may join as it likes again. */
export const ALL_JOINS: readonly string[] = ["hashjoin", "mergejoin", "nestloop"].map(
  (join) => `set local enable_${join} to default`,
);

/** What a load has told the planner of its batches does not hold of the whole table. */
function openPlanner(plan: TablePlan): string[] {
  return [
    ...(plan.method.byIndex ? ALL_JOINS : []),
    // How many rows are in a gap the planner cannot know, and would compile for billions.
    ...(wholeKey(plan) === null ? [] : [`analyze ${TEMPORARY.spans(plan)}`, "set local jit = off"]),
  ];
}

/** True for a row of the table, by its alias, that was found. */
export function isMissing(plan: TablePlan, alias: string): string {
  return dialectOf(plan).isFound(alias);
}

/** The key where it is one whole number: those that follow one another are kept as spans. */
export function wholeKey(plan: TablePlan): Column | null {
  return spanColumn(plan, ({ type }) => /^(?:smallint|integer|bigint)$/.test(type));
}

/** The tables of keys; what a record lacks has its default. */
export function seenDdl(plan: TablePlan): string[] {
  const columns = keptColumns(plan).map((column) => {
    const named = `${quoteIdentifier(column.name)} ${column.type}`;
    if (column.generatedSql !== null)
      return `${named} generated always as (${column.generatedSql}) stored`;
    const value = keptDefault(column);
    return value === null ? named : `${named} default ${value}`;
  });
  const own = ["upsurge_ord bigint", "upsurge_shape int"];
  const spans = `create temporary table ${plan.stage}_spans (lo bigint, hi bigint) on commit drop`;
  return [
    `create temporary table ${plan.stage}_seen (${[...own, ...columns].join(", ")}) on commit drop`,
    ...(wholeKey(plan) === null ? [] : [spans]),
  ];
}

function findSql(plan: TablePlan): string {
  const scope = scopeCondition(plan, quoteIdentifier);
  const missing = unseenSql(plan).map(
    (match) => `not exists (select from ${TEMPORARY.seen(plan)} as excluded where ${match})`,
  );
  const key = wholeKey(plan);
  const gaps = key === null ? "" : `${gapsSql(TEMPORARY.spans(plan), LEAST_INTEGER)} as gap join `;
  const on =
    key === null ? "" : ` on target.${quoteIdentifier(key.name)} between gap.low and gap.high`;
  const where = [...(scope === null ? [] : [scope]), ...missing].join(" and ");
  return `create temporary table ${plan.stage}_missing on commit drop as select target.tableoid as part, target.ctid as place from ${gaps}${onlyTable(plan)} as target${on} where ${where}`;
}

const LEAST_INTEGER = "'-9223372036854775808'::bigint";

/** More parts that may be NULL would make too many joins. */
const MOST_NULLABLE = 4;

/**
 * How a kept key meets a row. The server joins by hash only where values are compared with `=`, so NULLs that are equal are
 * told one combination after the other.
 */
function unseenSql(plan: TablePlan): string[] {
  const { nullKey } = plan;
  const arbiter = collated(plan);
  if (arbiter === null) return [];
  // Rows with NULL in their key are out of scope.
  if (nullKey !== "match") return [matchSql(plan, { ...arbiter, nullsEqual: false }, POSTGRES)];
  const open = nullable(plan);
  if (open.length > MOST_NULLABLE) return [matchSql(plan, arbiter, POSTGRES)];
  const naming = { columns: plan.table.columns.map(({ name }) => name), quoteIdentifier };
  return combinations(open).map((nulls) => {
    const keyExpressions = arbiter.keyExpressions.filter(
      (_, at) => !nulls.includes(plan.arbiter?.keyExpressions[at] ?? ""),
    );
    const equal = matchSql(plan, { ...arbiter, keyExpressions, nullsEqual: false }, POSTGRES);
    const empty = nulls.flatMap((part) =>
      ["target", "excluded"].map((alias) => `${qualify(part, alias, naming)} is null`),
    );
    return [...(equal === "" ? [] : [equal]), ...empty].join(" and ");
  });
}

/** The key as its index compares it, which may do so by other collations than the columns'. */
function collated({ arbiter, table }: TablePlan): Arbiter | null {
  if (arbiter === null) return null;
  const collations = table.uniqueKeys.find(({ name }) => name === arbiter.name)?.collations ?? [];
  const keyExpressions = arbiter.keyExpressions.map((part, at) => {
    const collation = collations[at] ?? null;
    return collation === null ? part : `${part} collate ${collation}`;
  });
  return { ...arbiter, keyExpressions };
}

/** Each way to choose among them, none and all included. */
function combinations(list: readonly string[]): string[][] {
  return list.reduce<string[][]>(
    (chosen, each) => [...chosen, ...chosen.map((some) => [...some, each])],
    [[]],
  );
}

/**
 * The statements of select-then-write: look which rows are there, update those that change, insert those that are not.
 * They run under a lock that keeps other writers out, over staged rows without repeats. Pure.
 */
import type { Arbiter, TablePlan } from "../../../model/load-plan.ts";
import { qualify } from "../../../sql/expressions.ts";
import { joinsWide } from "../catalog/limits.ts";
import { insertSql, tableSql } from "./native-sql.ts";
import type { RowsSql } from "./native-sql.ts";
import { quoteIdentifier } from "../quote.ts";
import { updateSql } from "./update-sql.ts";

/** `target."a" = excluded."a"` for every part of the key, its predicate on both sides. */
export function matchSql(plan: TablePlan, arbiter: Arbiter): string {
  const naming = { columns: plan.table.columns.map((column) => column.name), quoteIdentifier };
  const on = (sql: string, alias: string): string => qualify(sql, alias, naming);
  const equals = arbiter.nullsEqual ? "is not distinct from" : "=";
  const parts = arbiter.keyExpressions.map(
    (part) => `${on(part, "target")} ${equals} ${on(part, "excluded")}`,
  );
  const predicates =
    arbiter.predicate === null
      ? []
      : [`(${on(arbiter.predicate, "target")})`, `(${on(arbiter.predicate, "excluded")})`];
  return [...parts, ...predicates].join(" and ");
}

/** Parameters that hold the least and the greatest key: the index is then read from one to the other. */
export type KeyBounds = readonly [least: string, most: string];

/** ` and target."a" between $1 and $2`: keeps a join that reads the key in order to the range that counts. */
export function withinSql({ arbiter }: TablePlan, bounds: KeyBounds | null): string {
  if (bounds === null || arbiter === null) return "";
  return ` and target.${arbiter.keyExpressions[0] ?? ""} between ${bounds[0]} and ${bounds[1]}`;
}

/** The table, without the children that inherit from it. */
export function onlyTable(plan: TablePlan): string {
  return `${plan.table.kind === "table" ? "only " : ""}${tableSql(plan)}`;
}

/** Keeps other writers out while rows are looked up and written. */
export function lockTable(plan: TablePlan): string {
  return `lock table ${onlyTable(plan)} in share row exclusive mode`;
}

/**
 * What the rows meet: `matched`, and of those `skipped` by the condition and `unchanged`.
 *   select count(*), count(*) filter (where (…) is not true), … from rows as excluded join "t" as target on …
 */
export function meetSql(plan: TablePlan, columns: readonly string[], rows: MeetRows): string {
  const { assignments, differs } = updateSql(plan, columns);
  const holds = `(${plan.update.where ?? "true"}) is true`;
  const same = differs === null ? "false" : `(${differs}) is not true`;
  const met = `from ${rows.relation} as excluded join ${onlyTable(plan)} as target on ${rows.match}${rows.condition === null ? "" : `\nwhere ${rows.condition}`}`;
  if (plan.deletesRows === true) {
    return `select count(*) as matched, count(*) filter (where not ${holds}) as skipped, 0 as unchanged\n${met}`;
  }
  if (assignments === null || plan.mode === "ignore") {
    return `select count(*) as matched, 0 as skipped, 0 as unchanged\n${met}`;
  }
  if (joinsWide(columns)) return meetWideSql({ holds, same }, met);
  return `select count(*) as matched, count(*) filter (where not ${holds}) as skipped, count(*) filter (where ${holds} and ${same}) as unchanged
${met}`;
}

/** The offset keeps the tests in the join, which then hands on what they come to, and not the columns of both sides. */
function meetWideSql(
  { holds, same }: { readonly holds: string; readonly same: string },
  met: string,
): string {
  return `select count(*) as matched, count(*) filter (where not holds) as skipped, count(*) filter (where holds and same) as unchanged
from (select ${holds} as holds, ${same} as same
${met}
offset 0) as met`;
}

/** Staged rows, how they match the table, and which of them are meant. */
export interface MeetRows {
  readonly relation: string;
  readonly match: string;
  readonly condition: string | null;
}

/** `update "t" as target set … from rows as excluded where …`, or the delete; `null` when there is nothing to update. */
export function updateFoundSql(
  plan: TablePlan,
  columns: readonly string[],
  rows: MeetRows,
): string | null {
  if (plan.deletesRows === true) return deleteFoundSql(plan, rows);
  const { assignments, differs } = updateSql(plan, columns);
  if (assignments === null || plan.mode === "ignore") return null;
  const tests = [rows.match, rows.condition, plan.update.where, differs];
  const where = tests.filter((test) => test !== null).map((test) => `(${test})`);
  return `update ${onlyTable(plan)} as target set ${assignments}
from ${rows.relation} as excluded where ${where.join(" and ")}`;
}

/** `delete from only "t" as target using rows as excluded where …`. */
function deleteFoundSql(plan: TablePlan, rows: MeetRows): string {
  const tests = [rows.match, rows.condition, plan.update.where];
  const where = tests.filter((test) => test !== null).map((test) => `(${test})`);
  return `delete from ${onlyTable(plan)} as target
using ${rows.relation} as excluded where ${where.join(" and ")}`;
}

/** `insert into "t" … where not exists (…) order by …`. */
export function insertMissingSql(
  plan: TablePlan,
  columns: readonly string[],
  rows: MeetRows,
): string {
  const where = [
    rows.condition,
    `not exists (select from ${onlyTable(plan)} as target where ${rows.match})`,
  ];
  const from: RowsSql = {
    from: `${rows.relation} as excluded
where ${where.filter((test) => test !== null).join(" and ")} order by excluded.upsurge_ord`,
  };
  return insertSql(plan, columns, from);
}

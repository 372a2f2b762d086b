/** How PostgreSQL spells the statements that databases share. Pure. */
import type { Arbiter, TablePlan } from "../../model/load-plan.ts";
import type { Meeting, MergeDialect, UpsertDialect } from "../../sql/dialect.ts";
import { allOf } from "../../sql/found-rows.ts";
import type { SqlAssignment } from "../../sql/assignments.ts";
import { tableSql as qualified } from "../../sql/unique-index.ts";
import { doUpdate, limited } from "../../sql/upsert.ts";
import { joinsWide } from "./catalog/limits.ts";
import { quoteIdentifier } from "./quote.ts";
import { asStored, hasOneImage, overflows } from "./types.ts";

/** Of PostgreSQL. */
export const POSTGRES: UpsertDialect & MergeDialect = {
  quote: quoteIdentifier,
  plain: onlyTable,
  count: "count(*)",
  first: limited,
  deleteWhere: (plan, condition) => `delete from ${onlyTable(plan)} as target where ${condition}`,
  updateWhere: (plan, set, condition) =>
    `update ${onlyTable(plan)} as target set ${set} where ${condition}`,
  into: (plan) => `${tableSql(plan)} as target`,
  target: (plan) => `${onlyTable(plan)} as target`,
  join: "join",
  anyRow: "select",
  defaultRow: "default values",
  bringsIds: " overriding system value",
  stampsStage: false,
  equalOrNull: (one, other) => `${one} is not distinct from ${other}`,
  changes,
  overflows: ({ value, column }) => overflows(value, column),
  meet: meetSql,
  ...foundWrites(onlyTable),
  onConflict: (conflict) => doUpdate(conflictTarget(conflict.arbiter), conflict),
  merge: {
    into: (plan) => `merge into ${onlyTable(plan)} as target`,
    missing: "when not matched",
  },
};

/** The writes to the rows that are met, in the table as `name` tells it. */
export function foundWrites(
  name: (plan: TablePlan) => string,
): Pick<UpsertDialect, "updateFound" | "deleteFound"> {
  return {
    updateFound: (
      { plan, rows, tests },
      { assignments },
    ) => `update ${name(plan)} as target set ${assignments}
from ${rows.relation} as excluded where ${allOf([rows.match, ...tests])}`,
    deleteFound: ({ plan, rows, tests }) => `delete from ${name(plan)} as target
using ${rows.relation} as excluded where ${allOf([rows.match, ...tests])}`,
  };
}

/** The qualified name of the plan's table. */
export function tableSql({ table }: Pick<TablePlan, "table">): string {
  return qualified(table.name, quoteIdentifier);
}

/** The table, without the children that inherit from it. */
export function onlyTable({ table }: Pick<TablePlan, "table">): string {
  return `${table.kind === "table" ? "only " : ""}${tableSql({ table })}`;
}

/** `on conflict ("a") where (…)`: names the arbiter. */
export function conflictTarget(arbiter: Arbiter): string {
  if (arbiter.kind === "any") return "on conflict";
  if (arbiter.kind === "constraint")
    return `on conflict on constraint ${quoteIdentifier(arbiter.name ?? "")}`;
  const parts = arbiter.keyExpressions
    .map((part) => (arbiter.plain ? part : `(${part})`))
    .join(", ");
  return `on conflict (${parts})${arbiter.predicate === null ? "" : ` where (${arbiter.predicate})`}`;
}

/**
 * `target."n" is distinct from excluded."n"`, `row(target."b")::record *<> row(excluded."b")::record`: where equal values have
 * one image, comparing values is cheaper; everywhere else the record image operators see every change of the stored bytes
 * (1.0 and 1.00, citext's case) and need no equality operator. A single row constructor does not parse without the cast.
 */
function changes(assigned: readonly SqlAssignment[]): string[] {
  const exact = assigned.filter(({ column, foreign }) => !foreign && hasOneImage(column));
  const others = assigned.filter((each) => !exact.includes(each));
  const stored = others.map((each) => image(each, stands(each)));
  const proposed = others.map((each) => image(each, each.value));
  return [
    ...exact.map((each) => `${stands(each)} is distinct from ${each.value}`),
    ...(others.length === 0
      ? []
      : [`row(${stored.join(", ")})::record *<> row(${proposed.join(", ")})::record`]),
  ];
}

function image({ column, foreign }: SqlAssignment, value: string): string {
  return foreign ? asStored(value, column) : value;
}

function stands({ column }: SqlAssignment): string {
  return `target.${quoteIdentifier(column.name)}`;
}

/** `select count(*) as matched, count(*) filter (where (…) is not true) as skipped, … from rows as excluded join "t" as target on …` */
function meetSql({ from, tells, where, differs, columns }: Meeting): string {
  const holds = `(${where ?? "true"}) is true`;
  const same = differs === null ? "false" : `(${differs}) is not true`;
  const skipped = tells === "nothing" ? "0" : `count(*) filter (where not ${holds})`;
  if (tells !== "unchanged") {
    return `select count(*) as matched, ${skipped} as skipped, 0 as unchanged\n${from}`;
  }
  if (!joinsWide(columns)) {
    return `select count(*) as matched, ${skipped} as skipped, count(*) filter (where ${holds} and ${same}) as unchanged\n${from}`;
  }
  // The offset keeps the tests in the join, which then hands on what they come to, and not the columns of both sides.
  return `select count(*) as matched, count(*) filter (where not holds) as skipped, count(*) filter (where holds and same) as unchanged
from (select ${holds} as holds, ${same} as same
${from}
offset 0) as met`;
}

/**
 * How SQL Server spells the statements that databases share. All of them take the same locks: an update lock on every row that
 * a key finds, and on the gap where it finds none (HOLDLOCK), so that what was looked up stays true. Pure.
 */
import { fires } from "../../model/table-shape.ts";
import type { SqlAssignment } from "../../sql/assignments.ts";
import type { FoundWrite, Meeting, MergeDialect } from "../../sql/dialect.ts";
import { allOf } from "../../sql/found-rows.ts";
import type { UpdateSql } from "../../sql/update.ts";
import { asStored, imageOf, overflows } from "./catalog/types.ts";
import { tableSql } from "./names.ts";
import { quoteIdentifier } from "./quote.ts";

/** Of SQL Server. */
export const SQL_SERVER: MergeDialect = {
  quote: quoteIdentifier,
  plain: tableSql,
  count: "COUNT_BIG(*)",
  first: (rows, select, from) => `SELECT TOP (${rows}) ${select} FROM ${from}`,
  deleteWhere: (plan, condition) =>
    `DELETE target FROM ${tableSql(plan)} AS target WHERE ${condition}`,
  updateWhere: (plan, set, condition) =>
    `UPDATE target SET ${set} FROM ${tableSql(plan)} AS target WHERE ${condition}`,
  into: tableSql,
  target: (plan) => `${tableSql(plan)} as target with (updlock, holdlock)`,
  join: "inner join",
  anyRow: "select 1",
  defaultRow: "default values",
  bringsIds: "",
  stampsStage: true,
  equalOrNull: (one, other, mayBeNull) =>
    mayBeNull ? `exists (select ${one} intersect select ${other})` : `${one} = ${other}`,
  changes: imagesDiffer,
  overflows: ({ value, column }) => overflows(value, column),
  meet: meetSql,
  updateFound: (write, update) =>
    fires(write.plan.table, "instead", "update")
      ? updateInsteadSql(write, update)
      : `update target set ${update.assignments}\n${foundRows(write)}`,
  deleteFound: (write) => `delete target\n${foundRows(write)}`,
  onConflict: null,
  merge: {
    into: (plan) => `merge ${tableSql(plan)} with (holdlock, updlock) as target`,
    missing: "when not matched by target",
  },
};

/** `exists (select … except select …)` over the images takes NULLs as equal. */
function imagesDiffer(assigned: readonly SqlAssignment[]): string[] {
  const stored = assigned.map(({ column }) =>
    imageOf(`target.${quoteIdentifier(column.name)}`, column),
  );
  const proposed = assigned.map(({ column, value, foreign }) =>
    imageOf(foreign ? asStored(value, column) : value, column),
  );
  return [`exists (select ${stored.join(", ")} except select ${proposed.join(", ")})`];
}

function foundRows({ plan, rows, tests }: FoundWrite): string {
  const joined = `from ${rows.relation} as excluded inner join ${SQL_SERVER.target(plan)} on ${rows.match}`;
  return `${joined}\nwhere ${allOf(tests)}`;
}

/** The update of a view that has such a trigger, which must not take part in a join (414): its values are looked up instead. */
function updateInsteadSql({ plan, rows, tests }: FoundWrite, { assigned }: UpdateSql): string {
  const [first = "", ...others] = tests;
  const where = rows.condition === null ? [rows.match, ...tests] : [first, rows.match, ...others];
  const found = `from ${rows.relation} as excluded where ${allOf(where)}`;
  const values = assigned.map(
    ({ column, value }) => `${quoteIdentifier(column.name)} = (select ${value} ${found})`,
  );
  return `update target set ${values.join(", ")}
from ${SQL_SERVER.target(plan)} where exists (select 1 ${found})`;
}

/**
 * What the rows meet, into variables: `@matched` target rows, the `@met` incoming rows that found one, and of the target
 * rows those `@skipped` by the condition and `@unchanged`.
 */
function meetSql({ from, tells, where, differs }: Meeting): string {
  const holds = where === null ? "1 = 1" : `(${where})`;
  const same = differs === null ? "1 = 0" : `not (${differs})`;
  const skipped = tells === "nothing" ? "0" : `case when ${holds} then 0 else 1 end`;
  const unchanged =
    tells === "unchanged" ? `case when ${holds} and ${same} then 1 else 0 end` : "0";
  // The flags are made first: an aggregate must not hold a subquery.
  return `select @matched = count_big(*), @met = count_big(distinct looked.ord),
@skipped = coalesce(sum(looked.skipped), 0), @unchanged = coalesce(sum(looked.unchanged), 0)
from (select excluded.upsurge_ord as ord, ${skipped} as skipped, ${unchanged} as unchanged
${from}) as looked`;
}

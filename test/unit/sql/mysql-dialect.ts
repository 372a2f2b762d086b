/**
 * A fourth spelling, of a database that has no target: MySQL 8's, as text alone. It shows that a dialect is not three databases
 * in disguise: other quotes and another equality, no MERGE, an upsert that names no key, and updates that begin with a join.
 */
import type { TablePlan } from "../../../src/model/load-plan.ts";
import type { SqlAssignment } from "../../../src/sql/assignments.ts";
import type { Conflict, Meeting, UpsertDialect } from "../../../src/sql/dialect.ts";
import { allOf } from "../../../src/sql/found-rows.ts";
import { limited } from "../../../src/sql/upsert.ts";

/** `` `a` ``. */
export function quoteIdentifier(name: string): string {
  return `\`${name.replaceAll("`", "``")}\``;
}

/** Of MySQL. */
export const MYSQL: UpsertDialect = {
  quote: quoteIdentifier,
  plain: tableOf,
  count: "count(*)",
  first: limited,
  // The table of an INSERT takes no alias.
  into: tableOf,
  target: (plan) => `${tableOf(plan)} as target`,
  join: "inner join",
  anyRow: "select 1",
  defaultRow: "() values ()",
  bringsIds: "",
  stampsStage: false,
  equalOrNull: (one, other) => `${one} <=> ${other}`,
  changes: (assigned) => [`not (${assigned.map(sameImage).join(" and ")})`],
  overflows: ({ column, value }) => {
    const [, length] = /^varchar\((\d+)\)$/.exec(column.type) ?? [];
    return length === undefined ? null : `char_length(${value}) > ${length}`;
  },
  meet: meetSql,
  updateFound: ({ plan, rows, tests }, { assigned }) => {
    const sets = assigned.map(({ column, value }) => `${stands(column.name)} = ${value}`);
    return `update ${tableOf(plan)} as target inner join ${rows.relation} as excluded on ${rows.match}
set ${sets.join(", ")} where ${allOf(tests)}`;
  },
  deleteFound: ({ plan, rows, tests }) =>
    `delete target from ${tableOf(plan)} as target inner join ${rows.relation} as excluded on ${rows.match}
where ${allOf(tests)}`,
  onConflict: duplicateKey,
  merge: null,
};

function tableOf({ table }: Pick<TablePlan, "table">): string {
  return quoteIdentifier(table.name.name);
}

function stands(name: string): string {
  return `target.${quoteIdentifier(name)}`;
}

function sameImage({ column, value }: SqlAssignment): string {
  const stored = stands(column.name);
  return column.family === "text"
    ? `cast(${stored} as binary) <=> cast(${value} as binary)`
    : `${stored} <=> ${value}`;
}

function meetSql({ from, tells, where, differs }: Meeting): string {
  const holds = `(${where ?? "true"}) is true`;
  const same = differs === null ? "false" : `(${differs}) is not true`;
  const skipped = tells === "nothing" ? "0" : `coalesce(sum(not ${holds}), 0)`;
  const unchanged = tells === "unchanged" ? `coalesce(sum(${holds} and ${same}), 0)` : "0";
  return `select count(*) as matched, ${skipped} as skipped, ${unchanged} as unchanged\n${from} for update`;
}

/** Whatever unique key is met decides; values that are there already are not written again, so that nothing is tested. */
function duplicateKey({ plan, arbiter, update }: Conflict): string {
  const name = quoteIdentifier(arbiter.columns[0] ?? "");
  return `on duplicate key update ${update?.assignments ?? `${name} = ${tableOf(plan)}.${name}`}`;
}

/**
 * A fourth spelling, of a database that has no target: MySQL 8's, as text alone, held against its reference manual. It shows that
 * a dialect is not three databases in disguise: other quotes and another equality, no MERGE, an upsert that names no key, updates
 * that begin with a join, and assignments that see each other.
 */
import type { TablePlan } from "../../../src/model/load-plan.ts";
import type { SqlAssignment } from "../../../src/sql/assignments.ts";
import type { Conflict, FoundWrite, Meeting, UpsertDialect } from "../../../src/sql/dialect.ts";
import { tokenize } from "../../../src/sql/tokens.ts";
import { allOf } from "../../../src/sql/found-rows.ts";
import type { UpdateSql } from "../../../src/sql/update.ts";
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
  // A DELETE of one table takes an alias since 8.0.16.
  deleteWhere: (plan, condition) => `delete from ${tableOf(plan)} as target where ${condition}`,
  updateWhere: (plan, set, condition) =>
    `update ${tableOf(plan)} as target set ${set} where ${condition}`,
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
  updateFound,
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

/**
 * An update of joined tables makes its assignments in any order, and a value sees those that were made before: values of the
 * user's expressions are worked out first. The hint keeps them apart, since a query that is merged may not read the table.
 */
function updateFound({ plan, rows, tests }: FoundWrite, { assigned }: UpdateSql): string {
  const table = `${tableOf(plan)} as target`;
  const joined = `${rows.relation} as excluded`;
  const set = (value: (each: SqlAssignment) => string): string =>
    assigned.map((each) => `${stands(each.column.name)} = ${value(each)}`).join(", ");
  if (!assigned.some(({ foreign }) => foreign)) {
    return `update ${table} inner join ${joined} on ${rows.match}
set ${set(({ value }) => value)} where ${allOf(tests)}`;
  }
  const made = [
    ...(plan.arbiter?.columns ?? []).map((name) => `excluded.${quoteIdentifier(name)}`),
    ...assigned.map(({ column, value }) => `${value} as ${quoteIdentifier(column.name)}`),
  ];
  return `update /*+ NO_MERGE(excluded) */ ${table} inner join (select ${made.join(", ")}
from ${joined} inner join ${table} on ${rows.match} where ${allOf(tests)}) as excluded on ${rows.match}
set ${set(({ column }) => `excluded.${quoteIdentifier(column.name)}`)}`;
}

/**
 * Whatever unique key is met decides, so the table must have one alone; values that are there already are not written again, so
 * that nothing is tested. IGNORE would let rows pass that break other rules: a row that is left alone writes its key over itself.
 * Assignments are made from left to right: a plan whose expressions read a column that is assigned is to look first.
 */
function duplicateKey({ plan, arbiter, update }: Conflict): string {
  const key = quoteIdentifier(arbiter.columns[0] ?? "");
  const sets = update?.assigned.map(
    ({ column, value }) => `${quoteIdentifier(column.name)} = ${ofTable(plan, value)}`,
  );
  return `on duplicate key update ${sets?.join(", ") ?? `${key} = ${tableOf(plan)}.${key}`}`;
}

/** The row of the table goes by the table's name where an insert meets it. */
function ofTable(plan: TablePlan, sql: string): string {
  const tokens = tokenize(sql);
  const texts = tokens.map((token, at) => {
    const isTarget = token.kind === "word" && !token.quoted && token.name === "target";
    return isTarget && tokens[at + 1]?.text === "." ? tableOf(plan) : token.text;
  });
  return texts.join("");
}

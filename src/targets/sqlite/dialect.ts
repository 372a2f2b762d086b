/**
 * The SQL of a load into SQLite, pure text: what a row with given columns runs, and how a target row is compared.
 * Running it and counting what came of it is left to `apply/`.
 */
import type { Arbiter, TablePlan } from "../../model/load-plan.ts";
import type { UniqueKey } from "../../model/table-shape.ts";
import { assignmentsOf } from "../../sql/assignments.ts";
import type { SqlAssignment } from "../../sql/assignments.ts";
import type { Dialect, TableDialect } from "../../sql/dialect.ts";
import { matchSql } from "../../sql/match.ts";
import { doUpdate, limited } from "../../sql/upsert.ts";
import { quoteIdentifier } from "./quote.ts";
import { PAGED_ROWS } from "./stage/page-file.ts";
import { pageColumn } from "./stage/row-page.ts";
import { asStored, seesUnconverted } from "./stage/as-stored.ts";
import { fromStaged, slotOf } from "./stage/staged-row.ts";
import type { SqliteTable } from "./catalog/table-shape.ts";

/** The function that tells what an upsert decided; see `probe.ts`. */
export const PROBE = "upsurge_probe";

/** The same for upserts of several rows: asked only of target rows that are written, or that a condition leaves out. */
export const MET = "upsurge_met";

/** What a load knows when it builds SQL for rows with certain columns. */
export interface RowSql {
  readonly plan: TablePlan;
  readonly table: SqliteTable;
  readonly columns: readonly string[];
  /** The insert reads the staged row: a stamp is computed from it, or the row carries no column. */
  readonly readsStaged: boolean;
  /** The insert takes values as their columns store them: an expression would see them before. */
  readonly converts: boolean;
}

/** What is known when SQL is built for rows that carry `columns`. */
export function rowSql(plan: TablePlan, table: SqliteTable, columns: readonly string[]): RowSql {
  const readsStaged = plan.update.stamps.length > 0 || columns.length === 0;
  return { plan, table, columns, readsStaged, converts: seesUnconverted(plan) };
}

/** `"t"` */
export function tableName({ table }: Pick<TablePlan, "table">): string {
  return quoteIdentifier(table.name.name);
}

/** What statements of SQLite share with those of other databases. */
export const SQLITE: TableDialect & Pick<Dialect, "equalOrNull"> = {
  quote: quoteIdentifier,
  plain: tableName,
  count: "count(*)",
  first: limited,
  deleteWhere: (plan, condition) => `delete from ${tableName(plan)} as target where ${condition}`,
  updateWhere: (plan, set, condition) =>
    `update or abort ${tableName(plan)} as target set ${set} where ${condition}`,
  equalOrNull: (one, other) => `${one} is ${other}`,
};

/** The unique index behind the arbiter; `null` when the key has none. */
export function backing(plan: TablePlan): UniqueKey | null {
  const { arbiter, table } = plan;
  if (arbiter === null || arbiter.kind !== "expressions") return null;
  const same = (key: UniqueKey): boolean =>
    key.keyExpressions.length === arbiter.keyExpressions.length &&
    key.keyExpressions.every((part) => arbiter.keyExpressions.includes(part));
  return (
    table.uniqueKeys.find(
      (key) => (key.name ?? key.columns.join(", ")) === arbiter.name && same(key),
    ) ?? null
  );
}

/**
 * What a row writes to the target row it meets, the user's expressions behind the values, stamps last; empty when there is
 * nothing but stamps.
 */
export function writes({ plan, columns }: Pick<RowSql, "plan" | "columns">): SqlAssignment[] {
  const all = assignmentsOf(plan, columns, quoteIdentifier);
  const [values, others] = [
    all.filter(({ foreign }) => !foreign),
    all.filter(({ foreign }) => foreign),
  ];
  const sets = others.filter(({ compared }) => compared);
  if (values.length + sets.length === 0) return [];
  return [...values, ...sets, ...others.filter(({ compared }) => !compared)];
}

/** `"b" = excluded."b", "n" = (target."n" + 1)` */
function setList(list: readonly SqlAssignment[]): string {
  return list.map(({ column, value }) => `${quoteIdentifier(column.name)} = ${value}`).join(", ");
}

/**
 * True when every written column keeps its stored image: `target."b" collate binary is +excluded."b"`.
 * The plus takes the value's own affinity away, so that the column's decides, as it will on storing;
 * a column without affinity keeps 1 and '1' apart, so there the types must agree as well.
 */
function sameImage(list: readonly SqlAssignment[], { plan, table }: RowSql): string {
  if (plan.update.rewriteUnchanged) return "0";
  const compared = list.filter((write) => write.compared);
  const terms = compared.map(({ column: { name }, value }) => {
    const stored = `target.${quoteIdentifier(name)}`;
    const equal = `${stored} collate binary is +${value}`;
    if (table.details.get(name)?.affinity !== "blob") return equal;
    return `${equal} and typeof(${stored}) = typeof(${value})`;
  });
  return joinTerms(terms, "and");
}

/** The terms joined; in halves when they are many, since SQLite nests no expression deeper than 1000. */
export function joinTerms(terms: readonly string[], by: "and" | "or"): string {
  if (terms.length <= 250) return terms.join(` ${by} `);
  const half = Math.ceil(terms.length / 2);
  return `(${joinTerms(terms.slice(0, half), by)}) ${by} (${joinTerms(terms.slice(half), by)})`;
}

/** What a rule without columns of rows changes in the table, and the test whether a row is other than that. */
export function changesOf(row: RowSql): { readonly assignments: string; readonly differs: string } {
  const list = writes(row);
  return { assignments: setList(list), differs: `not (${sameImage(list, row)})` };
}

/** `case when (target."ts" < excluded."ts") then 1 else 0 end`; `1` without a condition. */
function holds(plan: TablePlan): string {
  return plan.update.where === null ? "1" : `case when (${plan.update.where}) then 1 else 0 end`;
}

/** `on conflict ("a", lower(b)) where c > 0` */
export function conflictTarget(arbiter: Arbiter): string {
  if (arbiter.kind === "any") return "on conflict";
  const predicate = arbiter.predicate === null ? "" : ` where ${arbiter.predicate}`;
  return `on conflict (${arbiter.keyExpressions.join(", ")})${predicate}`;
}

/**
 * `insert into "t" as target ("a", "b") values (?, ?)`, or with stamps
 * `insert into "t" as target ("a", "at") select excluded."a", (now) from temp."upsurge_row" as excluded where true`.
 */
export function insertRow(row: RowSql, or = ""): string {
  const { plan, columns, readsStaged } = row;
  if (!readsStaged) return insertRows(row, 1, or);
  const verb = `insert ${or}into ${tableName(plan)} as target`;
  const carried = columns.length + plan.update.stamps.length === 0 ? [firstColumn(plan)] : columns;
  const values = new Map(carried.map((name) => [name, `excluded.${quoteIdentifier(name)}`]));
  for (const { column, expression } of plan.update.stamps) values.set(column, `(${expression})`);
  const names = [...values.keys()].map(quoteIdentifier).join(", ");
  return `${verb} (${names}) select ${[...values.values()].join(", ")} from ${fromStaged(plan)} where true`;
}

/** A column that a statement may name when it is about none. */
export function firstColumn({ table }: TablePlan): string {
  return table.columns.find(({ generatedSql }) => generatedSql === null)?.name ?? "";
}

/** `(?, ?)` */
function places(columns: readonly string[]): string {
  return `(${columns.map(() => "?").join(", ")})`;
}

/**
 * The same for rows that are not staged, in one statement: `insert into "t" as target ("a", "b") values (?, ?), (?, ?)`, or, where an
 * expression would see what is not converted yet, `… select column1, <column2 as stored> from (values (?, ?)) where true`.
 */
export function insertRows(row: RowSql, rows: number, or = ""): string {
  const { plan, columns } = row;
  const verb = `insert ${or}into ${tableName(plan)} as target (${columns.map(quoteIdentifier).join(", ")})`;
  const values = `values ${Array.from({ length: rows }, () => places(columns)).join(", ")}`;
  if (!row.converts) return `${verb} ${values}`;
  return `${verb} select ${inserted(row, (at) => `column${at + 1}`)} from (${values}) where true`;
}

/** The same for the rows of a page: `insert into "t" as target ("a", "b") select c0, c1 from upsurge_page.rows where rowid >= ?`. */
export function insertPage(row: RowSql): string {
  const { plan, columns } = row;
  const names = columns.map(quoteIdentifier).join(", ");
  return `insert into ${tableName(plan)} as target (${names}) select ${inserted(row, pageColumn)} from ${PAGED_ROWS} where rowid >= ?`;
}

/** What a select gives the columns of a row, whose values have these names. */
function inserted({ table, columns, converts }: RowSql, valueAt: (at: number) => string): string {
  const valueOf = (name: string, at: number): string =>
    converts ? asStored(valueAt(at), table.details.get(name)?.affinity) : valueAt(at);
  return columns.map(valueOf).join(", ");
}

/** The last rowid, 0 in an empty table, `null` where it is too large to be counted with. */
export function lastRowid({ plan }: RowSql, rowid: string): string {
  const last = `coalesce(max(${rowid}), 0)`;
  return `select case when ${last} between ${-MOST_ROWID} and ${MOST_ROWID} then ${last} end as n from ${tableName(plan)}`;
}

/** A double holds it and the rowids behind it. */
const MOST_ROWID = 2 ** 52;

/**
 * The native upsert of several rows, which SQLite takes one after the other. It asks only what the counts need:
 * `<insert> … where case when (<condition>) then case when <same image> then 0 else upsurge_met(1) end else upsurge_met(0) end`.
 * Where they are counted in another way, it asks nothing: `<insert> … where not (<same image>)`.
 */
export function upsertRows(
  row: RowSql,
  arbiter: Arbiter,
  { insert, asks }: { readonly insert: string; readonly asks: boolean },
): string {
  const list = row.plan.mode === "upsert" ? writes(row) : [];
  const { where } = row.plan.update;
  if (!asks) return `${insert} ${onConflict(arbiter, list, `not (${sameImage(list, row)})`)}`;
  const differs = `case when ${sameImage(list, row)} then 0 else ${MET}(1) end`;
  const asked =
    where === null ? differs : `case when (${where}) then ${differs} else ${MET}(0) end`;
  return `${insert} ${onConflict(arbiter, list, asked)}`;
}

function onConflict(arbiter: Arbiter, list: readonly SqlAssignment[], test: string): string {
  const update = list.length === 0 ? null : { assignments: setList(list) };
  return doUpdate(conflictTarget(arbiter), { update, test }, " ");
}

/**
 * The native upsert: `<insert> on conflict ("a") do update set "b" = excluded."b" where upsurge_probe(1, <same image>)`,
 * or `… do nothing` when a target row is left alone.
 */
export function upsertRow(row: RowSql, arbiter: Arbiter): string {
  const list = row.plan.mode === "upsert" ? writes(row) : [];
  const asked = `${PROBE}(${holds(row.plan)}, ${sameImage(list, row)})`;
  return `${insertRow(row)} ${onConflict(arbiter, list, asked)}`;
}

/** An insert that only notes that the key is taken: `<insert> on conflict ("a") do update set … where upsurge_probe(0, 0)`. */
export function proposeRow(row: RowSql, arbiter: Arbiter): string {
  const name = quoteIdentifier(firstColumn(row.plan));
  return `${insertRow(row)} ${conflictTarget(arbiter)} do update set ${name} = target.${name} where ${PROBE}(0, 0)`;
}

/** How the staged row finds its target row: `excluded.rowid = 1 and target."a" = excluded."a"`. */
function search({ plan }: Pick<RowSql, "plan">, arbiter: Arbiter): string {
  return `excluded.${slotOf(plan.table)} = 1 and ${matchKeys(plan, arbiter)}`;
}

/** How a row meets a target row: `target."a" = excluded."a"`, and the predicate on both sides. */
export function matchKeys(plan: TablePlan, arbiter: Arbiter): string {
  const predicate = (backing(plan) ?? arbiter).predicate;
  return matchSql(plan, { ...arbiter, predicate }, SQLITE);
}

/** `select <condition> as holds, <same image> as same from temp."upsurge_row" as excluded cross join "t" as target where <search> limit 2` */
export function findRow(row: RowSql, arbiter: Arbiter): string {
  const list = writes(row);
  const [condition, same] =
    list.length === 0
      ? [row.plan.deletesRows === true ? holds(row.plan) : "1", "1"]
      : [holds(row.plan), sameImage(list, row)];
  return `select ${condition} as holds, ${same} as same from ${fromStaged(row.plan)} cross join ${tableName(row.plan)} as target where ${search(row, arbiter)} limit 2`;
}

/** `update or abort "t" as target set "b" = excluded."b" from temp."upsurge_row" as excluded where <search>` */
export function updateRow(row: RowSql, arbiter: Arbiter): string {
  return `update or abort ${tableName(row.plan)} as target set ${setList(writes(row))} from ${fromStaged(row.plan)} where ${search(row, arbiter)}`;
}

/**
 * `delete from "t" where rowid in (select target.rowid from temp."upsurge_row" as excluded cross join "t" as target where
 * <search>)`; the place of a row in a table without rowids is its primary key.
 */
export function deleteRow(row: RowSql, arbiter: Arbiter): string {
  const { plan, table } = row;
  const places = placesOf(plan, table);
  const own = tuple(places);
  const found = places.map((name) => `target.${name}`).join(", ");
  return `delete from ${tableName(plan)} where ${own} in (select ${found} from ${fromStaged(plan)} cross join ${tableName(plan)} as target where ${search(row, arbiter)})`;
}

/** What tells a row from all others: its rowid or, in a table without one, the primary key. */
export function placesOf({ table }: TablePlan, { rowid }: SqliteTable): readonly string[] {
  if (rowid !== null) return [rowid];
  const primary = table.uniqueKeys.find((key) => key.primary);
  return (primary?.columns ?? []).flatMap((name) => (name === null ? [] : quoteIdentifier(name)));
}

/** One value, or several in brackets. */
export function tuple(values: readonly string[]): string {
  return values.length === 1 ? (values[0] ?? "") : `(${values.join(", ")})`;
}

/**
 * The statements about rows that no record has, as far as databases share them: which may go, how they are taken away, and
 * which rows refer to them. How a database finds them, and knows them again, is its own to say. Pure.
 */
import type { RemovalReference, RemovalSql, TablePlan } from "../model/load-plan.ts";
import { cascades } from "../model/table-shape.ts";
import type { DeleteAction, TableName } from "../model/table-shape.ts";
import type { TableDialect } from "./dialect.ts";
import { qualify } from "./expressions.ts";
import { tableSql } from "./unique-index.ts";

/** How a database spells them. */
export interface RemovalDialect extends TableDialect {
  /** True for a row of the table, by its alias, that was found. */
  readonly isFound: (alias: string) => string;
  /** The text of a value. */
  readonly asText: (value: string) => string;
  /** The relation that keeps which rows were found. */
  readonly found: string;
}

/** So many keys are named in an error. */
const KEYS_NAMED = 3;

/** The parts of `RemovalSql` that databases share. */
export function sharedRemovalSql(
  plan: TablePlan,
  dialect: RemovalDialect,
): Omit<RemovalSql, "find" | "left"> {
  const { count, found, isFound, quote } = dialect;
  const table = dialect.plain(plan);
  const sets = plan.removal?.sets ?? [];
  const scope = scopeCondition(plan, quote);
  const within = scope === null ? "" : ` where ${scope}`;
  const counted = {
    scope: `select ${count} as n from ${table} as target${within}`,
    count: `select ${count} as n from ${found} as missing`,
  };
  if (sets.length === 0) {
    const references = referencesTo(plan).map((each) => referenceSql(each, table, dialect));
    return { ...counted, references, remove: dialect.deleteWhere(plan, isFound("target")) };
  }
  const assignments = sets.map(({ column, expression }) => `${quote(column)} = (${expression})`);
  return {
    ...counted,
    references: [],
    remove: dialect.updateWhere(plan, assignments.join(", "), isFound("target")),
  };
}

/** Which rows may go: those within the condition of the user's and the predicate of the key, which have a key. */
export function scopeCondition(plan: TablePlan, quote: (name: string) => string): string | null {
  const { arbiter, removal, nullKey } = plan;
  const naming = { columns: plan.table.columns.map(({ name }) => name), quoteIdentifier: quote };
  const onTarget = (sql: string): string => qualify(sql, "target", naming);
  const where = removal?.where ?? null;
  const predicate = arbiter?.predicate ?? null;
  const keys =
    nullKey === "match" ? [] : nullable(plan).map((part) => `${onTarget(part)} is not null`);
  const all = [
    ...(where === null ? [] : [`(${where})`]),
    ...(predicate === null ? [] : [`(${onTarget(predicate)})`]),
    ...keys,
  ];
  return all.length === 0 ? null : all.join(" and ");
}

/**
 * What is between the spans of a table of spans (`lo` to `hi`), and before and behind them: `low` to `high` of each gap.
 * `least` is the least whole number of the database.
 */
export function gapsSql(spans: string, least: string): string {
  return `(select ${least} as low, coalesce(min(lo) - 1, ${MOST_INTEGER}) as high from ${spans} union all select hi + 1 as low, coalesce(lead(lo) over (order by lo) - 1, ${MOST_INTEGER}) as high from ${spans})`;
}

const MOST_INTEGER = "9223372036854775807";

/** The parts of the key that may be NULL. */
export function nullable({ arbiter, table }: TablePlan): readonly string[] {
  // A rowid is nullable only before the row is written.
  const solid = table.columns
    .filter(({ nullable: isOpen, identity }) => !isOpen || identity === "rowid")
    .map(({ name }) => name);
  if (arbiter?.plain !== true) return arbiter?.keyExpressions ?? [];
  return arbiter.keyExpressions.filter((_, at) => !solid.includes(arbiter.columns[at] ?? ""));
}

/** A foreign key that rows go or stay by. */
interface KnownReference {
  readonly name: string | null;
  readonly table: TableName;
  readonly columns: readonly string[];
  readonly refersTo: readonly string[];
  readonly onDelete: DeleteAction;
  readonly isOwn: boolean;
}

/** The foreign keys that refer to the table, those of its own rows included. */
export function referencesTo({ table }: Pick<TablePlan, "table">): readonly KnownReference[] {
  const own = table.foreignKeys.flatMap(({ name, columns, refersTo, onDelete }) =>
    refersTo === undefined || onDelete === undefined
      ? []
      : [{ name, table: table.name, columns, refersTo, onDelete, isOwn: true }],
  );
  const others = (table.referredBy ?? []).map((each) => ({ ...each, isOwn: false }));
  return [...own, ...others].filter(({ onDelete }) => onDelete !== "none");
}

function referenceSql(
  { name, table, columns, refersTo, onDelete, isOwn }: KnownReference,
  loaded: string,
  dialect: RemovalDialect,
): RemovalReference {
  const { quote, isFound, asText, count } = dialect;
  const rows = isOwn ? loaded : tableSql(table, quote);
  const stays = isOwn ? ` and not ${isFound("referring")}` : "";
  const meets = columns
    .map((column, at) => `target.${quote(refersTo[at] ?? "")} = referring.${quote(column)}`)
    .join(" and ");
  const keys = refersTo.map((column, at) => `${asText(`target.${quote(column)}`)} as k${at + 1}`);
  const referred = `${loaded} as target where ${isFound("target")}`;
  const referring = `exists (select 1 as found from ${rows} as referring where ${meets}${stays})`;
  return {
    constraint: name,
    table: table.schema === null ? table.name : `${table.schema}.${table.name}`,
    columns,
    refersTo,
    onDelete,
    first: dialect.first(KEYS_NAMED + 1, keys.join(", "), `${referred} and ${referring}`),
    count: `select ${count} as n from ${rows} as referring where exists (select 1 as found from ${referred} and ${meets})${stays}`,
  };
}

/** The words of what a foreign key does with the rows that refer to rows that go. */
export function referenceText({
  constraint,
  columns,
  onDelete,
}: Pick<RemovalReference, "constraint" | "columns" | "onDelete">): string {
  const key = constraint ?? `the foreign key (${columns.join(", ")})`;
  return cascades({ onDelete }) ? `${key}, on delete ${onDelete}` : key;
}

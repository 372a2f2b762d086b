/**
 * The statements that take the rows away which no record has, for SQLite:
 *
 *   create index temp."upsurge_seen_key" on "upsurge_seen" ("sku" collate "NOCASE")
 *   create temp table "upsurge_missing" as select target.rowid as k1 from "t" as target
 *     left join temp."upsurge_seen" as excluded on target."sku" = excluded."sku"
 *     where target."sku" is not null and excluded.rowid is null
 *   delete from "t" as target where target.rowid in (select k1 from temp."upsurge_missing")
 *
 * The keys are indexed once, after the last record: kept in the order of the index they would be written all over it. Only
 * ids come in an order that makes up for that. Pure.
 */
import type { RemovalSql, TablePlan } from "../../../model/load-plan.ts";
import { gapsSql, scopeCondition, sharedRemovalSql } from "../../../sql/removal.ts";
import type { RemovalDialect } from "../../../sql/removal.ts";
import { keptColumns, keptDefault } from "../../key-columns.ts";
import { spanColumn } from "../../key-spans.ts";
import type { Column } from "../../../model/table-shape.ts";
import type { SqliteTable } from "../catalog/table-shape.ts";
import { matchKeys, tableName } from "../dialect.ts";
import { quoteIdentifier } from "../quote.ts";
import { constantText, freeName, rowidName, stagedColumn } from "../stage/staged-row.ts";

/** A table that rows are taken away from. */
export interface RemovalTable {
  readonly plan: TablePlan;
  readonly table: SqliteTable;
}

/** What the temporary tables are called: never as the loaded table, which they would hide. */
export function seenName({ stage, table }: TablePlan): string {
  return freeName(`${stage}_seen`, [table.name.name]);
}

function spansName({ stage, table }: TablePlan): string {
  return freeName(`${stage}_spans`, [table.name.name]);
}

function missingName({ stage, table }: TablePlan): string {
  return freeName(`${stage}_missing`, [table.name.name]);
}

function temporary(name: string): string {
  return `temp.${quoteIdentifier(name)}`;
}

/** The statements. */
export function removalSql(row: RemovalTable): RemovalSql {
  return { ...sharedRemovalSql(row.plan, dialectOf(row)), find: findSql(row) };
}

/** True for a row of the table, by its alias, that was found. */
export function isMissing(row: RemovalTable, alias: string): string {
  return dialectOf(row).isFound(alias);
}

function dialectOf({ plan, table: { rowid } }: RemovalTable): RemovalDialect {
  const table = tableName(plan);
  const found = temporary(missingName(plan));
  const places = placesOf(plan, rowid);
  const kept = places.map((_, at) => `missing.k${at + 1}`).join(", ");
  return {
    quoteIdentifier,
    table,
    found,
    count: "count(*)",
    isFound: (alias) => {
      const place = places.map((name) => `${alias}.${name}`).join(", ");
      const named = places.length === 1 ? place : `(${place})`;
      return `${named} in (select ${kept} from ${found} as missing)`;
    },
    asText: (value) => `cast(${value} as text)`,
    first: (rows, select, from) => `select ${select} from ${from} limit ${rows}`,
    deleteWhere: (condition) => `delete from ${table} as target where ${condition}`,
    updateWhere: (set, condition) =>
      `update or abort ${table} as target set ${set} where ${condition}`,
  };
}

/** What tells a row from all others: its rowid or, in a table without one, the primary key. */
function placesOf({ table }: TablePlan, rowid: string | null): readonly string[] {
  if (rowid !== null) return [rowid];
  const primary = table.uniqueKeys.find((key) => key.primary);
  return (primary?.columns ?? []).flatMap((name) => (name === null ? [] : quoteIdentifier(name)));
}

/** The key where it is the rowid itself: kept keys are found by theirs, and need no index; spans of them are kept as such. */
export function rowidKey(plan: TablePlan): Column | null {
  return spanColumn(plan, ({ identity }) => identity === "rowid");
}

/** Begins to keep keys: the tables of an earlier transaction go. */
export function seenDdl({ plan, table: { details } }: RemovalTable): string[] {
  const rowid = rowidKey(plan);
  const columns = keptColumns(plan).map((column) => {
    const { name, generatedSql } = column;
    if (column === rowid) return `${quoteIdentifier(name)} integer primary key`;
    const typed = stagedColumn(name, details.get(name));
    if (generatedSql !== null) return `${typed} generated always as (${generatedSql}) virtual`;
    const value = keptDefault(column);
    return value === null ? typed : `${typed} default (${constantText(value)})`;
  });
  return [
    ...dropSeen(plan),
    `create temp table ${quoteIdentifier(seenName(plan))} (${columns.join(", ")})`,
    ...(rowid === null
      ? []
      : [`create temp table ${quoteIdentifier(spansName(plan))} (lo integer primary key, hi int)`]),
  ];
}

/** Ends to keep keys. */
export function dropSeen(plan: TablePlan): string[] {
  return [seenName(plan), spansName(plan), missingName(plan)].map(
    (name) => `drop table if exists ${temporary(name)}`,
  );
}

/** `insert or ignore into temp."upsurge_seen" ("a", "b") values (?, ?), (?, ?)` */
export function insertSeen(plan: TablePlan, columns: readonly string[], rows: number): string {
  if (columns.length === 0) return `insert into ${temporary(seenName(plan))} default values`;
  const places = `(${columns.map(() => "?").join(", ")})`;
  const values = Array.from({ length: rows }, () => places).join(", ");
  return `insert or ignore into ${temporary(seenName(plan))} (${columns.map(quoteIdentifier).join(", ")}) values ${values}`;
}

function findSql({ plan, table }: RemovalTable): string[] {
  const { arbiter } = plan;
  if (arbiter === null) return [];
  const seen = seenName(plan);
  const scope = scopeCondition(plan, quoteIdentifier);
  const match = matchKeys(plan, { ...arbiter, nullsEqual: plan.nullKey === "match" });
  const within = scope === null ? [] : [scope];
  const index = `create index ${temporary(`${seen}_key`)} on ${quoteIdentifier(seen)} (${arbiter.keyExpressions.join(", ")})`;
  return [
    ...(rowidKey(plan) === null ? [index] : []),
    missingSql({ plan, table }, unmatched(plan, match, within)),
  ];
}

/** A join that finds nothing is quicker than a query for each row. */
function unmatched(plan: TablePlan, match: string, within: readonly string[]): string {
  const seen = `${temporary(seenName(plan))} as excluded`;
  const rowid = rowidName(plan.table);
  const key = rowidKey(plan);
  if (key !== null) {
    const name = quoteIdentifier(key.name);
    const inGap = `target.${name} between gap.low and gap.high`;
    const where = [inGap, ...within, `excluded.${name} is null`].join(" and ");
    return `left join ${seen} on ${match} where ${where}`;
  }
  if (rowid === null) {
    const missing = `not exists (select 1 from ${seen} where ${match})`;
    return `where ${[...within, missing].join(" and ")}`;
  }
  return `left join ${seen} on ${match} where ${[...within, `excluded.${rowid} is null`].join(" and ")}`;
}

const LEAST_INTEGER = "-9223372036854775808";

/** `insert into temp."upsurge_spans" values (?, ?)` */
export function insertSpan(plan: TablePlan): string {
  return `insert into ${temporary(spansName(plan))} (lo, hi) values (?, ?)`;
}

/** Finds no rows: what is done with those that are found can then be checked. */
export function emptyMissing(row: RemovalTable): string {
  return missingSql(row, "where 0");
}

function missingSql({ plan, table }: RemovalTable, which: string): string {
  const places = placesOf(plan, table.rowid).map((name, at) => `target.${name} as k${at + 1}`);
  // A cross join keeps its order: gap by gap.
  const gaps =
    rowidKey(plan) === null
      ? ""
      : `${gapsSql(temporary(spansName(plan)), LEAST_INTEGER)} as gap cross join `;
  return `create temp table ${quoteIdentifier(missingName(plan))} as select ${places.join(", ")} from ${gaps}${tableName(plan)} as target ${which}`;
}

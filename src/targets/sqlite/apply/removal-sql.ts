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
import { keptColumns, keptDefault, spanColumn } from "../../../sql/key-columns.ts";
import type { Column } from "../../../model/table-shape.ts";
import type { SqliteTable } from "../catalog/table-shape.ts";
import { matchKeys, placesOf, SQLITE, tableName, tuple } from "../dialect.ts";
import { quoteIdentifier } from "../quote.ts";
import { madeSql, rowidName, stagedColumn, temporary, temporaryName } from "../stage/staged-row.ts";

/** A table that rows are taken away from. */
export interface RemovalTable {
  readonly plan: TablePlan;
  readonly table: SqliteTable;
}

/** The statements. */
export function removalSql(row: RemovalTable): RemovalSql {
  return { ...sharedRemovalSql(row.plan, dialectOf(row)), find: findSql(row) };
}

/** True for a row of the table, by its alias, that was found. */
export function isMissing(row: RemovalTable, alias: string): string {
  return dialectOf(row).isFound(alias);
}

function dialectOf(row: RemovalTable): RemovalDialect {
  const found = temporary(temporaryName(row.plan, "missing"));
  const places = placesOf(row.plan, row.table);
  const kept = places.map((_, at) => `missing.k${at + 1}`).join(", ");
  return {
    ...SQLITE,
    found,
    isFound: (alias) =>
      `${tuple(places.map((name) => `${alias}.${name}`))} in (select ${kept} from ${found} as missing)`,
    asText: (value) => `cast(${value} as text)`,
  };
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
    const made = madeSql(generatedSql, keptDefault(column));
    return `${stagedColumn(name, details.get(name))}${made}`;
  });
  return [
    ...dropSeen(plan),
    `create temp table ${quoteIdentifier(temporaryName(plan, "seen"))} (${columns.join(", ")})`,
    ...(rowid === null
      ? []
      : [
          `create temp table ${quoteIdentifier(temporaryName(plan, "spans"))} (lo integer primary key, hi int)`,
        ]),
  ];
}

/** Ends to keep keys. */
export function dropSeen(plan: TablePlan): string[] {
  return [
    temporaryName(plan, "seen"),
    temporaryName(plan, "spans"),
    temporaryName(plan, "missing"),
  ].map((name) => `drop table if exists ${temporary(name)}`);
}

/** `insert or ignore into temp."upsurge_seen" ("a", "b") values (?, ?), (?, ?)` */
export function insertSeen(plan: TablePlan, columns: readonly string[], rows: number): string {
  if (columns.length === 0)
    return `insert into ${temporary(temporaryName(plan, "seen"))} default values`;
  const places = `(${columns.map(() => "?").join(", ")})`;
  const values = Array.from({ length: rows }, () => places).join(", ");
  return `insert or ignore into ${temporary(temporaryName(plan, "seen"))} (${columns.map(quoteIdentifier).join(", ")}) values ${values}`;
}

function findSql({ plan, table }: RemovalTable): string[] {
  const { arbiter } = plan;
  if (arbiter === null) return [];
  const seen = temporaryName(plan, "seen");
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
  const seen = `${temporary(temporaryName(plan, "seen"))} as excluded`;
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
  return `insert into ${temporary(temporaryName(plan, "spans"))} (lo, hi) values (?, ?)`;
}

/** Finds no rows: what is done with those that are found can then be checked. */
export function emptyMissing(row: RemovalTable): string {
  return missingSql(row, "where 0");
}

function missingSql({ plan, table }: RemovalTable, which: string): string {
  const places = placesOf(plan, table).map((name, at) => `target.${name} as k${at + 1}`);
  // A cross join keeps its order: gap by gap.
  const gaps =
    rowidKey(plan) === null
      ? ""
      : `${gapsSql(temporary(temporaryName(plan, "spans")), LEAST_INTEGER)} as gap cross join `;
  return `create temp table ${quoteIdentifier(temporaryName(plan, "missing"))} as select ${places.join(", ")} from ${gaps}${tableName(plan)} as target ${which}`;
}

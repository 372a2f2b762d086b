/**
 * The statements that take the rows away which no record has, for SQL Server:
 *
 *   INSERT INTO #upsurge_missing ([id]) SELECT target.[id] FROM [dbo].[t] AS target
 *   WHERE NOT EXISTS (SELECT 1 AS found FROM #upsurge_seen AS excluded WHERE target.[id] = excluded.[id])
 *   DELETE target FROM [dbo].[t] AS target
 *   WHERE EXISTS (SELECT 1 AS found FROM #upsurge_missing AS missing WHERE target.[id] = missing.[id])
 *
 * Pure.
 */
import { fires } from "../../../model/table-shape.ts";
import type { RemovalSql, TablePlan } from "../../../model/load-plan.ts";
import { scopeCondition, sharedRemovalSql } from "../../../sql/removal.ts";
import type { RemovalDialect } from "../../../sql/removal.ts";
import { keptColumns, keptDefault } from "../../../sql/key-columns.ts";
import { stageType } from "../catalog/types.ts";
import { SQL_SERVER } from "../dialect.ts";
import { tableSql, TEMPORARY } from "../names.ts";
import { quoteIdentifier } from "../quote.ts";
import { matchSql } from "./write-sql.ts";
import { equalKeys, keyedPlan } from "../../../sql/match.ts";
import type { KeyedPlan } from "../../../sql/match.ts";

/** The statements. */
export function removalSql(plan: TablePlan): RemovalSql {
  const keyed = keyedPlan(plan);
  if (keyed === null) throw new RangeError("rows are missing by their key");
  const dialect = dialectOf(keyed);
  const shared = sharedRemovalSql(plan, dialect);
  const isDelete = plan.removal?.sets.length === 0;
  const replaced = fires(plan.table, "instead", "delete");
  // The server counts the rows that such a trigger was given.
  const left = `SELECT COUNT_BIG(*) AS n FROM ${tableSql(plan)} AS target WHERE ${dialect.isFound("target")}`;
  return { ...shared, find: [findSql(keyed)], ...(isDelete && replaced ? { left } : {}) };
}

/** True for a row of the table, by its alias, that was found. */
export function isMissing(plan: TablePlan, alias: string): string {
  const keyed = keyedPlan(plan);
  return keyed === null ? "1 = 0" : dialectOf(keyed).isFound(alias);
}

function dialectOf(plan: KeyedPlan): RemovalDialect {
  const found = TEMPORARY.missing(plan);
  return {
    ...SQL_SERVER,
    found,
    isFound: (alias) =>
      `EXISTS (SELECT 1 AS found FROM ${found} AS missing WHERE ${equalKeys(plan, plan.arbiter, [alias, "missing"], SQL_SERVER).join(" AND ")})`,
    asText: (value) => `CONVERT(nvarchar(200), ${value})`,
  };
}

/** Keeps others out of the table until the end of the transaction. */
export function lockSql(plan: TablePlan): string {
  return `SELECT TOP (1) 1 AS locked FROM ${tableSql(plan)} WITH (TABLOCKX, HOLDLOCK)`;
}

/** The tables of keys. */
export function seenDdl(plan: TablePlan, collation: string): string[] {
  const typed = (name: string): string[] =>
    keptColumns(plan)
      .filter((column) => column.name === name)
      .map((column) => `${quoteIdentifier(name)} ${stageType(column, collation)} NULL`);
  const kept = keptColumns(plan).flatMap(({ name }) => typed(name));
  const ord = "upsurge_ord bigint NOT NULL PRIMARY KEY";
  const texts = keptColumns(plan).map(
    (_, place) => `f${place} nvarchar(max) COLLATE ${collation} NULL`,
  );
  return [
    `CREATE TABLE ${rawKeys(plan)} (${[ord, "upsurge_shape int NOT NULL", ...texts].join(", ")})`,
    `CREATE TABLE ${TEMPORARY.seen(plan)} (${kept.join(", ")})`,
    `CREATE TABLE ${TEMPORARY.missing(plan)} (${(plan.arbiter?.columns ?? []).flatMap(typed).join(", ")})`,
  ];
}

/** The plan of the keys' own texts: they come to the server as those of rows do. */
export function keyPlan(plan: TablePlan): TablePlan {
  return { ...plan, stage: `${plan.stage}_keys`, columns: keptColumns(plan) };
}

function rawKeys(plan: TablePlan): string {
  return `#${keyPlan(plan).stage}_raw`;
}

/** Adds the keys that came as texts, of records that carry `columns`; the others have their default. */
export function insertSeen(
  plan: TablePlan,
  columns: readonly string[],
  read: readonly string[],
): string[] {
  const kept = keptColumns(plan);
  const values = kept.map(
    (column, place) =>
      (columns.includes(column.name) ? read[place] : keptDefault(column)) ?? "NULL",
  );
  return [
    `INSERT INTO ${TEMPORARY.seen(plan)} (${kept.map(({ name }) => quoteIdentifier(name)).join(", ")}) SELECT ${values.join(", ")} FROM ${rawKeys(plan)} AS r`,
    `TRUNCATE TABLE ${rawKeys(plan)}`,
  ];
}

function findSql(plan: KeyedPlan): string {
  const scope = scopeCondition(plan, quoteIdentifier);
  const arbiter = { ...plan.arbiter, nullsEqual: plan.nullKey === "match" };
  const match = matchSql({ ...plan, arbiter });
  const missing = `NOT EXISTS (SELECT 1 AS found FROM ${TEMPORARY.seen(plan)} AS excluded WHERE ${match})`;
  const where = [...(scope === null ? [] : [scope]), missing].join(" AND ");
  const keys = arbiter.columns.map(quoteIdentifier);
  return `INSERT INTO ${TEMPORARY.missing(plan)} (${keys.join(", ")}) SELECT ${keys.map((key) => `target.${key}`).join(", ")} FROM ${tableSql(plan)} AS target WHERE ${where}`;
}

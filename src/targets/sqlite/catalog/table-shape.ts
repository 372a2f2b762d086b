/** Reads a table's shape from SQLite's catalog: pragmas where they tell, the kept SQL text where they do not. */
import type { Column, TableName, TableShape, Trigger } from "../../../model/table-shape.ts";
import type { SqliteConnection } from "../connect/connection.ts";
import { rowidName } from "../stage/staged-row.ts";
import { foreignKeys, references } from "./foreign-keys.ts";
import { isKeyword, solidTokens } from "../../../sql/tokens.ts";
import { parseTable, parseTrigger } from "./table-sql.ts";
import type { TableSql } from "./table-sql.ts";
import { affinityOf, familyOf, lossOf, notationOf } from "./types.ts";
import type { Affinity } from "./types.ts";
import { listIndexes, rowidKey, schemaSql, uniqueKey } from "./unique-keys.ts";
import type { ListedIndex } from "./unique-keys.ts";

/** What SQLite's own SQL needs to know of a column besides its shape. */
export interface ColumnDetails {
  readonly affinity: Affinity;
  readonly collation: string | null;
}

/** A table's shape and what only this target asks for. */
export interface SqliteTable {
  readonly shape: TableShape;
  /** By column name. */
  readonly details: ReadonlyMap<string, ColumnDetails>;
  /** A constraint says itself what a violation does: ON CONFLICT IGNORE and the like. */
  readonly resolves: boolean;
  /** The name by which SQL gets at the rowid; `null` where the table has none, or its columns have taken all names. */
  readonly rowid: string | null;
  /** Storing a row runs an expression of the schema or checks types, which may fail as no constraint does. */
  readonly computes: boolean;
  /** It keeps to the types of its columns. */
  readonly strict: boolean;
  /** The version of the schema that it was read from; `null` where that was undone. */
  readonly schema: number | null;
}

interface ListedTable {
  readonly name: string;
  readonly type: string;
  readonly wr: number;
  readonly strict: number;
}

interface ListedColumn {
  readonly name: string;
  readonly type: string;
  readonly notnull: number;
  readonly dflt_value: string | null;
  readonly pk: number;
  readonly hidden: number;
}

/** Tables and views, without SQLite's own. */
export function listTables(db: SqliteConnection): TableName[] {
  return listed(db).map(({ name }) => ({ schema: null, name }));
}

function listed(db: SqliteConnection): ListedTable[] {
  return tablesOf(db, "pragma_table_list");
}

/** Those of `list`, which takes these values. */
function tablesOf(db: SqliteConnection, list: string, ...values: string[]): ListedTable[] {
  const sql = `select name, type, wr, strict from ${list} where schema = 'main' and type <> 'shadow' order by name`;
  const tables = db.prepare<ListedTable>(sql).all(...values);
  return tables.filter(({ name }) => !name.toLowerCase().startsWith("sqlite_"));
}

/** The table or view called `table` (in any case, optionally behind `main.`); `null` when there is none. */
export function readTable(db: SqliteConnection, table: string): SqliteTable | null {
  // A name behind `main.` may need quotes in SQL, and is found without them as it is by itself.
  for (const name of new Set([table, unqualified(table), table.replace(/^main\./i, "")])) {
    const found = tablesOf(db, "pragma_table_list(?)", name)[0];
    if (found !== undefined) return describe(db, found);
  }
  return null;
}

/** `main."my table"` and `"my table"` become `my table`. */
function unqualified(table: string): string {
  const tokens = solidTokens(table, true);
  const [schema, dot, name] = tokens;
  if (tokens.length === 3 && isKeyword(schema, "main") && dot?.text === ".")
    return name?.name ?? "";
  return tokens.length === 1 ? (tokens[0]?.name ?? "") : table;
}

function describe(db: SqliteConnection, table: ListedTable): SqliteTable {
  const { name } = table;
  const sql = parseTable(schemaSql(db, "table", name) ?? "");
  const columns = db
    .prepare<ListedColumn>("select * from pragma_table_xinfo(?) where hidden <> 1")
    .all(name);
  const indexes = listIndexes(db, name);
  const rowid = rowidAlias(table, columns, indexes);
  const details = new Map(
    columns.map((column) => [
      column.name,
      {
        affinity: affinityOf(column.type, table.strict === 1),
        collation: sql.columns.get(column.name.toLowerCase())?.collation ?? null,
      },
    ]),
  );
  const shape: TableShape = {
    name: { schema: null, name },
    kind: table.type === "view" || table.type === "virtual" ? table.type : "table",
    columns: columns.map((column) => columnOf(column, { sql, rowid, strict: table.strict === 1 })),
    uniqueKeys: [
      ...(rowid === null ? [] : [rowidKey(rowid)]),
      ...indexes
        .filter((index) => index.unique === 1)
        .map((index) => uniqueKey(db, index, details)),
    ],
    foreignKeys: foreignKeys(db, name, columns),
    referredBy: references(db, name, columns),
    truncateHazard: "SQLite has no TRUNCATE",
    triggers: triggers(db, name),
    rewritten: false,
    missingPrivileges: [],
    checked: sql.checked || table.strict === 1,
    checks: [],
    upsertHazard: null,
  };
  return {
    shape,
    details,
    resolves: sql.resolves,
    rowid: table.wr === 1 ? null : rowidName(shape),
    computes: computesOnWrite(shape) || hasExpressions(db, name),
    strict: table.strict === 1,
    schema: schemaVersion(db),
  };
}

/** Of the file; temporary tables have a schema of their own. */
export function schemaVersion(db: SqliteConnection): number {
  const sql = "pragma main.schema_version";
  return Number(db.prepare<{ readonly schema_version: number }>(sql).get()?.schema_version);
}

function computesOnWrite({ checked, columns }: TableShape): boolean {
  return (
    checked ||
    columns.some(
      ({ generatedSql, defaultSql }) => generatedSql !== null || defaultSql?.includes("(") === true,
    )
  );
}

/** An index is on an expression, or partial. */
function hasExpressions(db: SqliteConnection, table: string): boolean {
  const sql = `select 1 from pragma_index_list(?) as list, pragma_index_xinfo(list.name) as part
    where list.partial = 1 or part.cid = -2 limit 1`;
  return db.prepare(sql).get(table) !== undefined;
}

interface ColumnContext {
  readonly sql: TableSql;
  readonly rowid: string | null;
  readonly strict: boolean;
}

function columnOf(column: ListedColumn, { sql, rowid, strict }: ColumnContext): Column {
  const { name, type, notnull, dflt_value: defaultSql, hidden } = column;
  const generated = hidden === 2 || hidden === 3;
  return {
    name,
    type,
    family: familyOf(type, strict),
    ...notationOf(type, strict),
    ...lossOf(type, strict),
    nullable: notnull === 0 || name === rowid,
    defaultSql,
    volatileDefault: name === rowid || (defaultSql !== null && isVolatile(defaultSql)),
    identity: name === rowid ? "rowid" : null,
    generatedSql: generated
      ? (sql.columns.get(name.toLowerCase())?.generated ?? "generated")
      : null,
  };
}

/** A clock or a call: `CURRENT_TIMESTAMP`, `random()`. */
function isVolatile(defaultSql: string): boolean {
  const tokens = solidTokens(defaultSql, true);
  return tokens.some(
    (token, at) =>
      token.kind === "word" && (/^current_/i.test(token.name) || tokens[at + 1]?.text === "("),
  );
}

/** The column that is another name for the rowid: INTEGER PRIMARY KEY, which has no index of its own. */
function rowidAlias(
  table: ListedTable,
  columns: readonly ListedColumn[],
  indexes: readonly ListedIndex[],
): string | null {
  const keys = columns.filter((column) => column.pk > 0);
  const [key] = keys;
  if (key === undefined || keys.length > 1 || table.wr === 1) return null;
  if (key.type.toUpperCase() !== "INTEGER") return null;
  return indexes.some((index) => index.origin === "pk") ? null : key.name;
}

function triggers(db: SqliteConnection, table: string): Trigger[] {
  const sql =
    "select name, sql from sqlite_schema where type = 'trigger' and lower(tbl_name) = lower(?) order by name";
  const rows = db.prepare<{ name: string; sql: string }>(sql).all(table);
  return rows.map((row) => parseTrigger(row.name, row.sql));
}

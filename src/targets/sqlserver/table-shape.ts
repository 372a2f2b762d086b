/** Reads a table's shape from the catalog. Names are looked up, never put together. */
import type {
  Check,
  Column,
  ForeignKey,
  TableName,
  TableShape,
  Trigger,
  TypeFamily,
  UniqueKey,
} from "../../model/table-shape.ts";
import {
  CHECKS,
  COLUMNS,
  FOREIGN_KEYS,
  INDEXED_VIEW_OVER,
  INDEXED_VIEWS,
  KEYS,
  PRIVILEGES,
  RELATION,
  TABLE_KIND,
  TABLES,
  TRIGGERS,
} from "./catalog-sql.ts";
import type { Connection, Fields } from "./connection.ts";
import { quoteIdentifier } from "./quote.ts";

/** Asks a question about one table. */
type Ask = (sql: string) => Promise<readonly Fields[]>;

/** The shape of `table`; `null` when there is none. */
export async function readTableShape(
  connection: Connection,
  table: string,
): Promise<TableShape | null> {
  const relation = await findRelation(connection, table);
  if (relation === null) return null;
  const { id, name, isView, quoted } = relation;
  const ask: Ask = async (sql) => {
    const parameters = [
      { name: "id", value: id },
      { name: "name", value: quoted },
    ].filter((each) => sql.includes(`@${each.name}`));
    return (await connection.execute(sql, parameters))[0] ?? [];
  };
  const uniqueKeys = isView ? [] : readKeys(await ask(KEYS));
  const triggers = readTriggers(await ask(TRIGGERS));
  const checks = isView ? [] : readChecks(await ask(CHECKS));
  const hazard = isView ? null : await findHazard(connection, ask, uniqueKeys);
  return {
    name,
    kind: isView ? "view" : "table",
    columns: (await ask(COLUMNS)).map(readColumn),
    uniqueKeys,
    foreignKeys: isView ? [] : readForeignKeys(await ask(FOREIGN_KEYS)),
    triggers,
    rewritten: false,
    missingPrivileges: missing((await ask(PRIVILEGES))[0] ?? {}),
    checked: checks.length > 0,
    checks,
    upsertHazard: hazard,
  };
}

interface Relation {
  readonly id: string;
  readonly name: TableName;
  readonly isView: boolean;
  readonly quoted: string;
}

/** The object as a name quoted whole, as `schema.name` quoted in parts, or as written: the first that exists. */
async function findRelation(connection: Connection, table: string): Promise<Relation | null> {
  const dot = table.indexOf(".");
  const parts = dot < 0 ? [] : [table.slice(0, dot), table.slice(dot + 1)];
  const candidates = [
    quoteIdentifier(table),
    ...(parts.length === 0 ? [] : [parts.map(quoteIdentifier).join(".")]),
    table,
  ];
  for (const name of candidates) {
    const [rows = []] = await connection.execute(RELATION, [{ name: "name", value: name }]);
    const [row] = rows;
    if (row === undefined) continue;
    const found = { schema: String(row["schema"]), name: String(row["name"]) };
    return {
      id: String(row["id"]),
      name: found,
      isView: row["type"] === "V",
      quoted: `${quoteIdentifier(found.schema)}.${quoteIdentifier(found.name)}`,
    };
  }
  return null;
}

function isTrue(value: unknown): boolean {
  return value === true || value === 1 || value === "1";
}

function textOrNull(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}

/** Defaults that are the same for every row of a statement: literals and the clock. */
const STEADY =
  /^\(*(-?[\d.]+|N?'(?:[^']|'')*'|NULL|getdate\(\)|getutcdate\(\)|sysdatetime\(\)|sysutcdatetime\(\)|sysdatetimeoffset\(\)|CURRENT_TIMESTAMP)\)*$/i;

function readColumn(row: Fields): Column {
  const defaultSql = textOrNull(row["default_sql"]);
  const identity = isTrue(row["is_identity"]);
  const type = typeOf(row);
  return {
    name: String(row["name"]),
    type,
    family: familyOf(type),
    nullable: isTrue(row["nullable"]),
    defaultSql,
    volatileDefault: identity || (defaultSql !== null && !STEADY.test(defaultSql)),
    identity: identity ? "always" : null,
    generatedSql: generatedBy(row, type),
  };
}

/** The expression of a computed column, or who writes the column instead. */
function generatedBy(row: Fields, type: string): string | null {
  const computed = textOrNull(row["computed_sql"]);
  if (computed !== null) return computed;
  if (type === "timestamp" || type === "rowversion") return "rowversion";
  return Number(row["generated"] ?? 0) > 0 ? "GENERATED ALWAYS" : null;
}

/** The type as it is declared, with a collation that is not the database's: `varchar(10) COLLATE Latin1_General_BIN2`. */
function typeOf(row: Fields): string {
  const type = String(row["type"]);
  const bytes = Number(row["bytes"]);
  const collation = textOrNull(row["collation"]);
  const collate = collation === null ? "" : ` COLLATE ${collation}`;
  if (/^n(var)?char$/.test(type)) return `${type}(${bytes < 0 ? "max" : bytes / 2})${collate}`;
  if (/^(var)?char$/.test(type)) return `${type}(${bytes < 0 ? "max" : bytes})${collate}`;
  if (/^(var)?binary$/.test(type)) return `${type}(${bytes < 0 ? "max" : bytes})`;
  if (/^n?text$/.test(type)) return `${type}${collate}`;
  if (/^(decimal|numeric)$/.test(type)) {
    return `${type}(${String(row["digits"])},${String(row["scale"])})`;
  }
  if (/^(datetime2|datetimeoffset|time)$/.test(type)) return `${type}(${String(row["scale"])})`;
  return type;
}

function familyOf(type: string): TypeFamily {
  if (/^n?(char|varchar|text)\b/.test(type)) return "text";
  if (/^((big|small|tiny)?int|decimal|numeric|float|real|(small)?money)\b/.test(type)) {
    return "number";
  }
  if (type === "bit") return "boolean";
  return /^((var)?binary|image|timestamp|rowversion)\b/.test(type) ? "binary" : "other";
}

/** Rows that name the same thing, in order. */
function byName(rows: readonly Fields[]): Map<string, Fields[]> {
  const groups = new Map<string, Fields[]>();
  for (const row of rows) {
    const name = String(row["name"]);
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [row]);
    else group.push(row);
  }
  return groups;
}

function readKeys(rows: readonly Fields[]): UniqueKey[] {
  return [...byName(rows)].map(([name, parts]) => {
    const columns = parts.map((part) => String(part["column_name"]));
    const first = parts[0] ?? {};
    return {
      name,
      primary: isTrue(first["is_primary"]),
      constraint: isTrue(first["is_primary"]) || isTrue(first["is_constraint"]),
      kind: "unique",
      columns,
      parts: columns.map(quoteIdentifier),
      predicate: textOrNull(first["predicate"]),
      // The index itself allows one NULL only; which rows meet is decided by `=`, to which NULLs differ.
      nullsDistinct: true,
      deferrable: false,
    };
  });
}

function readForeignKeys(rows: readonly Fields[]): ForeignKey[] {
  return [...byName(rows)].map(([name, parts]) => ({
    name,
    columns: parts.map((part) => String(part["column_name"])),
    selfReferencing: parts.some((part) => String(part["refers_to"]) === String(part["id"])),
  }));
}

function readChecks(rows: readonly Fields[]): Check[] {
  return rows.map((row) => ({ name: String(row["name"]), sql: String(row["definition"]) }));
}

function readTriggers(rows: readonly Fields[]): Trigger[] {
  return [...byName(rows)].map(([name, events]) => ({
    name,
    timing: events.some((each) => isTrue(each["instead"])) ? "instead" : "after",
    level: "statement",
    events: (["insert", "update", "delete"] as const).filter((event) =>
      events.some((each) => String(each["event"]).toLowerCase() === event),
    ),
  }));
}

function missing(row: Fields): string[] {
  return ["select", "insert", "update"].filter((privilege) => !isTrue(row[`may_${privilege}`]));
}

/** Where MERGE is known to go wrong, or is refused. */
async function findHazard(
  connection: Connection,
  ask: Ask,
  keys: readonly UniqueKey[],
): Promise<string | null> {
  const filtered = keys.find((key) => key.predicate !== null);
  if (filtered !== undefined) {
    return `MERGE is not safe beside the filtered unique index ${filtered.name ?? ""}`;
  }
  const [kind = {}] = await ask(TABLE_KIND);
  if (Number(kind["temporal"] ?? 0) > 0) return "MERGE is not safe on a system-versioned table";
  const [[views] = []] = await connection.execute(INDEXED_VIEWS, []);
  if (Number(views?.["number"] ?? 0) === 0) return null;
  const [view] = await ask(INDEXED_VIEW_OVER);
  return view === undefined
    ? null
    : `MERGE is not safe beside the indexed view ${String(view["name"])}`;
}

/** Tables and views that this user can see. */
export async function listTables(connection: Connection): Promise<TableName[]> {
  const [rows = []] = await connection.batch(TABLES);
  return rows.map((row) => ({ schema: String(row["schema"]), name: String(row["name"]) }));
}

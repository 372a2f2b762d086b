/** Reads a table's shape from the catalog. Names are looked up, never put together. */
import type {
  Check,
  Column,
  DeleteAction,
  ForeignKey,
  Reference,
  TableName,
  TableShape,
  Trigger,
  TypeFamily,
  UniqueKey,
} from "../../../model/table-shape.ts";
import {
  CHECKS,
  COLUMNS,
  FOREIGN_KEYS,
  HAZARDS,
  INDEXED_VIEW_OVER,
  KEYS,
  PRIVILEGES,
  REFERENCES,
  RELATIONS,
  TABLES,
  TRIGGERS,
  VERSION,
} from "./catalog-sql.ts";
import { unknownFunction } from "../../../sql/expressions.ts";
import { grouped } from "../../grouped.ts";
import type { SqlServerConnection, Fields } from "../connect/connection.ts";
import { onlySet, setsOf } from "../connect/result-sets.ts";
import { HIDDEN } from "../names.ts";
import { quoteIdentifier } from "../quote.ts";

const QUESTIONS = [
  // Before all else: what changes while the others are asked shows later.
  VERSION,
  COLUMNS,
  TRIGGERS,
  PRIVILEGES,
  KEYS,
  FOREIGN_KEYS,
  REFERENCES,
  CHECKS,
  HAZARDS,
];

/** The shape of `table`; `null` when there is none. */
export async function readTableShape(
  connection: SqlServerConnection,
  table: string,
): Promise<TableShape | null> {
  const relation = await findRelation(connection, table);
  if (relation === null) return null;
  const { id, name, isView, quoted } = relation;
  const [
    versions = [],
    columns = [],
    triggers = [],
    privileges = [],
    keys = [],
    foreignKeys = [],
    references = [],
    checks = [],
    hazards = [],
  ] = setsOf(
    await connection.execute(QUESTIONS.join(";\n"), [
      { name: "id", value: id },
      { name: "name", value: quoted },
    ]),
    QUESTIONS.length,
  );
  const uniqueKeys = isView ? [] : readKeys(keys);
  const mayBeIndexed = !isView && Number(hazards[0]?.["indexed_views"] ?? 0) > 0;
  const indexedView = mayBeIndexed ? await findIndexedView(connection, id) : null;
  return {
    name,
    kind: isView ? "view" : "table",
    columns: columns.map(readColumn),
    uniqueKeys,
    foreignKeys: isView ? [] : readForeignKeys(foreignKeys),
    referredBy: readReferences(references),
    truncateHazard: Number(hazards[0]?.["temporal"] ?? 0) > 0 ? "it is system-versioned" : null,
    triggers: readTriggers(triggers),
    // An index of a view holds rows apart that the table lets pass, and a check may look at other rows.
    rewritten: indexedView !== null || checks.some(callsFunction),
    missingPrivileges: missing(privileges[0] ?? {}),
    grantee: granteeOf(privileges[0] ?? {}),
    checked: !isView && checks.length > 0,
    checks: isView ? [] : readChecks(checks),
    version: versionOf(versions[0] ?? {}),
    upsertHazard: isView ? null : findHazard(uniqueKeys, hazards[0] ?? {}, indexedView),
  };
}

/** The answer to `VERSION` as one text. */
export function versionOf(row: Fields): string {
  return Object.values(row).map(String).join("/");
}

function granteeOf(row: Fields): NonNullable<TableShape["grantee"]> {
  return {
    user: String(row["user_name"] ?? ""),
    database: String(row["database_name"] ?? ""),
  };
}

interface Relation {
  readonly id: string;
  readonly name: TableName;
  readonly isView: boolean;
  readonly quoted: string;
}

const ONE_OR_TWO_PARTS =
  /^\s*(\[([^\]]|\]\])+\]|"([^"]|"")+"|[^.[\]"]+)(\s*\.\s*(\[([^\]]|\]\])+\]|"([^"]|"")+"|[^.[\]"]+))?\s*$/;

/** The object as a name quoted whole, as `schema.name` quoted in parts, or as written: the first that exists. */
async function findRelation(
  connection: SqlServerConnection,
  table: string,
): Promise<Relation | null> {
  const whole = quoteIdentifier(table);
  const dot = table.indexOf(".");
  const parts = [table.slice(0, dot), table.slice(dot + 1)].map(quoteIdentifier).join(".");
  const values = {
    name: whole,
    parts: dot < 0 ? whole : parts,
    // More parts would name another database, whose objects have numbers of their own.
    written: ONE_OR_TWO_PARTS.test(table) ? table : whole,
  };
  const inputs = Object.entries(values).map(([name, value]) => ({ name, value }));
  const [row] = onlySet(await connection.execute(RELATIONS, inputs), "id");
  if (row === undefined) return null;
  const found = { schema: String(row["schema"]), name: String(row["name"]) };
  return {
    id: String(row["id"]),
    name: found,
    isView: row["type"] === "V",
    quoted: `${quoteIdentifier(found.schema)}.${quoteIdentifier(found.name)}`,
  };
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

/** A default that takes the next number of a sequence. */
const COUNTING = /\bNEXT VALUE FOR\b/i;

function readColumn(row: Fields): Column {
  const hasDefault = Number(row["default_id"] ?? 0) !== 0;
  const defaultSql = textOrNull(row["default_sql"]) ?? (hasDefault ? HIDDEN : null);
  const identity = isTrue(row["is_identity"]);
  const type = typeOf(row);
  return {
    name: String(row["name"]),
    type,
    family: familyOf(type),
    ...notationOf(type),
    ...lossOf(type),
    nullable: isTrue(row["nullable"]),
    defaultSql,
    volatileDefault: identity || (defaultSql !== null && !STEADY.test(defaultSql)),
    identity: identity ? "always" : COUNTING.test(defaultSql ?? "") ? "by-default" : null,
    generatedSql: generatedBy(row, type),
  };
}

/** The expression of a computed column, or who writes the column instead. */
function generatedBy(row: Fields, type: string): string | null {
  if (isTrue(row["is_computed"])) return textOrNull(row["computed_sql"]) ?? HIDDEN;
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

function notationOf(type: string): Pick<Column, "notation" | "integer"> {
  if (/^(big|small|tiny)?int$/.test(type)) return { notation: "number", integer: true };
  if (familyOf(type) === "number") return { notation: "number" };
  return /^(date|(small)?datetime|datetime2|datetimeoffset)\b/.test(type)
    ? { notation: "date" }
    : {};
}

/** Older types of dates take no offset. */
function lossOf(type: string): Pick<Column, "loses"> {
  if (type === "date") return { loses: "time" };
  return /^(?:datetime2|time)\b/.test(type) ? { loses: "offset" } : {};
}

/** Rows that name the same thing, in order. */
function byName(rows: readonly Fields[]): Map<string, Fields[]> {
  return grouped(rows, (row) => String(row["name"]));
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
      keyExpressions: columns.map(quoteIdentifier),
      predicate: textOrNull(first["predicate"]),
      // The index itself allows one NULL only; which rows meet is decided by `=`, to which NULLs differ.
      nullsDistinct: true,
      deferrable: false,
      ignoresDuplicates: isTrue(first["ignores"]),
    };
  });
}

function readForeignKeys(rows: readonly Fields[]): ForeignKey[] {
  return [...byName(rows)].map(([name, parts]) => {
    const [first = {}] = parts;
    const { columns, ...referred } = referenceOf(parts);
    const selfReferencing = String(first["refers_to"]) === String(first["id"]);
    const table = { schema: String(first["schema"]), name: String(first["table_name"]) };
    const key = { name, columns, selfReferencing, table, canWait: false };
    return selfReferencing ? { ...key, ...referred } : key;
  });
}

/** The columns of a foreign key, and what it refers to. */
function referenceOf(
  parts: readonly Fields[],
): Pick<Reference, "columns" | "refersTo" | "onDelete"> {
  return {
    columns: parts.map((part) => String(part["column_name"])),
    refersTo: parts.map((part) => String(part["refers_to_column"])),
    onDelete: actionOf(parts[0] ?? {}),
  };
}

function readReferences(rows: readonly Fields[]): Reference[] {
  return [...grouped(rows, nameOfReference).values()].map((parts) => {
    const [first = {}] = parts;
    const table = { schema: String(first["schema"]), name: String(first["table_name"]) };
    return { name: String(first["name"]), table, canWait: false, ...referenceOf(parts) };
  });
}

function nameOfReference(row: Fields): string {
  return JSON.stringify([row["schema"], row["table_name"], row["name"]]);
}

/** By the numbers of `delete_referential_action`. */
const ACTIONS = ["forbid", "cascade", "set null", "set default"] as const;

function actionOf(row: Fields): DeleteAction {
  return isTrue(row["is_disabled"]) ? "none" : (ACTIONS[Number(row["action"] ?? 0)] ?? "forbid");
}

function readChecks(rows: readonly Fields[]): Check[] {
  // A check whose words are hidden is held by the table alone.
  return rows.map((row) => ({
    name: String(row["name"]),
    sql: textOrNull(row["definition"]) ?? "1 = 1",
  }));
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
  const all = ["select", "insert", "update", "delete", "truncate"];
  return all.filter((privilege) => !isTrue(row[`may_${privilege}`]));
}

/** Where MERGE is known to go wrong. */
function findHazard(
  keys: readonly UniqueKey[],
  facts: Fields,
  indexedView: string | null,
): string | null {
  const filtered = keys.find((key) => key.predicate !== null);
  if (filtered !== undefined) {
    return `MERGE is not safe with the filtered unique index ${filtered.name ?? ""}`;
  }
  const ignoring = keys.find((key) => key.ignoresDuplicates === true);
  if (ignoring !== undefined) return `MERGE does not heed IGNORE_DUP_KEY of ${ignoring.name ?? ""}`;
  if (Number(facts["temporal"] ?? 0) > 0) return "MERGE is not safe on a system-versioned table";
  return indexedView === null ? null : `MERGE is not safe with the indexed view ${indexedView}`;
}

/** A view with a unique index that reads the table. */
async function findIndexedView(
  connection: SqlServerConnection,
  id: string,
): Promise<string | null> {
  const [view] = onlySet(
    await connection.execute(INDEXED_VIEW_OVER, [{ name: "id", value: id }]),
    "name",
  );
  return view === undefined ? null : String(view["name"]);
}

function callsFunction(check: Fields): boolean {
  return unknownFunction(textOrNull(check["definition"]) ?? "", true) !== null;
}

/** Tables and views that this user can see. */
export async function listTables(connection: SqlServerConnection): Promise<TableName[]> {
  return onlySet(await connection.batch(TABLES), "name").map((row) => ({
    schema: String(row["schema"]),
    name: String(row["name"]),
  }));
}

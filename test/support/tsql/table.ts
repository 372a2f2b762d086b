/** Translates CREATE TABLE and ALTER TABLE … ADD: the parts of a table to PostgreSQL's, with notes of what was written. */
import type { Cursor } from "./cursor.ts";
import { readTableName } from "./query.ts";
import { Raised } from "./raised.ts";
import { plainName, quoteName, quoteText } from "./quote.ts";
import { defaultCollation } from "./types.ts";
import type { Ask, SqlStatement, Statement } from "./statement.ts";
import { readColumnOrConstraint, readDefault, type TableParts } from "./table-parts.ts";

function noParts(table: string): TableParts {
  return {
    table,
    columns: [],
    constraints: [],
    foreign: [],
    after: [],
    computed: [],
    notes: { columns: [], checks: [] },
  };
}

/** Reads CREATE TABLE. */
export function readCreateTable(cursor: Cursor): SqlStatement {
  cursor.expect("TABLE");
  const table = readTableName(cursor);
  const parts = readParts(cursor, table);
  if (cursor.accept("ON")) cursor.name();
  const temporary = table.startsWith('"#');
  const sql = async (ask: Ask): Promise<string> => {
    const computed = await computedColumns(ask, parts, emptyRow(parts));
    const inner = [
      ...parts.columns.map(({ definition }) => definition),
      ...computed,
      ...parts.constraints,
    ];
    return [
      `CREATE ${temporary ? "TEMP " : ""}TABLE ${table} (${inner.join(", ")})`,
      ...(temporary ? [] : [notes(parts)]),
      ...parts.after,
      ...parts.foreign,
    ].join("; ");
  };
  const creates = temporary ? { creates: table } : {};
  return {
    kind: "sql",
    verb: "DDL",
    sql: parts.computed.length === 0 ? plain(sql, parts) : sql,
    rows: false,
    table,
    ...creates,
  };
}

/** Without computed columns nothing has to be asked. */
function plain(write: (ask: Ask) => Promise<string>, parts: TableParts): SqlStatement["sql"] {
  const temporary = parts.table.startsWith('"#');
  if (!temporary) return write;
  const inner = [...parts.columns.map(({ definition }) => definition), ...parts.constraints];
  return [
    `CREATE TEMP TABLE ${parts.table} (${inner.join(", ")})`,
    ...parts.after,
    ...parts.foreign,
  ].join("; ");
}

/** The columns of a table variable, for PostgreSQL. */
export function readTableColumns(cursor: Cursor): string {
  const parts = readParts(cursor, '"@"');
  return [...parts.columns.map(({ definition }) => definition), ...parts.constraints].join(", ");
}

function readParts(cursor: Cursor, table: string): TableParts {
  const parts = noParts(table);
  cursor.inParentheses(() => {
    do readColumnOrConstraint(cursor, parts);
    while (cursor.acceptSymbol(",") && !cursor.isSymbol(")"));
  });
  refuseUnpersisted(parts);
  return parts;
}

/** A check of a computed column needs its value kept. */
function refuseUnpersisted({ table, notes }: TableParts): void {
  const computed = notes.columns.filter((each) => each.computed !== undefined && !each.persisted);
  const named = computed.find(({ name }) =>
    notes.checks.some(({ text }) => text.includes(`[${name}]`)),
  );
  if (named === undefined) return;
  const message = `Computed Column '${named.name}' in table '${table}' is invalid for use in 'CHECK CONSTRAINT' because it is not persisted.`;
  throw new Raised(1764, message, "compile");
}

function emptyRow(parts: TableParts): string {
  const columns = parts.columns.map(
    ({ name, type, collation }) => `NULL::${type}${collation} AS ${quoteName(name)}`,
  );
  return `(SELECT ${columns.length === 0 ? "1" : columns.join(", ")}) AS t`;
}

const answers = new Map<string, readonly (string | null)[]>();

/** PostgreSQL wants the type of a computed column, and only it can say. */
async function computedColumns(ask: Ask, parts: TableParts, row: string): Promise<string[]> {
  const columns: string[] = [];
  for (const { name, expression, rest } of parts.computed) {
    const question = `SELECT pg_typeof(${expression})::text, pg_collation_for((${expression})::text) FROM ${row}`;
    const answer = answers.get(question) ?? (await ask(question))[0] ?? [];
    answers.set(question, answer);
    const [found = "text", collation] = answer;
    const text = ["unknown", "character varying", "character", "text"].includes(found ?? "");
    // An expression without columns says nothing of a collation.
    const own = collation === '"default"' ? null : collation;
    const type = text ? `text COLLATE ${own ?? defaultCollation(parts.table)}` : found;
    columns.push(`${quoteName(name)} ${type} GENERATED ALWAYS AS (${expression}) STORED${rest}`);
  }
  return columns;
}

function notes(parts: TableParts): string {
  return `SELECT tsql.note_table(${quoteText(parts.table)}, ${quoteText(JSON.stringify(parts.notes))})`;
}

/** Reads what follows ALTER TABLE … ADD. */
export function readAddition(cursor: Cursor, table: string): Statement {
  const added = readAddedDefault(cursor, table);
  if (added !== null) return added;
  const parts = noParts(table);
  cursor.list(() => readColumnOrConstraint(cursor, parts));
  const sql = async (ask: Ask): Promise<string> => {
    const row = `(SELECT) AS d LEFT JOIN ${table} ON false`;
    const computed = parts.computed.length === 0 ? [] : await computedColumns(ask, parts, row);
    const columns = [...parts.columns.map(({ definition }) => definition), ...computed];
    const changes = [
      ...columns.map((column) => `ADD COLUMN ${column}`),
      ...parts.constraints.map((item) => `ADD ${item}`),
    ];
    return [
      ...(changes.length === 0 ? [] : [`ALTER TABLE ${table} ${changes.join(", ")}`]),
      notes(parts),
      ...parts.after,
      ...parts.foreign,
    ].join("; ");
  };
  return { kind: "sql", verb: "DDL", sql, rows: false, table };
}

/** `ADD CONSTRAINT name DEFAULT value FOR column`: read by the column's own reader. */
function readAddedDefault(cursor: Cursor, table: string): Statement | null {
  const named = cursor.isWord("CONSTRAINT") && cursor.ahead(2).upper === "DEFAULT";
  if (!named && !cursor.isWord("DEFAULT")) return null;
  const name = named ? (cursor.next(), cursor.name()) : null;
  const parts = noParts(table);
  const written = readDefault(cursor);
  cursor.expect("FOR");
  const column = cursor.name();
  const note = { default: written.text, defaultName: name ?? `DF__${plainName(table)}__${column}` };
  parts.notes.columns.push({ name: column, ...note });
  const sql = `ALTER TABLE ${table} ALTER COLUMN ${quoteName(column)} SET DEFAULT ${written.sql}; ${notes(parts)}`;
  return { kind: "sql", verb: "DDL", sql, rows: false, table };
}

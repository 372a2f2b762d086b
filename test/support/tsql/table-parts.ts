/** Reads the columns and constraints of a table, each to PostgreSQL's definition and to a note of what was written. */
import { randomBytes } from "node:crypto";
import type { Cursor } from "./cursor.ts";
import { readCondition, readValue } from "./expression.ts";
import { printed } from "./printed.ts";
import { readKeyColumns, readNames, readTableName } from "./query.ts";
import { plainName, quoteName, quoteText } from "./quote.ts";
import { notInTheSet, Raised } from "./raised.ts";
import { columnCollation, pgType, readType, type TsqlType } from "./types.ts";

/** What is kept of a column for the catalog views. */
export interface ColumnNote {
  name: string;
  type?: string;
  length?: number;
  precision?: number;
  scale?: number;
  collation?: string | null;
  default?: string;
  defaultName?: string;
  computed?: string;
  persisted?: boolean;
}

/** A table while it is read. */
export interface TableParts {
  readonly table: string;
  readonly columns: { name: string; type: string; collation: string; definition: string }[];
  readonly constraints: string[];
  /** Statements that add foreign keys, and what else follows the table's creation. */
  readonly foreign: string[];
  readonly after: string[];
  readonly computed: { name: string; expression: string; rest: string }[];
  readonly notes: {
    readonly columns: ColumnNote[];
    readonly checks: { name: string; text: string; column: string | null }[];
  };
}

/** Reads the next column or constraint of a table. */
export function readColumnOrConstraint(cursor: Cursor, parts: TableParts): void {
  if (cursor.isWord("CONSTRAINT", "PRIMARY", "UNIQUE", "FOREIGN", "CHECK")) {
    const name = cursor.accept("CONSTRAINT") ? cursor.name() : null;
    return readConstraint(cursor, parts, { name, column: null });
  }
  const name = cursor.name();
  if (cursor.accept("AS")) return readComputed(cursor, parts, name);
  readColumn(cursor, parts, name);
}

function readComputed(cursor: Cursor, parts: TableParts, name: string): void {
  const from = cursor.index;
  const expression = readValue(cursor);
  const text = printed(cursor.slice(from), true);
  const persisted = cursor.accept("PERSISTED");
  const rest = cursor.accept("NOT", "NULL") ? " NOT NULL" : "";
  parts.computed.push({ name, expression, rest });
  parts.notes.columns.push({ name, computed: text, persisted });
}

function readColumn(cursor: Cursor, parts: TableParts, name: string): void {
  const type = readType(cursor, 1);
  const note: ColumnNote = {
    name,
    type: type.name,
    length: type.length,
    precision: type.precision,
    scale: type.scale,
  };
  parts.notes.columns.push(note);
  note.collation = cursor.accept("COLLATE") ? cursor.name() : null;
  const collation = columnCollation(type, note.collation, parts.table);
  const column = { name, type: pgType(type), collation, definition: "" };
  parts.columns.push(column);
  const options = readColumnOptions(cursor, parts, note);
  column.definition = `${quoteName(name)} ${column.type}${collation}${options}`;
  addRules(parts, name, type);
}

/** What PostgreSQL's types do not say: the length of binary values and the version of rows. */
function addRules(parts: TableParts, name: string, type: TsqlType): void {
  if (type.name === "timestamp") {
    parts.after.push(
      `CREATE TRIGGER tsql_rowversion BEFORE INSERT OR UPDATE ON ${parts.table} FOR EACH ROW EXECUTE FUNCTION tsql.rowversion(${quoteText(name)})`,
    );
  } else if (type.name.endsWith("binary") && type.length > 0) {
    parts.constraints.push(
      `CONSTRAINT ${quoteName(`tsql length ${name}`)} CHECK (length(${quoteName(name)}) <= ${type.length})`,
    );
  }
}

function readColumnOptions(cursor: Cursor, parts: TableParts, note: ColumnNote): string {
  let sql = "";
  for (;;) {
    const name = cursor.accept("CONSTRAINT") ? cursor.name() : null;
    if (cursor.accept("NOT", "NULL")) sql += " NOT NULL";
    else if (cursor.accept("NULL") || cursor.accept("ROWGUIDCOL")) continue;
    else if (cursor.accept("IDENTITY")) sql += ` GENERATED ALWAYS AS IDENTITY${readSeed(cursor)}`;
    else if (cursor.isWord("DEFAULT")) {
      const written = readDefault(cursor);
      note.default = written.text;
      note.defaultName =
        name ?? `DF__${shortName(parts.table)}__${note.name.slice(0, 5)}__${hex(4)}`;
      sql += ` DEFAULT ${written.sql}`;
    } else if (cursor.isWord("PRIMARY", "UNIQUE", "CHECK", "REFERENCES", "FOREIGN")) {
      readConstraint(cursor, parts, { name, column: note.name });
    } else if (name !== null) cursor.fail();
    else return sql;
  }
}

function readSeed(cursor: Cursor): string {
  if (!cursor.isSymbol("(")) return "";
  const [start, step] = cursor.inParentheses(() => cursor.list(() => readValue(cursor)));
  return ` (START WITH ${start} INCREMENT BY ${step ?? 1} MINVALUE ${start?.includes("-") === true ? start : "0"})`;
}

/** Reads DEFAULT and its value. */
export function readDefault(cursor: Cursor): { readonly sql: string; readonly text: string } {
  cursor.expect("DEFAULT");
  const from = cursor.index;
  const sql = readValue(cursor);
  return { sql: `(${sql})`, text: printed(cursor.slice(from), true) };
}

function hex(bytes: number): string {
  return randomBytes(bytes).toString("hex").toUpperCase();
}

interface Named {
  readonly name: string | null;
  /** Of which column it is, when it stands there. */
  readonly column: string | null;
}

function readConstraint(cursor: Cursor, parts: TableParts, named: Named): void {
  if (cursor.isWord("PRIMARY", "UNIQUE")) return readKey(cursor, parts, named);
  if (cursor.accept("CHECK")) return readCheck(cursor, parts, named);
  let columns = named.column === null ? "" : quoteName(named.column);
  if (cursor.accept("FOREIGN")) {
    cursor.expect("KEY");
    if (named.column === null || cursor.isSymbol("(")) columns = readNames(cursor).join(", ");
  }
  readForeign(cursor, parts, columns, named.name);
}

function shortName(table: string): string {
  return plainName(table).split(".").at(-1)?.slice(0, 9) ?? "";
}

function constraintName(prefix: string, parts: TableParts, given: string | null): string {
  if (given !== null) return `CONSTRAINT ${quoteName(given)} `;
  // The names of temporary tables' constraints are nobody's business.
  if (/^"[#@]/.test(parts.table)) return "";
  return `CONSTRAINT ${quoteName(`${prefix}__${shortName(parts.table)}__${hex(8)}`)} `;
}

function readKey(cursor: Cursor, parts: TableParts, named: Named): void {
  const primary = cursor.accept("PRIMARY", "KEY");
  if (!primary) cursor.expect("UNIQUE");
  if (!cursor.accept("CLUSTERED")) cursor.accept("NONCLUSTERED");
  const columns = named.column === null ? readKeyColumns(cursor) : quoteName(named.column);
  const ignoring = readIgnoring(cursor);
  const temporary = /^"[#@]/.test(parts.table);
  const rule = primary ? "PRIMARY KEY" : "UNIQUE NULLS NOT DISTINCT";
  // SQL Server looks at the end of a statement whether its rows are unique; so does PostgreSQL if it may defer.
  const deferrable = temporary ? "" : " DEFERRABLE";
  const constraint = constraintName(primary ? "PK" : "UQ", parts, named.name);
  if (ignoring && temporary) throw notInTheSet("IGNORE_DUP_KEY of a temporary table");
  if (ignoring)
    parts.after.push(ignoringSql(parts.table, constraint.slice("CONSTRAINT ".length, -1)));
  parts.constraints.push(`${constraint}${rule} (${columns})${deferrable}`);
}

/** Reads `WITH (IGNORE_DUP_KEY = ON)`, the only option that is known. */
export function readIgnoring(cursor: Cursor): boolean {
  if (!cursor.accept("WITH")) return false;
  return cursor.inParentheses(() => {
    cursor.expect("IGNORE_DUP_KEY");
    cursor.expectSymbol("=");
    if (cursor.accept("OFF")) return false;
    cursor.expect("ON");
    return true;
  });
}

/** Makes a unique index drop rows whose key is there, and the catalog tell of it; `index` is its quoted name. */
export function ignoringSql(table: string, index: string): string {
  return `SELECT tsql.ignore_duplicates(${quoteText(table)}, ${quoteText(plainName(index))})`;
}

function readCheck(cursor: Cursor, parts: TableParts, named: Named): void {
  cursor.expectSymbol("(");
  const from = cursor.index;
  const condition = readCondition(cursor);
  const text = printed(cursor.slice(from), false);
  cursor.expectSymbol(")");
  const constraint = constraintName("CK", parts, named.name);
  parts.constraints.push(`${constraint}CHECK (${condition})`);
  const name = constraint.slice('CONSTRAINT "'.length, -2);
  parts.notes.checks.push({ name, text, column: named.column });
}

const ACTIONS = ["NO ACTION", "CASCADE", "SET NULL", "SET DEFAULT"];

function readForeign(
  cursor: Cursor,
  parts: TableParts,
  columns: string,
  name: string | null,
): void {
  cursor.expect("REFERENCES");
  if (/^"[#@]/.test(parts.table)) throw notInTheSet("a foreign key of a temporary table");
  const parent = readTableName(cursor);
  const referenced = cursor.isSymbol("(") ? ` (${readNames(cursor).join(", ")})` : "";
  let actions = "";
  while (cursor.accept("ON")) {
    const when = cursor.accept("DELETE") ? "DELETE" : (cursor.expect("UPDATE"), "UPDATE");
    const action = ACTIONS.find((words) => cursor.accept(...words.split(" ")));
    if (action === undefined)
      throw new Raised(102, `Incorrect syntax near '${cursor.token.text}'.`, "compile");
    actions += ` ON ${when} ${action}`;
  }
  const constraint = constraintName("FK", parts, name);
  parts.foreign.push(
    `SELECT tsql.pin_keys(${quoteText(parent)})`,
    `ALTER TABLE ${parts.table} ADD ${constraint}FOREIGN KEY (${columns}) REFERENCES ${parent}${referenced}${actions}`,
  );
}

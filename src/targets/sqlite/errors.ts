/**
 * What SQLite's result codes mean to a load. Decided by code alone: texts are only shown.
 * Raising at the right moment is left to the session and the writer.
 */
import { upsurgeError, UpsurgeError } from "../../errors/upsurge-error.ts";
import type { Row, RowFault } from "../../model/batch.ts";
import type { RowCode } from "../../model/reject.ts";
import type { TableShape } from "../../model/table-shape.ts";
import { abortedError } from "../session-errors.ts";
import { TransactionAborted } from "../target.ts";
import type { ErrorClass } from "../target.ts";

const ROW_CODES: ReadonlyMap<string, RowCode> = new Map([
  ["SQLITE_CONSTRAINT_NOTNULL", "ROW_NOT_NULL"],
  ["SQLITE_CONSTRAINT_CHECK", "ROW_CHECK"],
  ["SQLITE_CONSTRAINT_UNIQUE", "ROW_UNIQUE"],
  ["SQLITE_CONSTRAINT_PRIMARYKEY", "ROW_UNIQUE"],
  ["SQLITE_CONSTRAINT_ROWID", "ROW_UNIQUE"],
  ["SQLITE_CONSTRAINT_FOREIGNKEY", "ROW_FOREIGN_KEY"],
  ["SQLITE_CONSTRAINT_DATATYPE", "ROW_TYPE"],
  ["SQLITE_MISMATCH", "ROW_TYPE"],
  ["SQLITE_TOOBIG", "ROW_LENGTH"],
]);

/** The result code of a driver's error, extended where SQLite extends it; `null` for any other error. */
export function codeOf(error: unknown): string | null {
  if (!(error instanceof Error) || !("code" in error)) return null;
  const { code } = error;
  return typeof code === "string" && code.startsWith("SQLITE_") ? code : null;
}

/** True for a violated unique key. */
export function isUniqueViolation(error: unknown): boolean {
  const code = codeOf(error);
  return code !== null && ROW_CODES.get(code) === "ROW_UNIQUE";
}

/** What refuses a row only because it would be inserted: a proposal that is undone need not mind. */
export function isInsertOnly(error: unknown): boolean {
  const code = codeOf(error);
  return (
    isUniqueViolation(error) ||
    code === "SQLITE_CONSTRAINT_FOREIGNKEY" ||
    code === "SQLITE_CONSTRAINT_TRIGGER"
  );
}

/** True when waiting may help. */
export function isBusy(error: unknown): boolean {
  return /^SQLITE_(BUSY|LOCKED)/.test(codeOf(error) ?? "");
}

/**
 * The code of the row that made a prepared statement fail; `null` when no row is to blame.
 * SQLITE_ERROR while stepping is a value that a function of the schema or of the user cannot take: names were checked before.
 */
function rowCodeOf(error: unknown): RowCode | null {
  const code = codeOf(error);
  if (code === null) return null;
  const known = ROW_CODES.get(code);
  if (known !== undefined) return known;
  return code === "SQLITE_ERROR" || code.startsWith("SQLITE_CONSTRAINT") ? "ROW_REFUSED" : null;
}

/** The fault of `row`, from the driver's error about the table. Throws the error itself when no row is to blame. */
export function rowFault(row: Row, error: unknown, table: RefusingTable): RowFault {
  const code = rowCodeOf(error);
  if (code === null || !(error instanceof Error)) throw error;
  const { message } = error;
  const dbCode = codeOf(error);
  const id = dbCode === "SQLITE_MISMATCH" ? misfitId(row, table) : null;
  if (id !== null) {
    const said = `${message}: ${id.column} takes whole numbers, and no ${JSON.stringify(id.value)}`;
    return { row, code, dbCode, column: id.column, constraint: null, message: said };
  }
  return { row, code, dbCode, message, ...shownNames(message, table.name.name) };
}

/** The table that refused a row. */
type RefusingTable = Pick<TableShape, "name" | "columns">;

/** So much of a value is shown. */
const SHOWN = 60;

/** The rowid's column and what the row has for it, where that is no whole number; SQLite does not say which column it was. */
function misfitId(
  { shape, values }: Row,
  { columns }: RefusingTable,
): { readonly column: string; readonly value: string } | null {
  const column = columns.find(({ identity }) => identity === "rowid")?.name;
  const value = column === undefined ? null : values[shape.columns.indexOf(column)];
  if (
    column === undefined ||
    typeof value !== "string" ||
    /^[ \t\n\v\f\r]*[+-]?\d+[ \t\n\v\f\r]*$/.test(value)
  )
    return null;
  return { column, value: value.length > SHOWN ? `${value.slice(0, SHOWN)}…` : value };
}

/** Names for display: `UNIQUE constraint failed: t.a` tells the column, `CHECK constraint failed: why` the constraint. */
function shownNames(
  message: string,
  table: string,
): { column: string | null; constraint: string | null } {
  const failed = / constraint failed: (.*)$/s.exec(message)?.[1];
  if (failed === undefined) {
    const named = /^cannot store \w+ value in \w+ column (.*)$/s.exec(message)?.[1];
    return { column: named === undefined ? null : columnOf(named, table), constraint: null };
  }
  const index = /^index '(.*)'$/s.exec(failed)?.[1];
  if (index !== undefined) return { column: null, constraint: index };
  if (message.startsWith("CHECK")) return { column: null, constraint: failed };
  return {
    column: failed.includes(", ") ? null : columnOf(failed, table),
    constraint: message.startsWith("UNIQUE") ? failed : null,
  };
}

/** The column of `TABLE.COLUMN`: names may have dots, and where a trigger writes, the table is another one. */
function columnOf(named: string, table: string): string | null {
  if (named.startsWith(`${table}.`)) return named.slice(table.length + 1);
  return /^[^.]*\.(.*)$/s.exec(named)?.[1] ?? null;
}

/** How an error changes what happens next. */
export function classify(error: unknown): ErrorClass {
  if (error instanceof TransactionAborted) return "aborted";
  if (error instanceof UpsurgeError) {
    return error.code === "TARGET_BUSY" || error.code === "TARGET_FULL" ? "transient" : "fatal";
  }
  if (isBusy(error) || codeOf(error) === "SQLITE_FULL") return "transient";
  return rowCodeOf(error) === null ? "fatal" : "row";
}

/** Our error for a driver's error about the database file `path`; other errors are returned as they are. */
export function translate(error: unknown, path: string, readonly = false): Error {
  if (error instanceof TransactionAborted) return abortedError(error);
  const code = codeOf(error);
  if (code === null || !(error instanceof Error)) {
    return error instanceof Error ? error : new Error(String(error));
  }
  const reason = `${error.message} (${code})`;
  const context = { cause: error };
  if (isBusy(error)) return upsurgeError("TARGET_BUSY", { target: path, reason }, context);
  if (code === "SQLITE_FULL") return upsurgeError("TARGET_FULL", { target: path, reason }, context);
  if (code === "SQLITE_READONLY_DBMOVED") return upsurgeError("TARGET_MOVED", { path }, context);
  if (code.startsWith("SQLITE_READONLY")) {
    const fix = readonly ? "leave mode=ro out of --to" : undefined;
    return upsurgeError("TARGET_NOT_WRITABLE", { path, reason }, { ...context, fix });
  }
  // The file, its journal or the folder of both is closed to this user.
  if (code.startsWith("SQLITE_CANTOPEN")) {
    return upsurgeError("TARGET_NOT_WRITABLE", { path, reason }, context);
  }
  if (code === "SQLITE_NOTADB") {
    return upsurgeError("TARGET_NOT_A_DATABASE", { path, reason }, context);
  }
  return upsurgeError("TARGET_STATEMENT", { reason }, context);
}

/** The server's errors: how a load goes on after one, by its number alone; message text decides nothing but a name. */
import { upsurgeError } from "../../errors/upsurge-error.ts";
import type { Row, RowFault } from "../../model/batch.ts";
import type { RowCode } from "../../model/reject.ts";
import type { TableShape } from "../../model/table-shape.ts";
import { privilegeMissing } from "../session-errors.ts";
import type { ErrorClass } from "../target.ts";
import { isRowMeaning, meaningOf } from "./error-numbers.ts";

/** An error that the server sent; the driver's own are of other classes. */
export class SqlServerError extends Error {
  readonly number: number;
  /** The server closes the connection after it. */
  readonly endsConnection: boolean;

  constructor(number: number, message: string, endsConnection = false) {
    super(message);
    this.name = "ServerError";
    this.number = number;
    this.endsConnection = endsConnection;
  }
}

/** The severity from which on an error ends the connection. */
const FATAL_SEVERITY = 20;

/** The server's error behind one of the driver's; `null` for errors of the network and the driver. */
export function serverErrorOf(error: unknown): SqlServerError | null {
  if (!(error instanceof Error) || !("code" in error) || error.code !== "EREQUEST") return null;
  if (!("number" in error) || typeof error.number !== "number") return null;
  const severity = "class" in error ? Number(error.class) : 0;
  return new SqlServerError(error.number, error.message, severity >= FATAL_SEVERITY);
}

/** How an error of this number changes what happens next. */
export function classifyNumber(number: number): ErrorClass {
  if (number === 8672) return "repeat";
  const meaning = meaningOf(number);
  if (isRowMeaning(meaning)) return "row";
  return meaning === null || meaning === "privilege" ? "fatal" : "transient";
}

/** True for a number that rows have caused. */
export function isOfRows(number: number): boolean {
  return isRowMeaning(meaningOf(number));
}

/** The stable code of a row that was refused with this number. */
export function rowCode(number: number): RowCode {
  const meaning = meaningOf(number);
  return isRowMeaning(meaning) ? meaning : "ROW_REFUSED";
}

/** What a row's error says besides its number. */
export interface RowErrorPlace {
  readonly code: RowCode;
  readonly column: string | null;
  readonly constraint: string | null;
}

/** The constraint or column that an error names; one number serves foreign keys and checks, so the catalog tells which. */
export function placeOfError(number: number, message: string, table: TableShape): RowErrorPlace {
  const named = (names: readonly (string | null)[]): string | null =>
    names.find((name) => message.includes(`'${name}'`) || message.includes(`"${name}"`)) ?? null;
  const code = rowCode(number);
  if (number === 515 || number === 2628) {
    return { code, column: named(table.columns.map(({ name }) => name)), constraint: null };
  }
  if (number === 2601 || number === 2627) {
    return { code, column: null, constraint: named(table.uniqueKeys.map(({ name }) => name)) };
  }
  if (number !== 547) return { code, column: null, constraint: null };
  const check = named(table.checks.map(({ name }) => name));
  if (check !== null) return { code: "ROW_CHECK", column: null, constraint: check };
  // The constraint may be another table's: of one that refers here, or that is behind a view.
  const code547 = /\bCHECK constraint\b/.test(message) ? "ROW_CHECK" : "ROW_FOREIGN_KEY";
  const constraint =
    named(table.foreignKeys.map(({ name }) => name)) ??
    /constraint ["'](.+?)["']\./i.exec(message)?.[1] ??
    null;
  return { code: code547, column: null, constraint };
}

/** The fault of a row that the server refused with this error. */
export function rowFault(row: Row, error: unknown, table: TableShape): RowFault {
  if (!(error instanceof SqlServerError)) throw error;
  const { number, message } = error;
  return { row, dbCode: String(number), message, ...placeOfError(number, message, table) };
}

/** A server's error during a load as one of ours; other errors pass through. */
export function translateError(error: unknown, target: string): Error {
  if (!(error instanceof Error)) return upsurgeError("INTERNAL", { message: String(error) });
  if (!(error instanceof SqlServerError)) return error;
  const details = { target, reason: `${error.message} (${error.number})` };
  const context = { cause: error };
  const meaning = meaningOf(error.number);
  if (meaning === "privilege") return privilegeMissing(error, "grant what the message names");
  const code = meaning === null || isRowMeaning(meaning) ? "TARGET_STATEMENT" : LATER[meaning];
  return upsurgeError(code, details, context);
}

/** What may succeed later. */
const LATER = {
  busy: "TARGET_BUSY",
  full: "TARGET_FULL",
  "read-only": "TARGET_READ_ONLY",
} as const;

/** What SQL Server's error numbers mean to a load. One table, by number; message text decides nothing but a name. */
import { upsurgeError } from "../../errors/upsurge-error.ts";
import type { RowCode } from "../../model/reject.ts";
import type { TableShape } from "../../model/table-shape.ts";
import type { ErrorClass } from "../target.ts";

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

/** Numbers that a row can cause. */
const ROW_CODES: Readonly<Record<number, RowCode>> = {
  // Values that do not convert.
  235: "ROW_TYPE",
  241: "ROW_TYPE",
  245: "ROW_TYPE",
  257: "ROW_TYPE",
  293: "ROW_TYPE",
  295: "ROW_TYPE",
  8114: "ROW_TYPE",
  8169: "ROW_TYPE",
  9400: "ROW_TYPE",
  9402: "ROW_TYPE",
  13608: "ROW_TYPE",
  13609: "ROW_TYPE",
  // Values out of range.
  220: "ROW_RANGE",
  232: "ROW_RANGE",
  242: "ROW_RANGE",
  244: "ROW_RANGE",
  248: "ROW_RANGE",
  289: "ROW_RANGE",
  296: "ROW_RANGE",
  298: "ROW_RANGE",
  535: "ROW_RANGE",
  517: "ROW_RANGE",
  8115: "ROW_RANGE",
  // Too long: for the column, the row, or an index.
  511: "ROW_LENGTH",
  1946: "ROW_LENGTH",
  2628: "ROW_LENGTH",
  8152: "ROW_LENGTH",
  339: "ROW_NOT_NULL",
  515: "ROW_NOT_NULL",
  // A foreign key, a check: `constraintFault` tells them apart.
  547: "ROW_CHECK",
  550: "ROW_CHECK",
  2601: "ROW_UNIQUE",
  2627: "ROW_UNIQUE",
  // An expression, a trigger, a policy.
  512: "ROW_REFUSED",
  536: "ROW_REFUSED",
  537: "ROW_REFUSED",
  3609: "ROW_REFUSED",
  3616: "ROW_REFUSED",
  3623: "ROW_REFUSED",
  6522: "ROW_REFUSED",
  8134: "ROW_REFUSED",
  8672: "ROW_REFUSED",
  13535: "ROW_REFUSED",
  33504: "ROW_REFUSED",
};

/** From here on numbers are the users' own: RAISERROR and THROW in triggers. */
const FIRST_USER_NUMBER = 50_000;

/**
 * Locks, load, space, network, a session that was killed, a server that shuts down or has handed its part to another; the
 * same load may succeed later.
 */
const TRANSIENT = new Set([
  64, 233, 596, 701, 1101, 1105, 1204, 1205, 1222, 3906, 3960, 4060, 6005, 8645, 8651, 9002, 10053,
  10054, 10060, 10928, 10929, 40143, 40197, 40501, 40540, 40613, 42108, 42109, 49918, 49919, 49920,
]);

/** How an error of this number changes what happens next. */
export function classifyNumber(number: number): ErrorClass {
  if (number === 8672) return "repeat";
  if (number >= FIRST_USER_NUMBER || number in ROW_CODES) return "row";
  return TRANSIENT.has(number) ? "transient" : "fatal";
}

/** SQL that is true for a number that a single row caused. */
export function isRowNumberSql(number: string): string {
  return `(${number} >= ${FIRST_USER_NUMBER} OR ${number} IN (${Object.keys(ROW_CODES).join(", ")}))`;
}

/** The stable code of a row that was refused with this number. */
export function rowCode(number: number): RowCode {
  return ROW_CODES[number] ?? "ROW_REFUSED";
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

/** A server's error during a load as one of ours; other errors pass through. */
export function translateError(error: unknown, target: string): Error {
  if (!(error instanceof Error)) return upsurgeError("INTERNAL", { message: String(error) });
  if (!(error instanceof SqlServerError)) return error;
  const details = { target, reason: `${error.message} (${error.number})` };
  const context = { cause: error };
  switch (error.number) {
    case 1101:
    case 1105:
    case 9002:
      return upsurgeError("TARGET_FULL", details, context);
    case 3906:
      return upsurgeError("TARGET_READ_ONLY", details, context);
    case 229:
    case 230:
    case 1088:
    case 8104:
      return upsurgeError(
        "PLAN_PRIVILEGE",
        {
          privilege: "see the cause",
          table: "the table or what it uses",
          suggestion: "grant what the message names",
        },
        { ...context, why: error.message },
      );
    default:
  }
  return TRANSIENT.has(error.number)
    ? upsurgeError("TARGET_BUSY", details, context)
    : upsurgeError("TARGET_STATEMENT", details, context);
}

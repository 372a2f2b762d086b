/**
 * What is bound for a value. Text is bound as text and the column's affinity converts it, exactly as for a literal;
 * only what SQLite would change without a word is refused here.
 */
import type { RowCode } from "../../../model/reject.ts";
import { isMisfit } from "./misfits.ts";
import type { PromisedType } from "./misfits.ts";
import type { Affinity } from "../catalog/types.ts";
import type { SqliteValue } from "../connect/connection.ts";
import { wholeDigits } from "../../../values/whole-numbers.ts";

/** What the driver takes. */
export type BoundValue = SqliteValue;

/** A value that SQLite would store as another number. */
export class RangeFault extends Error {
  readonly code: RowCode = "ROW_RANGE";
  readonly column: string;

  constructor(column: string, message: string) {
    super(message);
    this.column = column;
  }
}

/** Where a value goes. */
export interface BoundColumn {
  readonly name: string;
  readonly affinity: Affinity;
  /** As it is declared. */
  readonly type: string;
  /** The text of a value is the hexadecimal digits of its bytes. */
  readonly isBytes: boolean;
  /** What a text must be like not to be counted; `null` where any will do. */
  readonly promised: PromisedType | null;
}

const INTEGER = /^\s*[+-]?\d+\s*$/;
const DECIMAL = /^\s*[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?\s*$/;
const INT64_MAX = 2n ** 63n - 1n;
const INT64_MIN = -(2n ** 63n);

/** The value to bind for `text`; `numeric`: the source wrote a number. Throws a `RangeFault`. */
export function bindValue(text: string | null, numeric: boolean, column: BoundColumn): BoundValue {
  if (text === null) return text;
  if (column.isBytes) return Buffer.from(text, "hex");
  if (column.affinity === "text") return text;
  if (column.affinity === "blob") return numeric ? bindNumber(text, column) : text;
  if (column.affinity !== "real" && (text.length > 15 || /[eE]/.test(text))) {
    // Of more digits than a double holds SQLite makes another number where a point or an exponent is among them.
    const digits = wholeDigits(text);
    if (INTEGER.test(digits)) toInteger(digits, column);
    if (digits !== text) return digits;
  }
  if (text.length > 300 || /[eE]/.test(text)) refuseInfinity(text, column);
  return text;
}

/** True for a misfit: a text that its column keeps against the promise of its type. */
export function keepsMisfit(text: string | null, { promised }: BoundColumn): boolean {
  return promised !== null && text !== null && isMisfit(text, promised);
}

function bindNumber(text: string, column: BoundColumn): BoundValue {
  if (INTEGER.test(text)) return toInteger(text, column);
  refuseInfinity(text, column);
  return Number(text);
}

function toInteger(text: string, column: BoundColumn): bigint {
  const value = BigInt(text.trim().replace(/^\+/, ""));
  if (value >= INT64_MIN && value <= INT64_MAX) return value;
  throw new RangeFault(
    column.name,
    `the integer for ${column.name} does not fit 64 bits; SQLite would store a rounded number`,
  );
}

function refuseInfinity(text: string, column: BoundColumn): void {
  if (!DECIMAL.test(text) || Number.isFinite(Number(text))) return;
  throw new RangeFault(
    column.name,
    `the number for ${column.name} is too large; SQLite would store infinity`,
  );
}

/**
 * Text as PostgreSQL's binary values, for the spellings whose meaning is beyond doubt: each encoder takes the canonical
 * spelling of its type and refuses every other, so that the database decides what that one means.
 * Formats: the `…recv` functions of the server (src/backend/utils/adt).
 */
import type { Column } from "../../../model/table-shape.ts";
import { encodeDate, encodeTimestamp, encodeTimestampTz } from "./binary-times.ts";
import type { CopyBuffer } from "./copy-buffer.ts";
import { digits } from "./digits.ts";

/** Writes the field from `start` to `end`, its length first. False, with anything written, when the spelling is not canonical. */
export type Encoder = (into: CopyBuffer, from: Buffer, start: number, end: number) => boolean;

const ENCODERS: Readonly<Record<string, Encoder>> = {
  smallint: integerEncoder(2),
  integer: integerEncoder(4),
  bigint: integerEncoder(8),
  numeric: encodeNumeric,
  "double precision": encodeDouble,
  real: encodeReal,
  boolean: encodeBoolean,
  text: encodeText,
  "character varying": encodeText,
  character: encodeText,
  citext: encodeText,
  json: encodeText,
  jsonb: encodeJsonb,
  uuid: encodeUuid,
  bytea: encodeBytea,
  date: encodeDate,
  "timestamp without time zone": encodeTimestamp,
  "timestamp with time zone": encodeTimestampTz,
};

/** The type without length, precision and collation. */
function openName({ type }: Column): string {
  return type.replace(/ collate .*$/s, "").replace(/\([^)]*\)/, "");
}

/** The encoder of a column; `null` for a type that only its text form serves. */
export function encoderOf(column: Column): Encoder | null {
  return ENCODERS[openName(column)] ?? null;
}

const ZERO = 48;
const MINUS = 45;
const DOT = 46;

function integerEncoder(size: 2 | 4 | 8): Encoder {
  const limit = size === 2 ? 0x8000 : 0x8000_0000;
  return (into, from, start, end) => {
    const negative = from[start] === MINUS;
    const first = negative ? start + 1 : start;
    const count = end - first;
    // One spelling for each value: no leading zeros, no -0.
    if (count > 1 && from[first] === ZERO) return false;
    if (count > 15) return size === 8 && encodeLong(into, from, start, end);
    const value = digits(from, first, end);
    if (value < 0 || (negative && value === 0)) return false;
    const signed = negative ? -value : value;
    if (size !== 8 && (signed < -limit || signed >= limit)) return false;
    into.int32(size);
    if (size === 2) into.int16(signed);
    else if (size === 4) into.int32(signed);
    else into.int64(signed);
    return true;
  };
}

function encodeLong(into: CopyBuffer, from: Buffer, start: number, end: number): boolean {
  const text = from.toString("latin1", start, end);
  if (!/^-?\d{16,19}$/.test(text)) return false;
  const value = BigInt(text);
  if (BigInt.asIntN(64, value) !== value) return false;
  into.int32(8);
  into.bigInt64(value);
  return true;
}

/** Digits of a numeric: more are left to the text form. */
const MOST_DIGITS = 100;

/** `-12.50`: groups of four decimal digits, aligned at the point. */
function encodeNumeric(into: CopyBuffer, from: Buffer, start: number, end: number): boolean {
  const negative = from[start] === MINUS;
  const first = negative ? start + 1 : start;
  let point = first;
  while (point < end && from[point] !== DOT) point += 1;
  const whole = point - first;
  const scale = point === end ? 0 : end - point - 1;
  if (whole === 0 || (point < end && scale === 0) || whole + scale > MOST_DIGITS) return false;
  if (whole > 1 && from[first] === ZERO) return false;
  const groups = Math.ceil(whole / 4) + Math.ceil(scale / 4);
  into.int32(8 + 2 * groups);
  into.int16(groups);
  into.int16(Math.ceil(whole / 4) - 1);
  into.int16(negative ? 0x4000 : 0);
  into.int16(scale);
  for (let to = first + (whole % 4 || 4), at = first; at < point; at = to, to += 4) {
    const group = digits(from, at, to);
    if (group < 0) return false;
    into.int16(group);
  }
  for (let at = point + 1; at < end; at += 4) {
    const to = Math.min(at + 4, end);
    const group = digits(from, at, to);
    if (group < 0) return false;
    into.int16(group * (POWERS[at + 4 - to] as number));
  }
  return true;
}

const POWERS = [1, 10, 100, 1000];

/**
 * The number of a plain decimal spelling, `NaN` for any other or one near the limits. Both sides round correctly, so both
 * come to the same number.
 */
function decimal(
  from: Buffer,
  start: number,
  end: number,
  [least, most]: readonly [number, number],
): number {
  const negative = from[start] === MINUS;
  const first = negative ? start + 1 : start;
  let point = -1;
  let whole = 0;
  for (let at = first; at < end; at += 1) {
    const digit = (from[at] as number) - ZERO;
    if (digit >= 0 && digit <= 9) whole = whole * 10 + digit;
    else if (digit === DOT - ZERO && point < 0) point = at;
    else return NaN;
  }
  if (first === end || point === first || point === end - 1 || end - first > 40) return NaN;
  if (whole === 0) return negative ? -0 : 0;
  const scale = point < 0 ? 0 : end - point - 1;
  // A quotient of two numbers that are exact is rounded once.
  const size =
    whole <= Number.MAX_SAFE_INTEGER && scale <= 22
      ? whole / (TENS[scale] as number)
      : Number(from.toString("latin1", first, end));
  if (size < least || size > most) return NaN;
  return negative ? -size : size;
}

const TENS = Array.from({ length: 23 }, (_, power) => Number(`1e${power}`));

/** Sizes that are far from where a type's range ends or its precision shrinks. */
const DOUBLES = [1e-290, 1e300] as const;
const REALS = [1e-35, 1e38] as const;

function encodeDouble(into: CopyBuffer, from: Buffer, start: number, end: number): boolean {
  const value = decimal(from, start, end, DOUBLES);
  if (Number.isNaN(value)) return false;
  into.int32(8);
  into.double(value);
  return true;
}

const HALVES = new DataView(new ArrayBuffer(8));

function encodeReal(into: CopyBuffer, from: Buffer, start: number, end: number): boolean {
  const value = decimal(from, start, end, REALS);
  if (Number.isNaN(value)) return false;
  // Halfway between two of them, the digits that the double lost would decide.
  HALVES.setFloat64(0, value);
  if ((HALVES.getUint32(4) & 0x1fff_ffff) === 0x1000_0000) return false;
  into.int32(4);
  into.float(value);
  return true;
}

const BOOLEANS: Readonly<Record<string, number>> = {
  "1": 1,
  t: 1,
  true: 1,
  "0": 0,
  f: 0,
  false: 0,
};

function encodeBoolean(into: CopyBuffer, from: Buffer, start: number, end: number): boolean {
  if (end - start > 5) return false;
  const digit = end - start === 1 ? (from[start] as number) - ZERO : -1;
  const value = digit === 0 || digit === 1 ? digit : BOOLEANS[from.toString("latin1", start, end)];
  if (value === undefined) return false;
  into.int32(1);
  into.byte(value);
  return true;
}

function encodeText(into: CopyBuffer, from: Buffer, start: number, end: number): boolean {
  into.int32(end - start);
  into.copy(from, start, end);
  return true;
}

function encodeJsonb(into: CopyBuffer, from: Buffer, start: number, end: number): boolean {
  into.int32(end - start + 1);
  into.byte(1);
  into.copy(from, start, end);
  return true;
}

/** The value of a hexadecimal digit, -1 for anything else. */
function nibble(byte: number): number {
  if (byte >= ZERO && byte <= ZERO + 9) return byte - ZERO;
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}

/** `01234567-89ab-cdef-0123-456789abcdef` */
function encodeUuid(into: CopyBuffer, from: Buffer, start: number, end: number): boolean {
  if (end - start !== 36) return false;
  into.int32(16);
  for (let at = start; at < end; at += 2) {
    const place = at - start;
    if (place === 8 || place === 13 || place === 18 || place === 23) {
      if (from[at] !== MINUS) return false;
      at += 1;
    }
    if (!writeHex(into, from, at)) return false;
  }
  return true;
}

/** `\x` and pairs of digits. */
function encodeBytea(into: CopyBuffer, from: Buffer, start: number, end: number): boolean {
  if (from[start] !== 0x5c || from[start + 1] !== 0x78 || (end - start) % 2 !== 0) return false;
  into.int32((end - start - 2) / 2);
  for (let at = start + 2; at < end; at += 2) if (!writeHex(into, from, at)) return false;
  return true;
}

function writeHex(into: CopyBuffer, from: Buffer, at: number): boolean {
  const high = nibble(from[at] as number);
  const low = nibble(from[at + 1] as number);
  if (high < 0 || low < 0) return false;
  into.byte((high << 4) | low);
  return true;
}

/**
 * Text as PostgreSQL's binary values, for the spellings whose meaning is beyond doubt: each encoder takes the canonical
 * spelling of its type and refuses every other, so that the database decides what that one means.
 * Formats: the `…recv` functions of the server (src/backend/utils/adt).
 */
import type { Column } from "../../../model/table-shape.ts";
import { encodeDate, encodeTimestamp, encodeTimestampTz } from "./binary-times.ts";
import type { CopyBuffer } from "./copy-buffer.ts";
import { digits, fourDigits } from "./byte-source.ts";
import type { ByteSource } from "./byte-source.ts";
import { decimal } from "./decimals.ts";

/** Beside as much room as it has bytes, a field needs so much. */
const FIELD_ROOM = 16;

/** Makes room for what an encoder writes for a field of so many bytes. */
export function reserveField(into: CopyBuffer, size: number): void {
  into.reserve(size + FIELD_ROOM);
}

/**
 * Writes the field from `start` to `end`, its length first, where `reserveField` has made room. False, with anything written, when
 * the spelling is not canonical.
 */
export type Encoder = (into: CopyBuffer, from: ByteSource, start: number, end: number) => boolean;

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
function openName({ type }: Pick<Column, "type">): string {
  return type.replace(/ collate .*$/s, "").replace(/\([^)]*\)/, "");
}

/** The encoder of a column; `null` for a type that only its text form serves. */
export function encoderOf(column: Pick<Column, "type">): Encoder | null {
  return ENCODERS[openName(column)] ?? null;
}

/** Those of several columns; `null` where one has none. */
export function encodersOf(columns: readonly Pick<Column, "type">[]): readonly Encoder[] | null {
  const encoders = columns.map(encoderOf);
  return encoders.every((encoder) => encoder !== null) ? encoders : null;
}

const ZERO = 48;
const MINUS = 45;
const DOT = 46;

function integerEncoder(size: 2 | 4 | 8): Encoder {
  const limit = size === 2 ? 0x8000 : 0x8000_0000;
  return (into, from, start, end) => {
    const { bytes } = from;
    const negative = bytes[start] === MINUS;
    const first = negative ? start + 1 : start;
    const count = end - first;
    // One spelling for each value: no leading zeros, no -0.
    if (count > 1 && bytes[first] === ZERO) return false;
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

function encodeLong(into: CopyBuffer, from: ByteSource, start: number, end: number): boolean {
  const text = from.bytes.toString("latin1", start, end);
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
function encodeNumeric(into: CopyBuffer, from: ByteSource, start: number, end: number): boolean {
  const { bytes } = from;
  const negative = bytes[start] === MINUS;
  const first = negative ? start + 1 : start;
  let point = first;
  while (point < end && bytes[point] !== DOT) point += 1;
  const whole = point - first;
  const scale = point === end ? 0 : end - point - 1;
  if (whole === 0 || (point < end && scale === 0) || whole + scale > MOST_DIGITS) return false;
  if (whole > 1 && bytes[first] === ZERO) return false;
  const wholeGroups = (whole + 3) >> 2;
  const groups = wholeGroups + ((scale + 3) >> 2);
  into.int32(8 + 2 * groups);
  into.int16(groups);
  into.int16(wholeGroups - 1);
  into.int16(negative ? 0x4000 : 0);
  into.int16(scale);
  const partial = first + (whole & 3);
  if (partial > first && !encodeGroup(into, digits(from, first, partial))) return false;
  for (let at = partial; at < point; at += 4)
    if (!encodeGroup(into, fourDigits(from, at))) return false;
  const rest = end - (scale & 3);
  for (let at = point + 1; at < rest; at += 4)
    if (!encodeGroup(into, fourDigits(from, at))) return false;
  if ((scale & 3) === 0) return true;
  const last = digits(from, rest, end);
  return last >= 0 && encodeGroup(into, last * (POWERS[4 - (scale & 3)] as number));
}

/** Writes a group of digits; false when it is below zero. */
function encodeGroup(into: CopyBuffer, group: number): boolean {
  if (group < 0) return false;
  into.int16(group);
  return true;
}

const POWERS = [1, 10, 100, 1000];

/** Sizes that are far from where a type's range ends or its precision shrinks. */
const DOUBLES = [1e-290, 1e300] as const;
const REALS = [1e-35, 1e38] as const;

function encodeDouble(into: CopyBuffer, from: ByteSource, start: number, end: number): boolean {
  const value = decimal(from, start, end, DOUBLES);
  if (Number.isNaN(value)) return false;
  into.int32(8);
  into.double(value);
  return true;
}

const HALVES = new DataView(new ArrayBuffer(8));

function encodeReal(into: CopyBuffer, from: ByteSource, start: number, end: number): boolean {
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

function encodeBoolean(into: CopyBuffer, from: ByteSource, start: number, end: number): boolean {
  if (end - start > 5) return false;
  const digit = end - start === 1 ? (from.bytes[start] as number) - ZERO : -1;
  const value =
    digit === 0 || digit === 1 ? digit : BOOLEANS[from.bytes.toString("latin1", start, end)];
  if (value === undefined) return false;
  into.int32(1);
  into.byte(value);
  return true;
}

function encodeText(into: CopyBuffer, from: ByteSource, start: number, end: number): boolean {
  into.int32(end - start);
  into.copy(from, start, end);
  return true;
}

function encodeJsonb(into: CopyBuffer, from: ByteSource, start: number, end: number): boolean {
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
function encodeUuid(into: CopyBuffer, from: ByteSource, start: number, end: number): boolean {
  if (end - start !== 36) return false;
  into.int32(16);
  for (let at = start; at < end; at += 2) {
    const place = at - start;
    if (place === 8 || place === 13 || place === 18 || place === 23) {
      if (from.bytes[at] !== MINUS) return false;
      at += 1;
    }
    if (!writeHex(into, from, at)) return false;
  }
  return true;
}

/** `\x` and pairs of digits. */
function encodeBytea(into: CopyBuffer, from: ByteSource, start: number, end: number): boolean {
  const { bytes } = from;
  if (bytes[start] !== 0x5c || bytes[start + 1] !== 0x78 || (end - start) % 2 !== 0) return false;
  into.int32((end - start - 2) / 2);
  for (let at = start + 2; at < end; at += 2) if (!writeHex(into, from, at)) return false;
  return true;
}

function writeHex(into: CopyBuffer, { bytes }: ByteSource, at: number): boolean {
  const high = nibble(bytes[at] as number);
  const low = nibble(bytes[at + 1] as number);
  if (high < 0 || low < 0) return false;
  into.byte((high << 4) | low);
  return true;
}

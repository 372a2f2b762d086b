/** Dates and times in ISO spelling as PostgreSQL's binary values: days or microseconds since 2000-01-01. */
import type { CopyBuffer } from "./copy-buffer.ts";
import { digits, fourDigits, twoDigits } from "./byte-source.ts";
import type { ByteSource } from "./byte-source.ts";

const DASH = 45;
const COLON = 58;
const DOT = 46;
const DAY_SECONDS = 86_400;
/** Days from 2000-01-01 within which microseconds are exact in a double. */
const EXACT_DAYS = 100_000;

const MONTH_DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Days from 2000-01-01 of the `YYYY-MM-DD` at `start`; `NaN` when there is no such date. */
function daysAt(from: ByteSource, start: number): number {
  const { bytes } = from;
  const year = fourDigits(from, start);
  const month = twoDigits(from, start + 5);
  const day = twoDigits(from, start + 8);
  if (bytes[start + 4] !== DASH || bytes[start + 7] !== DASH) return NaN;
  if (year < 1 || month < 1 || month > 12 || day < 1) return NaN;
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  if (day > (MONTH_DAYS[month - 1] as number) + (month === 2 && leap ? 1 : 0)) return NaN;
  // Years that begin in March, with leap days at their ends.
  const shifted = month > 2 ? year : year - 1;
  const fromMarch = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  const leaps = Math.floor(shifted / 4) - Math.floor(shifted / 100) + Math.floor(shifted / 400);
  return 365 * shifted + leaps + fromMarch - 730_425;
}

/** `2024-02-29` */
export function encodeDate(
  into: CopyBuffer,
  from: ByteSource,
  start: number,
  end: number,
): boolean {
  if (end - start !== 10) return false;
  const days = daysAt(from, start);
  if (Number.isNaN(days)) return false;
  into.int32(4);
  into.int32(days);
  return true;
}

/** Microseconds of a `YYYY-MM-DD HH:MM:SS[.ffffff]` that fills the place; `NaN` for any other spelling. */
function microsecondsAt(from: ByteSource, start: number, end: number): number {
  const { bytes } = from;
  const between = bytes[start + 10];
  if (end - start < 19 || (between !== 0x20 && between !== 0x54)) return NaN;
  const days = daysAt(from, start);
  const hour = twoDigits(from, start + 11);
  const minute = twoDigits(from, start + 14);
  const second = twoDigits(from, start + 17);
  if (bytes[start + 13] !== COLON || bytes[start + 16] !== COLON) return NaN;
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59) return NaN;
  if (!(Math.abs(days) < EXACT_DAYS)) return NaN;
  const whole = (days * DAY_SECONDS + hour * 3600 + minute * 60 + second) * 1_000_000;
  if (end - start === 19) return whole;
  const places = end - start - 20;
  const fraction = digits(from, start + 20, end);
  if (bytes[start + 19] !== DOT || fraction < 0 || places > 6) return NaN;
  return whole + fraction * 10 ** (6 - places);
}

/** `2024-02-29 12:30:00.25` */
export function encodeTimestamp(
  into: CopyBuffer,
  from: ByteSource,
  start: number,
  end: number,
): boolean {
  const value = microsecondsAt(from, start, end);
  if (Number.isNaN(value)) return false;
  into.int32(8);
  into.int64(value);
  return true;
}

/** `2024-02-29T12:30:00Z`, `2024-02-29 12:30:00+02`, `…+05:30`; without an offset the session's time zone would decide. */
export function encodeTimestampTz(
  into: CopyBuffer,
  from: ByteSource,
  start: number,
  end: number,
): boolean {
  const { bytes } = from;
  let sign = end - 1;
  if (bytes[sign] !== 0x5a) {
    sign = Math.max(start + 19, end - 6);
    while (sign < end && bytes[sign] !== DASH && bytes[sign] !== 0x2b) sign += 1;
  }
  const offset = bytes[sign] === 0x5a ? 0 : offsetAt(from, sign, end);
  const value = microsecondsAt(from, start, sign) - offset * 60_000_000;
  if (Number.isNaN(value)) return false;
  into.int32(8);
  into.int64(value);
  return true;
}

/** Minutes of `+02`, `+0530` or `+05:30`; `NaN` for any other spelling. */
function offsetAt(from: ByteSource, sign: number, end: number): number {
  const length = end - sign;
  if (length !== 3 && length !== 5 && length !== 6) return NaN;
  if (length === 6 && from.bytes[sign + 3] !== COLON) return NaN;
  const hours = twoDigits(from, sign + 1);
  const minutes = length === 3 ? 0 : twoDigits(from, end - 2);
  if (hours < 0 || hours > 14 || minutes < 0 || minutes > 59) return NaN;
  return (from.bytes[sign] === DASH ? -1 : 1) * (hours * 60 + minutes);
}

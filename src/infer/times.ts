/**
 * Dates and timestamps in bytes. What one looks like comes as one number, so that alike ones are found by comparing it:
 * its length without the offset, the separator, and the offset.
 */

const DASH = 0x2d;
const COLON = 0x3a;
const DOT = 0x2e;
const PLUS = 0x2b;
const BLANK = 0x20;
const LETTER_T = 0x54;
const LETTER_Z = 0x5a;
const ZERO = 0x30;

/** In the place of a spelling: this is neither a date nor a timestamp. */
export const NO_TIME = 0;

const DATE_LENGTH = 10;
const MINUTES_LENGTH = 16;
const SECONDS_LENGTH = 19;
/** More digits of a fraction than any database keeps. */
const LONGEST_LOCAL = SECONDS_LENGTH + 1 + 7;
const OFFSET_LENGTH = 6;
const MOST_OFFSET = 14 * 60;

const WITH_T = 1 << 5;
const OFFSET_SHIFT = 6;
const ZULU = 1;
const EAST = 1 << 10;
const WEST = 1 << 11;

/** The spelling of a date. */
export const DATE_SPELLING = DATE_LENGTH;

/** Whether a timestamp of this spelling has an offset. */
export function hasOffset(spelling: number): boolean {
  return spelling >> OFFSET_SHIFT !== 0;
}

/** Digits of the fraction of a second; -1 where there are no seconds. */
export function fractionOf(spelling: number): number {
  const length = spelling & 31;
  return length === MINUTES_LENGTH ? -1 : Math.max(0, length - SECONDS_LENGTH - 1);
}

/**
 * The spelling of `2024-02-29`, `2024-02-29T12:30`, `2024-02-29 12:30:00.25+02:00`; `NO_TIME` for any other text, and
 * where there is no such day or time. An offset needs a year from 2 to 9998: the instant is in another year, perhaps.
 */
export function timeSpelling(bytes: Uint8Array, start: number, end: number): number {
  const length = end - start;
  if (length < DATE_LENGTH || !isDay(bytes, start)) return NO_TIME;
  if (length === DATE_LENGTH) return DATE_SPELLING;
  if (length < MINUTES_LENGTH) return NO_TIME;
  const separator = bytes[start + DATE_LENGTH];
  if (separator !== BLANK && separator !== LETTER_T) return NO_TIME;
  const local = localEnd(bytes, start, end);
  if (local < 0 || local - start > LONGEST_LOCAL) return NO_TIME;
  const spelling = (local - start) | (separator === LETTER_T ? WITH_T : 0);
  if (local === end) return spelling;
  const offset = offsetOf(bytes, local, end);
  const year = fourDigits(bytes, start);
  if (offset === 0 || year < 2 || year > 9998) return NO_TIME;
  return spelling | (offset << OFFSET_SHIFT);
}

/** Two digits as a number, -1 for anything else. */
function twoDigits(bytes: Uint8Array, at: number): number {
  const tens = (bytes[at] as number) - ZERO;
  const ones = (bytes[at + 1] as number) - ZERO;
  return tens >>> 0 < 10 && ones >>> 0 < 10 ? tens * 10 + ones : -1;
}

function fourDigits(bytes: Uint8Array, at: number): number {
  const hundreds = twoDigits(bytes, at);
  const ones = twoDigits(bytes, at + 2);
  return hundreds < 0 || ones < 0 ? -1 : hundreds * 100 + ones;
}

const MONTH_DAYS = Uint8Array.of(0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31);

/** Whether `YYYY-MM-DD` is at `start`, a day of the calendar. */
function isDay(bytes: Uint8Array, start: number): boolean {
  if (bytes[start + 4] !== DASH || bytes[start + 7] !== DASH) return false;
  const year = fourDigits(bytes, start);
  const month = twoDigits(bytes, start + 5);
  const day = twoDigits(bytes, start + 8);
  if (year < 1 || month < 1 || month > 12 || day < 1) return false;
  if (day > (MONTH_DAYS[month] as number)) return false;
  return month !== 2 || day < 29 || (year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0));
}

/** The end of `HH:MM`, `HH:MM:SS` or `HH:MM:SS.f` of the timestamp at `start`; -1 where there is none. */
function localEnd(bytes: Uint8Array, start: number, end: number): number {
  const hour = twoDigits(bytes, start + 11);
  const minute = twoDigits(bytes, start + 14);
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || bytes[start + 13] !== COLON) return -1;
  const minutes = start + MINUTES_LENGTH;
  if (minutes === end || bytes[minutes] !== COLON) return minutes;
  const seconds = start + SECONDS_LENGTH;
  const second = seconds > end ? -1 : twoDigits(bytes, seconds - 2);
  if (second < 0 || second > 59) return -1;
  if (seconds === end || bytes[seconds] !== DOT) return seconds;
  let at = seconds + 1;
  while (at < end && ((bytes[at] as number) - ZERO) >>> 0 < 10) at += 1;
  return at === seconds + 1 ? -1 : at;
}

/** A number for `Z` or `±HH:MM` from `at` to `end`; 0 for anything else. */
function offsetOf(bytes: Uint8Array, at: number, end: number): number {
  const sign = bytes[at];
  if (sign === LETTER_Z) return at + 1 === end ? ZULU : 0;
  if (end - at !== OFFSET_LENGTH || bytes[at + 3] !== COLON) return 0;
  if (sign !== PLUS && sign !== DASH) return 0;
  const hours = twoDigits(bytes, at + 1);
  const minutes = twoDigits(bytes, at + 4);
  if (hours < 0 || minutes < 0 || minutes > 59 || hours * 60 + minutes > MOST_OFFSET) return 0;
  return (sign === PLUS ? EAST : WEST) + hours * 60 + minutes;
}

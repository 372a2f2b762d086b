/**
 * Numbers in JSON values that a database which keeps JSON as values may refuse. The limits are far within those of
 * PostgreSQL's jsonb: 131,072 digits before the point and 16,383 after it.
 */
import { exponentAt, exponentOf, isDigit, MINUS } from "./numbers.ts";

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** Most characters of a number, and its most exponent in either direction. */
const MOST_LENGTH = 6000;
const MOST_EXPONENT = 10_000;

/** Whether a number without an exponent is huge. */
export function isLongNumber(start: number, end: number): boolean {
  return end - start > MOST_LENGTH;
}

/** Whether a JSON number is huge. */
export function isHugeNumber(bytes: Uint8Array, start: number, end: number): boolean {
  if (isLongNumber(start, end)) return true;
  const mark = exponentAt(bytes, start, end);
  return mark < end && Math.abs(exponentOf(bytes, mark + 1, end)) > MOST_EXPONENT;
}

/** Whether a JSON value, which is sound, holds a huge number. */
export function holdsHugeNumber(bytes: Uint8Array, start: number, end: number): boolean {
  let at = start;
  while (at < end) {
    const byte = bytes[at] as number;
    if (byte === QUOTE) {
      at = stringEnd(bytes, at);
    } else if (isDigit(byte) || byte === MINUS) {
      const last = numberEnd(bytes, at, end);
      // Most are shorter than the shortest exponent that counts.
      if (last - at > 6 && isHugeNumber(bytes, at, last)) return true;
      at = last;
    } else at += 1;
  }
  return false;
}

function stringEnd(bytes: Uint8Array, open: number): number {
  let at = open + 1;
  while (bytes[at] !== QUOTE) at += bytes[at] === BACKSLASH ? 2 : 1;
  return at + 1;
}

/** Bytes of numbers. */
const IN_NUMBER = new Uint8Array(256);
for (const char of "0123456789+-.eE") IN_NUMBER[char.charCodeAt(0)] = 1;

function numberEnd(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && IN_NUMBER[bytes[at] as number] === 1) at += 1;
  return at;
}

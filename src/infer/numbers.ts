/** Plain numbers in bytes: where the point is, how many digits they have, whether they fit. No number is made of them. */

const ZERO = 0x30;
const DOT = 0x2e;
const PLUS = 0x2b;
/** `-` */
export const MINUS = 0x2d;

/** Whether a byte is a digit. */
export function isDigit(byte: number): boolean {
  return (byte - ZERO) >>> 0 < 10;
}

/**
 * The place of the point in `0`, `12` or `3.50`, `end` where there is none; -1 for what is no number or has another
 * spelling (`007`, `.5`, `5.`, `1e5`). `first` is behind the sign.
 */
export function pointOf(bytes: Uint8Array, first: number, end: number): number {
  if (first >= end) return -1;
  let at = first;
  if (bytes[at] === ZERO) at += 1;
  else at = digitsEnd(bytes, at, end);
  if (at === end) return end;
  if (at === first || bytes[at] !== DOT || at + 1 === end) return -1;
  return digitsEnd(bytes, at + 1, end) === end ? at : -1;
}

function digitsEnd(bytes: Uint8Array, from: number, end: number): number {
  let at = from;
  while (at < end && isDigit(bytes[at] as number)) at += 1;
  return at;
}

/** Whether all digits are 0. */
export function isZero(bytes: Uint8Array, first: number, end: number): boolean {
  for (let at = first; at < end; at += 1) {
    if (bytes[at] !== ZERO && bytes[at] !== DOT) return false;
  }
  return true;
}

/** Whether a number ends in 0. */
export function endsInZero(bytes: Uint8Array, end: number): boolean {
  return bytes[end - 1] === ZERO;
}

/** Digits of the largest integers of 64 bits. */
export const LONGEST_INTEGER = 19;

const LARGEST = Buffer.from("9223372036854775807");

/** Whether a plain integer of 19 digits fits 64 bits. */
export function fitsInt64(bytes: Uint8Array, first: number, negative: boolean): boolean {
  for (let at = 0; at < LONGEST_INTEGER; at += 1) {
    const difference = (bytes[first + at] as number) - (LARGEST[at] as number);
    if (difference < 0) return true;
    if (difference > 0) return negative && difference === 1 && at === LONGEST_INTEGER - 1;
  }
  return true;
}

/** Digits from the first that is not 0 to the last that is not 0. */
export function significantDigits(bytes: Uint8Array, from: number, to: number): number {
  let first = from;
  let last = to - 1;
  while (first < to && (bytes[first] === ZERO || bytes[first] === DOT)) first += 1;
  while (last > first && (bytes[last] === ZERO || bytes[last] === DOT)) last -= 1;
  if (first === to) return 0;
  let points = 0;
  for (let at = first; at <= last; at += 1) if (bytes[at] === DOT) points += 1;
  return last + 1 - first - points;
}

/** The place of the `e` of a number; `end` where it has none. */
export function exponentAt(bytes: Uint8Array, from: number, end: number): number {
  let at = from;
  while (at < end && ((bytes[at] as number) | 0x20) !== 0x65) at += 1;
  return at;
}

/** Exponents beyond it are all alike. */
const MOST_EXPONENT = 1_000_000;

/** What follows the `e` of a number; beyond a million it is a million or more. */
export function exponentOf(bytes: Uint8Array, from: number, end: number): number {
  const sign = bytes[from];
  let value = 0;
  for (let at = sign === MINUS || sign === PLUS ? from + 1 : from; at < end; at += 1) {
    const digit = (bytes[at] as number) - ZERO;
    value = Math.min(value * 10 + digit, MOST_EXPONENT);
  }
  return sign === MINUS ? -value : value;
}

/** The power of ten of the first digit that is not 0, in digits with a point: 2 for `314.15`, -3 for `0.0015`. */
export function powerOf(bytes: Uint8Array, from: number, to: number): number {
  let point = from;
  while (point < to && bytes[point] !== DOT) point += 1;
  let first = from;
  while (first < to && (bytes[first] === ZERO || bytes[first] === DOT)) first += 1;
  return first < point ? point - first - 1 : point - first;
}

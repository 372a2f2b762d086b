/**
 * Numbers read straight from bytes: only those whose text SQLite turns into the very same number, digit by digit.
 * Everything else about a text is left to `values.ts` and to SQLite.
 */

/** So many digits make an integer that a double holds exactly, and a decimal that one division rounds as it should. */
const MOST_DIGITS = 15;

const MINUS = 0x2d;
const DOT = 0x2e;
const ZERO = 0x30;

const POWERS = Array.from({ length: MOST_DIGITS + 1 }, (_, power) => Number(`1e${power}`));

/**
 * The number that is written from `from` to `to`: `0`, `-12`, `3.50`. `NaN` for what has more digits, or another spelling
 * (`007`, `+1`, `.5`, `1e5`, `-0`), or is no number.
 */
export function exactNumber(bytes: Uint8Array, from: number, to: number): number {
  const negative = bytes[from] === MINUS;
  const start = negative ? from + 1 : from;
  // A sign, a point and the digits.
  if (to - start > MOST_DIGITS + 1 || to === start) return Number.NaN;
  let value = 0;
  let point = -1;
  for (let at = start; at < to; at += 1) {
    const digit = (bytes[at] as number) - ZERO;
    if (digit >= 0 && digit <= 9) value = value * 10 + digit;
    else if (digit === DOT - ZERO && point < 0) point = at;
    else return Number.NaN;
  }
  const whole = (point < 0 ? to : point) - start;
  const decimals = point < 0 ? 0 : to - point - 1;
  if (whole === 0 || (point >= 0 && decimals === 0)) return Number.NaN;
  if (whole + decimals > MOST_DIGITS || (whole > 1 && bytes[start] === ZERO)) return Number.NaN;
  if (!negative) return decimals === 0 ? value : value / (POWERS[decimals] as number);
  // SQLite may tell -0.0 from 0.
  return value === 0 ? Number.NaN : -value / (POWERS[decimals] as number);
}

/** A double is not near its limits with so many digits before or after the point. */
const MOST_PLAIN = 300;

/**
 * True for digits with a point between them, and a sign before: `-0.34579726060521726`. SQLite reads each as a number. Not
 * for those with a zero at the end: they may be whole numbers of more digits than a double holds.
 */
export function isPlainDecimal(bytes: Uint8Array, from: number, to: number): boolean {
  const start = bytes[from] === MINUS ? from + 1 : from;
  if (to - from > MOST_PLAIN) return false;
  let point = -1;
  for (let at = start; at < to; at += 1) {
    const digit = (bytes[at] as number) - ZERO;
    if (digit >= 0 && digit <= 9) continue;
    if (digit !== DOT - ZERO || point >= 0) return false;
    point = at;
  }
  return point > start && point < to - 1 && bytes[to - 1] !== ZERO;
}

/** Dates and times as databases write them, told from bytes; every other spelling is left to `misfits.ts`. */

const ZERO = 0x30;
const DASH = 0x2d;
const COLON = 0x3a;
const SPACE = 0x20;
const T = 0x54;

/** True for `2024-02-29`, `2024-02-29 12:30:00` and `2024-02-29T12:30:00`. */
export function isPlainTime(bytes: Uint8Array, from: number, to: number): boolean {
  const length = to - from;
  if (length !== 10 && length !== 19) return false;
  if (bytes[from + 4] !== DASH || bytes[from + 7] !== DASH) return false;
  if (!isWithin(bytes, from, [0, 99]) || !isWithin(bytes, from + 2, [0, 99])) return false;
  if (!isWithin(bytes, from + 5, [1, 12]) || !isWithin(bytes, from + 8, [1, 31])) return false;
  if (length === 10) return true;
  const between = bytes[from + 10];
  if (between !== SPACE && between !== T) return false;
  if (bytes[from + 13] !== COLON || bytes[from + 16] !== COLON) return false;
  return (
    isWithin(bytes, from + 11, [0, 23]) &&
    isWithin(bytes, from + 14, [0, 59]) &&
    isWithin(bytes, from + 17, [0, 59])
  );
}

/** True when the two digits at `at` are such a number. */
function isWithin(
  bytes: Uint8Array,
  at: number,
  [least, most]: readonly [least: number, most: number],
): boolean {
  const tens = (bytes[at] as number) - ZERO;
  const ones = (bytes[at + 1] as number) - ZERO;
  if (tens < 0 || tens > 9 || ones < 0 || ones > 9) return false;
  const value = 10 * tens + ones;
  return value >= least && value <= most;
}

/** Decimal digits in bytes. */

const ZERO = 48;

/** The digits from `start` to `end` as a number, -1 when there is anything else; at most 15 digits are exact. */
export function digits(from: Buffer, start: number, end: number): number {
  let value = 0;
  for (let at = start; at < end; at += 1) {
    const digit = (from[at] as number) - ZERO;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }
  return start < end ? value : -1;
}

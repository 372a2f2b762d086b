/**
 * Decimal spellings as doubles, without a string: the digits are an exact sum of two doubles, which is divided by a power
 * of ten, and the quotient corrected by its remainder. Where that does not decide how the last bit is rounded, the engine does.
 */
import { digits } from "./byte-source.ts";
import type { ByteSource } from "./byte-source.ts";

const MINUS = 45;
const DOT = 46;

/** Powers of ten that a double holds exactly. */
const TENS = Array.from({ length: 23 }, (_, power) => Number(`1e${power}`));

/** Each of them as a sum of two numbers of half the length, whose products with such numbers are exact. */
const TENS_HIGH = TENS.map(upperHalf);
const TENS_LOW = TENS.map((power, at) => power - (TENS_HIGH[at] as number));

/** Digits that a double holds exactly. */
const EXACT = 15;

/** The lower part of a long number has so many digits. */
const PART = 9;
const PART_SIZE = 1e9;

/** Up to here its upper part is exact after the multiplication by `PART_SIZE`, which is 512 times an odd number of 21 bits. */
const MOST_UPPER = 2 ** 32;

/** Far more than the correction of a quotient may be wrong by. */
const DOUBT = 2 ** -48;

/** Digits of a spelling, at most: more are left to the text form. */
const MOST_BYTES = 40;

/** The least and the greatest size that a type takes without a second look. */
export type SizeRange = readonly [least: number, most: number];

/**
 * The number of a decimal spelling, `NaN` for any other or one near the limits. Both sides round correctly, so both
 * come to the same number.
 */
export function decimal(
  from: ByteSource,
  start: number,
  end: number,
  [least, most]: SizeRange,
): number {
  const { bytes } = from;
  const negative = bytes[start] === MINUS;
  const first = negative ? start + 1 : start;
  let point = first;
  while (point < end && bytes[point] !== DOT) point += 1;
  const whole = point - first;
  const scale = point === end ? 0 : end - point - 1;
  if (whole === 0 || (point < end && scale === 0) || end - first > MOST_BYTES) return NaN;
  const places = { first, point, end };
  const exact = whole + scale <= EXACT ? short(from, places) : long(from, places);
  const size = Number.isNaN(exact) ? parsed(from, places) : exact;
  if (size === 0) return negative ? -0 : 0;
  if (!(size >= least && size <= most)) return NaN;
  return negative ? -size : size;
}

/** Where a spelling has its digits: those before the point, which may be missing, and those after it. */
interface DecimalPlaces {
  readonly first: number;
  readonly point: number;
  readonly end: number;
}

/** A quotient of two numbers that are exact is rounded once. `NaN`: there are other bytes than digits. */
function short(from: ByteSource, { first, point, end }: DecimalPlaces): number {
  const whole = digits(from, first, point);
  if (point === end) return whole < 0 ? NaN : whole;
  const scale = TENS[end - point - 1] as number;
  const fraction = digits(from, point + 1, end);
  return whole < 0 || fraction < 0 ? NaN : (whole * scale + fraction) / scale;
}

/** The same for up to 18 digits, and zeros before them; `NaN` where it does not decide. */
function long(from: ByteSource, { first, point, end }: DecimalPlaces): number {
  const scale = end - point - 1;
  const upperScale = scale - PART;
  if (upperScale < 1 || upperScale > EXACT - 2 || point - first > EXACT) return NaN;
  const whole = digits(from, first, point);
  const middle = digits(from, point + 1, end - PART);
  const lower = digits(from, end - PART, end);
  if (whole < 0 || middle < 0 || lower < 0) return NaN;
  const upper = whole * (TENS[upperScale] as number) + middle;
  return upper < MOST_UPPER ? divided(upper * PART_SIZE, lower, scale) : NaN;
}

/** The sum of two numbers, divided by a power of ten; `NaN` where it may be rounded one way or the other. */
function divided(upper: number, lower: number, power: number): number {
  const divisor = TENS[power] as number;
  const sum = upper + lower;
  const lost = lower - (sum - upper);
  const quotient = sum / divisor;
  const product = quotient * divisor;
  const high = upperHalf(quotient);
  const low = quotient - high;
  const [divisorHigh, divisorLow] = [TENS_HIGH[power] as number, TENS_LOW[power] as number];
  const error =
    high * divisorHigh - product + high * divisorLow + low * divisorHigh + low * divisorLow;
  const correction = (sum - product - error + lost) / divisor;
  const value = quotient + correction * (1 + DOUBT);
  return value === quotient + correction * (1 - DOUBT) ? value : NaN;
}

/** A number's upper 26 bits (Veltkamp's splitting). */
function upperHalf(value: number): number {
  const shifted = value * (2 ** 27 + 1);
  return shifted - (shifted - value);
}

/** A plain decimal, or one with an exponent: very small and large numbers are printed so. */
const SPELLING = /^\d+(?:\.\d+)?(?:[eE][+-]?\d{1,3})?$/;

/** The same by way of a string. */
function parsed({ bytes }: ByteSource, { first, end }: DecimalPlaces): number {
  const text = bytes.toString("latin1", first, end);
  return SPELLING.test(text) ? Number(text) : NaN;
}

/**
 * Numbers by their significant digits: those of `1`, `+01`, `1.0`, `1e3`, `1.000` and `0x1` are `1`, whatever the marks for
 * decimals and thousands are. Equal numbers have the same ones; others may, too. Pure.
 */

/** Marks of decimals and thousands, and what may be between the digits of a number. */
const DECIMAL = /^[+-]?[.,'_ ]*\d[\d.,'_ ]*(?:E[+-]?\d+)?$/;
const PREFIXED = /^[+-]?(0X[\dA-F_]+|0O[0-7_]+|0B[01_]+)$/;

/** More digits are not told apart by every type. */
const SURE_DIGITS = 15;

/** As long as this, or with an exponent, a number may be next to zero or beyond all others, where a double has fewer digits. */
const FAR_LENGTH = 300;

/** The significant digits of a folded text; `null` where it is no number. */
export function numberDigits(text: string): string | null {
  if (DECIMAL.test(text)) return significant(text);
  const [, prefixed] = PREFIXED.exec(text) ?? [];
  if (prefixed === undefined) return null;
  return significant(String(BigInt(prefixed.replaceAll("_", ""))));
}

function significant(text: string): string {
  const [mantissa = "", exponent = ""] = text.split("E");
  const digits = trimZeros(mantissa.replace(/\D+/g, ""));
  const isSure = digits.length <= SURE_DIGITS && exponent === "" && text.length < FAR_LENGTH;
  if (isSure) return digits;
  // Among others there are some that a double takes for one.
  const value = Number(`${withPoint(mantissa)}E${exponent === "" ? "0" : exponent}`);
  const [nearest = ""] = String(value).split("e");
  return trimZeros(nearest.replace(/\D+/g, ""));
}

/**
 * Digits with a decimal point and no other mark. A mark that is there twice parts groups; of two marks the last is the decimal
 * one. A single mark may be either where three digits follow it: those are few digits, whose place does not matter.
 */
function withPoint(mantissa: string): string {
  const at = Math.max(mantissa.lastIndexOf("."), mantissa.lastIndexOf(","));
  if (at < 0 || mantissa.indexOf(mantissa.charAt(at)) < at) return mantissa.replace(/\D+/g, "");
  return `0${mantissa.slice(0, at).replace(/\D+/g, "")}.${mantissa.slice(at).replace(/\D+/g, "")}`;
}

/** Digits without the zeros at both ends. */
export function trimZeros(digits: string): string {
  let [from, to] = [0, digits.length];
  while (from < to && digits.charCodeAt(from) === 48) from += 1;
  while (to > from && digits.charCodeAt(to - 1) === 48) to -= 1;
  return digits.slice(from, to);
}

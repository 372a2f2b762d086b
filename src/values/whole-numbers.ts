/**
 * Whole numbers that are written with a point or an exponent: `1.0`, `1e3`. To JSON they are the numbers 1 and 1000, whatever
 * a program makes of them when it writes; columns of integers take digits alone.
 */

const POINT = 0x2e;
const UPPER_E = 0x45;
const LOWER_E = 0x65;

/** Sign, digits, digits behind the point, exponent; blanks around it are those that databases pass over. */
const NUMBER = /^\s*([+-]?)(\d+)(?:\.(\d*))?(?:[eE]([+-]?\d{1,4}))?\s*$/;

/** More digits than any integer type has: a longer number is left as it is written, for the database to refuse. */
const MOST_DIGITS = 60;

/** The digits of a whole number that is written with a point or an exponent; any other text as it is. */
export function wholeDigits(text: string): string {
  if (!/[.eE]/.test(text)) return text;
  const [, sign = "", whole = "", fraction = "", exponent = "0"] = NUMBER.exec(text) ?? [];
  const point = whole.length + Number(exponent);
  const digits = `${whole}${fraction}`.replace(/0+$/, "");
  if (whole === "" || point > MOST_DIGITS || digits.length > Math.max(0, point)) return text;
  const written = digits.padEnd(point, "0").replace(/^0+(?=\d)/, "") || "0";
  return written === "0" ? written : `${sign === "-" ? sign : ""}${written}`;
}

/** True for a number, in bytes, that is written with a point or an exponent. */
export function hasPoint(bytes: Uint8Array, from: number, to: number): boolean {
  for (let at = from; at < to; at += 1) {
    const byte = bytes[at] as number;
    if (byte === POINT || byte === LOWER_E || byte === UPPER_E) return true;
  }
  return false;
}

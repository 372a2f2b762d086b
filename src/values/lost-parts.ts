/**
 * Parts of values that a type does not keep, though its database takes the value: the offset of a time, the time of a day, digits
 * of a number, and bytes written as letters. Pure.
 */
import { nameInExpression } from "../errors/expression-names.ts";
import { shellQuoted } from "../errors/shell-word.ts";
import type { TablePlan } from "../model/load-plan.ts";
import type { Column, TypeLoss } from "../model/table-shape.ts";

/** What is lost: an offset, the time of day, digits, or what the letters stand for. */
export type LostPart = "offset" | "time" | "digits" | "hex" | "base64";

/** How much of a text is looked at: bytes may be written in many letters. */
const LOOKED_AT = 64;

/** A time, a day before it perhaps, and an offset behind it. That of UTC itself is no loss. */
const WITH_OFFSET =
  /^(?:\d{4}-\d\d-\d\d[T ])?\d\d:\d\d(?::\d\d(?:[.,]\d+)?)? ?[+-]\d\d(?::?\d\d)?$/i;
const OF_UTC = /[+-]00(?::?00)?$/;
/** A day, and a time behind it that is not midnight. */
const WITH_TIME =
  /^\d{4}-\d\d-\d\d[T ](?!00:00(?::00(?:[.,]0+)?)?(?![\d:.,])|12:00(?::00(?:[.,]0+)?)? ?am)\d\d:\d\d/i;
/** Numbers are digits only, and short codes are nothing else. */
const HEX = /^0x(?:[0-9a-f]{2})+$|^(?=.*[a-f])(?:[0-9a-f]{2}){4,}$/i;
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

/** What a type that loses parts would lose of a text; `null`: nothing, as far as its form tells. `length`: of the whole text. */
export function lostPart(loses: TypeLoss, text: string, length = text.length): LostPart | null {
  if (loses === "time") return WITH_TIME.test(text.trim()) ? "time" : null;
  if (loses === "digits") return isRounded(text.trim()) ? "digits" : null;
  if (loses === "offset")
    return WITH_OFFSET.test(text.trim()) && !OF_UTC.test(text.trim()) ? "offset" : null;
  const isWhole = length === text.length;
  if (length % 2 === 0 && HEX.test(text)) return "hex";
  if (length < 8 || length % 4 !== 0 || !BASE64.test(text)) return null;
  const isMixed = /[a-z]/.test(text) && /[A-Z]/.test(text) && /[0-9+/]/.test(text);
  return isMixed || (isWhole && text.endsWith("=")) ? "base64" : null;
}

/** So many digits every double keeps, and so many at most tell one from all others. */
const KEPT_DIGITS = 15;
const MOST_DIGITS = 17;
/** A double is written with so many digits at most. */
const WRITTEN_DIGITS = 100;

/**
 * Whether a number with a point has digits that its double does not keep. Written with as many digits, the double has all of
 * them where a program has written a double so: `0.10000000000000001`.
 */
function isRounded(text: string): boolean {
  const [, whole = "", fraction = ""] = /^[+-]?0*(\d*)\.(\d*?)0*$/.exec(text) ?? [];
  if (fraction === "" || whole.length + fraction.length <= KEPT_DIGITS) return false;
  const [number, double] = [`${whole === "" ? "0" : whole}.${fraction}`, Math.abs(Number(text))];
  if (number === String(double)) return false;
  const digits = `${whole}${fraction}`.replace(/^0+/, "");
  return digits.length > WRITTEN_DIGITS || digitsOf(double, digits.length) !== digits;
}

/** The first digits of a double, without those that say how large it is. */
function digitsOf(double: number, count: number): string {
  return double
    .toExponential(count - 1)
    .replace(/e.*$/, "")
    .replace(".", "");
}

const DASH = 45;
const PLUS = 43;
const BACKSLASH = 92;
const ZERO = 48;

/** Whether it takes a closer look to tell whether these bytes lose a part: of most of them this is told without a string. */
export function mayLosePart(loses: TypeLoss, bytes: Buffer, start: number, end: number): boolean {
  const length = end - start;
  if (length === 0) return false;
  if (loses === "time") return length >= 16;
  if (loses === "digits") return length > KEPT_DIGITS;
  if (loses === "encoding") return bytes[start] !== BACKSLASH;
  return isSign(bytes[end - 3]) || isSign(bytes[end - 6]) || isSign(bytes[end - 5]);
}

/** Whether a number has so many digits, written in these bytes, that no double has them all. */
export function hasTooManyDigits(bytes: Buffer, start: number, end: number): boolean {
  let [at, digits] = [start, 0];
  while (at < end && (bytes[at] as number) <= ZERO) at += 1;
  for (; at < end; at += 1) if ((bytes[at] as number) >= ZERO) digits += 1;
  return digits > MOST_DIGITS;
}

/** `lostPart` of bytes. */
export function lostPartOfBytes(
  loses: TypeLoss,
  bytes: Buffer,
  start: number,
  end: number,
): LostPart | null {
  const text = bytes.toString("latin1", start, Math.min(end, start + LOOKED_AT));
  return lostPart(loses, text, end - start);
}

function isSign(byte: number | undefined): boolean {
  return byte === DASH || byte === PLUS;
}

/** A column whose type does not keep all of a value. */
export type LossyColumn = Column & { readonly loses: TypeLoss };

/** Those of a table; but none whose values are rewritten before they are stored. */
export function lossyColumns({
  table,
  notations,
}: Pick<TablePlan, "table" | "notations">): readonly LossyColumn[] {
  return table.columns.filter(
    (column): column is LossyColumn =>
      column.loses !== undefined && notations?.[column.name] === undefined,
  );
}

/** A value that lost a part. */
export interface LostValue {
  readonly column: Pick<Column, "name" | "type">;
  readonly field: string;
  /** Or how it begins. */
  readonly value: string;
  readonly part: LostPart;
}

/** What a user should know of it; `instant`: the expression that keeps the instant, where the target has one. */
export function lossText(
  { column: { name }, field, value, part }: LostValue,
  instant: string | null,
): string {
  const what = `${name}: ${JSON.stringify(value)}`;
  if (part === "time") return `${what} loses its time of day: its type has none`;
  if (part === "digits")
    return `${what} loses digits: its type keeps about ${KEPT_DIGITS}; a column of texts keeps them all`;
  if (part !== "offset") {
    const is = part === "hex" ? "hexadecimal digits" : "base64";
    return `${what} seems to be bytes written as ${is}, and is stored as these letters; --binary ${part} stores the bytes`;
  }
  const isOwn = field.toLowerCase() === name.toLowerCase();
  const flag = `--value ${shellQuoted(`${nameInExpression(name)} = ${instant ?? ""}`)}`;
  const keeps = isOwn && instant !== null ? `; ${flag} takes the instant, as a time of UTC` : "";
  return `${what} loses its offset: its type has none${keeps}`;
}

/**
 * Numbers as people write them, rewritten as databases read them: `1.234,56` as `1234.56`. The digits are taken as they
 * are; a text that could mean another number is none.
 */
import { BLANKS, withoutOuter } from "./blanks.ts";

/** The characters of numbers in a source. */
export interface NumberMarks {
  readonly decimal: "," | ".";
  /** What parts groups of three digits; `null`: nothing does. */
  readonly thousands: ThousandsMark | null;
}

/** A blank stands for no-break and thin blanks as well, an apostrophe for the curved one. */
export type ThousandsMark = "." | "," | " " | "'";

/** What each mark stands for. */
const KINDS: Readonly<Record<ThousandsMark, string>> = {
  ".": ".",
  ",": ",",
  " ": " \u00a0\u202f\u2009",
  "'": "'\u2019",
};

/** The mark that somebody means by `text`; `null` for no mark. */
export function thousandsMark(text: string): ThousandsMark | null {
  const marks = Object.keys(KINDS) as readonly ThousandsMark[];
  return marks.find((mark) => text.length === 1 && KINDS[mark].includes(text)) ?? null;
}

/** Values of numeric columns that are no digits, as PostgreSQL reads them. */
const WORDS = /^[+-]?(?:nan|inf|infinity)$/i;

/** Reads numbers that are written with the same marks. */
export class NumberReader {
  readonly marks: NumberMarks;
  readonly #pattern: RegExp;
  /** What may be around a number. */
  readonly #blanks: string;

  constructor(marks: NumberMarks) {
    this.marks = marks;
    this.#blanks = marks.thousands === " " ? BLANKS + KINDS[" "] : BLANKS;
    this.#pattern = patternOf(marks);
  }

  /** The number with a decimal point and nothing between its digits; `null` for a text that is none. */
  read(text: string): string | null {
    const bare = withoutOuter(text, this.#blanks);
    if (bare === "" || WORDS.test(bare)) return bare;
    const match = this.#pattern.exec(bare);
    if (match === null) return null;
    const [, sign = "", grouped, , plain, fraction, exponent = ""] = match;
    // 0.123 with a point for thousands was not written by whoever groups digits.
    const hasGroups = grouped !== undefined;
    if (hasGroups && (grouped.startsWith("0") || exponent !== "")) return null;
    if (!hasGroups && plain === undefined && fraction === undefined) return null;
    const whole = grouped?.replace(/\D/g, "") ?? plain ?? "0";
    return `${sign}${whole}${fraction === undefined ? "" : `.${fraction}`}${exponent}`;
  }
}

/** Its parts: sign; digits in groups, all parted by one character; that character; plain digits; fraction; exponent. */
function patternOf({ decimal, thousands }: NumberMarks): RegExp {
  const groups =
    thousands === null ? "(?!)()()" : `(\\d{1,3}([${KINDS[thousands]}])\\d{3}(?:\\3\\d{3})*)`;
  return new RegExp(`^([+-])?(?:${groups}|(\\d+))?(?:[${decimal}](\\d+))?([eE][+-]?\\d+)?$`);
}

/**
 * `--date-format`: the letters of strptime taken apart, once. What is ambiguous is refused here: a year of two digits, the
 * same part twice, a part without those that it needs.
 */

/** What a letter stands for. */
export type DatePart =
  | "year"
  | "month"
  | "day"
  | "yearDay"
  | "hour"
  | "hour12"
  | "half"
  | "minute"
  | "second"
  | "fraction"
  | "offset"
  | "weekday";

/** A format, and where its parts are in what it matches. */
export interface DateFormat {
  readonly text: string;
  /** Of a whole value. */
  readonly pattern: RegExp;
  /** Beside the groups of the pattern. */
  readonly letters: readonly DateLetter[];
}

/** A letter of a format. */
export interface DateLetter {
  readonly letter: string;
  readonly part: DatePart;
}

/** Months and days of the week by their English names. */
export const MONTHS =
  "january february march april may june july august september october november december".split(
    " ",
  );
/** From Sunday on. */
export const WEEKDAYS = "sunday monday tuesday wednesday thursday friday saturday".split(" ");

const short = (names: readonly string[]): string => names.map((name) => name.slice(0, 3)).join("|");
const long = (names: readonly string[]): string => names.join("|");

/** Each letter, what it stands for, and what it matches; a number after another one has all of its digits. */
const LETTERS: Readonly<Record<string, { part: DatePart; takes: string; whole?: string }>> = {
  Y: { part: "year", takes: "\\d{4}" },
  m: { part: "month", takes: "\\d{1,2}", whole: "\\d{2}" },
  d: { part: "day", takes: "\\d{1,2}", whole: "\\d{2}" },
  j: { part: "yearDay", takes: "\\d{1,3}", whole: "\\d{3}" },
  H: { part: "hour", takes: "\\d{1,2}", whole: "\\d{2}" },
  I: { part: "hour12", takes: "\\d{1,2}", whole: "\\d{2}" },
  M: { part: "minute", takes: "\\d{1,2}", whole: "\\d{2}" },
  S: { part: "second", takes: "\\d{1,2}", whole: "\\d{2}" },
  f: { part: "fraction", takes: "\\d{1,6}", whole: "\\d{6}" },
  b: { part: "month", takes: short(MONTHS) },
  B: { part: "month", takes: long(MONTHS) },
  a: { part: "weekday", takes: short(WEEKDAYS) },
  A: { part: "weekday", takes: long(WEEKDAYS) },
  p: { part: "half", takes: "am|pm" },
  z: { part: "offset", takes: "z|[+-]\\d{2}:?\\d{2}" },
};

/** The letters that a format may have, for messages. */
export const LETTER_NAMES = Object.keys(LETTERS)
  .map((letter) => `%${letter}`)
  .join(" ");

/** A part, and the parts without which it says nothing. */
const NEEDS: readonly (readonly [DatePart, DatePart])[] = [
  ["hour12", "half"],
  ["half", "hour12"],
  ["second", "minute"],
  ["fraction", "second"],
];

/** The format that `text` spells; `null` where it is none, or could be read in two ways. */
export function parseDateFormat(text: string): DateFormat | null {
  const letters: DateLetter[] = [];
  let pattern = "";
  // A number that follows a number at once.
  let joins = false;
  for (let at = 0; at < text.length; at += 1) {
    const char = text.charAt(at);
    if (char !== "%") {
      pattern += /\s/.test(char) ? "\\s+" : escaped(char);
      joins = /\d/.test(char);
      continue;
    }
    at += 1;
    const letter = text.charAt(at);
    const found = LETTERS[letter];
    if (letter === "%") pattern += "%";
    else if (found === undefined) return null;
    else {
      const isNumber = found.takes.startsWith("\\d");
      const next = LETTERS[text.charAt(at + 1) === "%" ? text.charAt(at + 2) : ""];
      const touches =
        joins || next?.takes.startsWith("\\d") === true || /^\d/.test(text.slice(at + 1));
      pattern += `(${touches ? (found.whole ?? found.takes) : found.takes})`;
      letters.push({ letter, part: found.part });
      joins = isNumber;
      continue;
    }
    joins = false;
  }
  return isWhole(letters.map(({ part }) => part))
    ? { text, pattern: new RegExp(`^${pattern}$`, "iu"), letters }
    : null;
}

/** One day, said once, and a time of day whose parts are all there. */
function isWhole(parts: readonly DatePart[]): boolean {
  const has = (part: DatePart): boolean => parts.includes(part);
  if (new Set(parts).size < parts.length || !has("year")) return false;
  const byMonth = has("month") && has("day");
  const isDay = has("yearDay") ? !has("month") && !has("day") : byMonth;
  if (!isDay || (has("hour") && has("hour12"))) return false;
  const hasHour = has("hour") || has("hour12");
  if ((has("minute") || has("offset")) && !hasHour) return false;
  return NEEDS.every(([part, needed]) => !has(part) || has(needed));
}

function escaped(char: string): string {
  return char.replace(/[$()*+./?[\\\]^{|}]/, "\\$&");
}

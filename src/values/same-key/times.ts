/**
 * Dates and times as they are folded: those in ISO 8601 by what they say, others by a part of it that all spellings of their
 * style have. What is equal in two styles cannot be told without a database: whoever reads many values learns of the style. Pure.
 */
import { trimZeros } from "./digits.ts";

/** How a date or a time is spelled, as messages call it. */
export type TimeStyle =
  | "ISO 8601"
  | "ISO 8601 in UTC"
  | "ISO 8601 with an offset"
  | "the last moment of a day"
  | "a time zone or an era"
  | "day, month and year"
  | "names of months"
  | "a day's number"
  | "a year and a day's number"
  | "a word";

/** A folded date or time. */
export interface FoldedTime {
  readonly key: string;
  readonly style: TimeStyle;
}

const DATE = /^(\d{4,6})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ] ?(.+)|([Z+-].*))?$/;
const COMPACT_DATE = /^(\d{4})(\d\d)(\d\d)(?:[T ] ?(.+)|([Z+-].*))$/;
const TIME = /^(\d{1,2}):(\d\d)(?::(\d\d)(?:[.,](\d+))?)?(?: ?([AP])M)?(?: ?([A-Z+-].*))?$/;
const COMPACT_TIME = /^(\d\d)(\d\d)(?:(\d\d)(?:[.,](\d+))?)?(?: ?([AP])M)?(?: ?([A-Z+-].*))?$/;
const OFFSET = /^[+-](\d{1,2})(?::?(\d\d))?$/;
const UTC = /^(?:Z|UTC|GMT|ZULU)$/;
const ZONE = /^[A-Z]{2,5}$|^[A-Z]+\/[A-Z/_+-]+$|^[+-]\d|^(?:Z|UTC) (?:BC|AD)$/;
const NUMBERS = /^\d{1,2}[-/. ]\d{1,2}[-/. ]\d{2,6}(?:[TZ +-].*)?$/;
const MONTH = /(JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC)[A-Z]*/;
const WORDS_OF_DATES =
  /(?:MON|TUE|WED|THU|FRI|SAT|SUN)[A-Z]*|[AP]M|[TZ](?![A-Z])|(?<=\d)(?:ST|ND|RD|TH)| (?:[A-Z]{2,5}|[A-Z]+\/[A-Z/_+-]+)(?![A-Z])/g;
const DAY_NUMBER =
  /^(?:J\d+|\d{4}[-.]\d{3})(?:[T ].*|Z|[+-]\d.*)?$|^\d{5,7}(?:[T ] ?[\d+-].*| UTC| [A-Z]{3,4}|Z)$/;
/** A number as well: others may spell it otherwise. */
const YEAR_AND_DAY = /^\d{4}\.\d{3}$/;
const WORD = /^(?:EPOCH|NOW|TODAY|TOMORROW|YESTERDAY)(?:[ T+-].*|Z)?$/;

/** The date or the time that a folded text is; `null` where it is none. */
export function foldTime(text: string): FoldedTime | null {
  if (WORD.test(text)) return { key: "word", style: "a word" };
  if (!/\d/.test(text)) return null;
  const day = DATE.exec(text) ?? COMPACT_DATE.exec(text);
  if (day !== null) return fromDay(day);
  if (TIME.test(text)) return ofTime(text);
  if (YEAR_AND_DAY.test(text))
    return { key: trimZeros(text.replace(".", "")), style: "a year and a day's number" };
  if (DAY_NUMBER.test(text)) return { key: "number", style: "a day's number" };
  if (NUMBERS.test(text)) return { key: inNumbers(text), style: "day, month and year" };
  const [, month] = MONTH.exec(text) ?? [];
  if (month === undefined) return null;
  const rest = text.replace(MONTH, "").replace(WORDS_OF_DATES, "");
  const isDate = /^[\d\s:.,/+-]*$/.test(rest) && /\d+\D+\d/.test(rest);
  return isDate ? { key: month, style: "names of months" } : null;
}

/** A time of day by its own digits. */
function ofTime(text: string): FoldedTime | null {
  const [, hour = "", minute = "", second = "00", fraction = "", half, zone] =
    TIME.exec(text) ?? [];
  if (zone !== undefined) return fromDay(["", "2000", "01", "01", text]);
  const hours = String(hoursOf(hour, half)).padStart(2, "0");
  return { key: trimZeros(hours + minute + second + fraction.slice(0, 5)), style: "ISO 8601" };
}

function hoursOf(hour: string, half: string | undefined): number {
  return half === undefined ? Number(hour) : (Number(hour) % 12) + (half === "P" ? 12 : 0);
}

/**
 * Date and time of ISO 8601: year, month, day, what follows them, and what follows them at once. Only the day counts: a column
 * of dates drops the time.
 */
function fromDay(parts: readonly (string | undefined)[]): FoldedTime | null {
  const [, year = "", month = "", day = "", rest, zoneOfDay] = parts;
  if (zoneOfDay !== undefined) return OTHER_ZONE;
  const key = trimZeros(year + month.padStart(2, "0") + day.padStart(2, "0"));
  if (rest === undefined) return { key, style: "ISO 8601" };
  const time = TIME.exec(rest) ?? COMPACT_TIME.exec(rest);
  if (time === null) return ZONE.test(rest) ? OTHER_ZONE : null;
  const [, hour = "", minute = "", second = "0", fraction = "0", half, zone] = time;
  const micros = Math.round(Number(`0.${fraction}`) * 1e6);
  const within = [Number(minute) % 15, Number(second), micros].join(":");
  // What is rounded up, or counted on, belongs to this day or to the next.
  const isLast = hoursOf(hour, half) > 23 || Number(second) > 59 || micros === 1e6;
  if (isLast) return { key: "last", style: "the last moment of a day" };
  if (zone === undefined) return { key, style: "ISO 8601" };
  if (UTC.test(zone)) return { key, style: "ISO 8601 in UTC" };
  const [offset, , offsetMinutes = "0"] = OFFSET.exec(zone) ?? [];
  if (offset === undefined) return ZONE.test(zone) ? OTHER_ZONE : null;
  if (Number(offsetMinutes) % 15 !== 0) return OTHER_ZONE;
  // The same moment has another hour and another day under another offset, and a column without a zone drops the offset.
  return { key: within, style: "ISO 8601 with an offset" };
}

const OTHER_ZONE: FoldedTime = { key: "zone", style: "a time zone or an era" };

/** The numbers of a date as they follow each other, of the year the last two digits. */
function inNumbers(text: string): string {
  const [first = "", second = "", year = ""] = text.split(/\D+/);
  return [Number(first), Number(second), Number(year.slice(-2))].join("-");
}

/**
 * Dates as people write them, rewritten as all databases read them: `31.12.2025 14:30` as `2025-12-31 14:30:00`. Only what
 * fits a format is taken, and only a day of the calendar.
 */
import { MONTHS, WEEKDAYS } from "./date-format.ts";
import type { DateFormat, DatePart } from "./date-format.ts";

/** The texts of a date's parts. */
type DateTexts = Readonly<Partial<Record<DatePart, string>>>;

const MOST_OFFSET = 15 * 60;

/** The date that `text` is under this format, as ISO 8601 with a blank before the time; `null` where it is none. */
export function readDate(text: string, { pattern, letters }: DateFormat): string | null {
  const match = pattern.exec(text);
  if (match === null) return null;
  const parts: Partial<Record<DatePart, string>> = {};
  for (const [at, { part }] of letters.entries()) parts[part] = match[at + 1] ?? "";
  const day = dayOf(parts);
  if (day === null) return null;
  const time = timeOf(parts);
  if (time === null) return null;
  const offset = parts.offset === undefined ? "" : offsetOf(parts.offset);
  return offset === null ? null : `${day}${time}${offset}`;
}

/** `YYYY-MM-DD`; `null` for no day, and for one of another day of the week. */
function dayOf(parts: DateTexts): string | null {
  const year = Number(parts.year);
  const { yearDay, month: monthText = "1", day: dayText = "1" } = parts;
  const month = yearDay === undefined ? monthNumber(monthText) : 1;
  const day = Number(yearDay ?? dayText);
  const most = yearDay === undefined ? daysIn(year, month) : isLeap(year) ? 366 : 365;
  if (year < 1 || month < 1 || month > 12 || day < 1 || day > most) return null;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  const { weekday } = parts;
  if (
    weekday !== undefined &&
    WEEKDAYS[date.getUTCDay()]?.startsWith(weekday.toLowerCase()) !== true
  )
    return null;
  return `${pad(year, 4)}-${pad(date.getUTCMonth() + 1, 2)}-${pad(date.getUTCDate(), 2)}`;
}

function monthNumber(text: string): number {
  return /^\d/.test(text)
    ? Number(text)
    : MONTHS.findIndex((name) => name.startsWith(text.toLowerCase())) + 1;
}

function daysIn(year: number, month: number): number {
  if (month === 2) return isLeap(year) ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}

function isLeap(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

/** ` HH:MM:SS.f`; empty for a date alone, `null` for no time of day. */
function timeOf(parts: DateTexts): string | null {
  const { hour, hour12, minute = "0", second = "0", fraction } = parts;
  if (hour === undefined && hour12 === undefined) return "";
  const hours = hour12 === undefined ? Number(hour) : hoursOf(Number(hour12), parts.half);
  if (hours < 0 || hours > 23 || Number(minute) > 59 || Number(second) > 59) return null;
  const digits = [hours, Number(minute), Number(second)].map((each) => pad(each, 2)).join(":");
  return ` ${digits}${fraction === undefined ? "" : `.${fraction}`}`;
}

/** 12 AM is the first hour of the day; -1 for an hour that no clock shows. */
function hoursOf(hour: number, half = ""): number {
  if (hour < 1 || hour > 12) return -1;
  return (hour % 12) + (half.toLowerCase() === "pm" ? 12 : 0);
}

function offsetOf(text: string): string | null {
  if (text.toLowerCase() === "z") return "+00:00";
  const [hours, minutes] = [Number(text.slice(1, 3)), Number(text.slice(-2))];
  if (minutes > 59 || hours * 60 + minutes > MOST_OFFSET) return null;
  return `${text.slice(0, 3)}:${text.slice(-2)}`;
}

function pad(value: number, width: number): string {
  return String(value).padStart(width, "0");
}

/** Fixes of values that people write in another way than databases: the flags that say so. */
import { shellQuoted } from "../../errors/shell-word.ts";
import { parseDateFormat } from "../../values/date-format.ts";
import { readDate } from "../../values/dates.ts";
import { NumberReader } from "../../values/numbers.ts";
import type { NumberMarks } from "../../values/numbers.ts";
import type { FixOptions } from "./known-reject.ts";

/** Ways to write numbers, those that take one flag first. */
const MARKS: readonly NumberMarks[] = [
  { decimal: ",", thousands: null },
  { decimal: ".", thousands: "," },
  { decimal: ".", thousands: " " },
  { decimal: ".", thousands: "'" },
  { decimal: ",", thousands: "." },
  { decimal: ",", thousands: " " },
  { decimal: ",", thousands: "'" },
];

/** For a number with marks: the flags under which it is read, those that were given among them; `null` where none helps. */
export function numberFix(
  value: string,
  { decimal, thousands }: Pick<FixOptions, "decimal" | "thousands">,
): string | null {
  if (!/\d/.test(value) || thousands !== null) return null;
  const may = ({ decimal: mark }: NumberMarks): boolean => decimal === null || mark === decimal;
  const readings = MARKS.filter((marks) => may(marks) && hasMark(value, marks)).flatMap((marks) => {
    const isSaid = marks.decimal === (decimal ?? ".") && marks.thousands === null;
    const read = isSaid ? null : new NumberReader(marks).read(value);
    return read === null ? [] : [{ flags: flagsOf(marks), read }];
  });
  // More than one way to write it may come to the same number: the first has the fewest flags.
  const [first, second] = readings.filter(
    ({ read }, at) => readings.findIndex((other) => other.read === read) === at,
  );
  if (first === undefined) return null;
  if (second === undefined) return `pass ${first.flags}, which reads it as ${first.read}`;
  return `pass ${first.flags} where it means ${first.read}, or ${second.flags} where it means ${second.read}`;
}

/** A value without a mark that the flags give a meaning is none the better for them: 1e1. */
function hasMark(value: string, { decimal, thousands }: NumberMarks): boolean {
  if (decimal === "," && value.includes(",")) return true;
  // Any blank parts groups.
  return thousands === " " ? /\s/.test(value) : thousands !== null && value.includes(thousands);
}

function flagsOf({ decimal, thousands }: NumberMarks): string {
  const mark = decimal === "," ? ["--decimal ','"] : [];
  const between = thousands === null ? [] : [`--thousands ${shellQuoted(thousands)}`];
  return [...mark, ...between].join(" ");
}

/** A date with the year at its end, of four digits, and a time that may follow. */
const YEAR_LAST_TIME =
  /^\d{1,2}([/.-])\d{1,2}\1\d{4}(?:([ T]|, )\d{1,2}:\d{2}(:\d{2})?(?:( ?)[AP]M)?)?$/i;

/** The format of such a date; `null` for any other. */
export function dateFormatOf(value: string, order: "DMY" | "MDY"): string | null {
  const [, separator, between, seconds, blank] = YEAR_LAST_TIME.exec(value) ?? [];
  if (separator === undefined) return null;
  const letters = order === "DMY" ? ["%d", "%m", "%Y"] : ["%m", "%d", "%Y"];
  const ends = seconds === undefined ? "%M" : "%M:%S";
  const hours = blank === undefined ? `%H:${ends}` : `%I:${ends}${blank}%p`;
  const time = between === undefined ? "" : `${between}${hours}`;
  const format = parseDateFormat(letters.join(separator) + time);
  return format === null || readDate(value, format) === null ? null : format.text;
}

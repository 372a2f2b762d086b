/**
 * How the values of one column are read: as numbers with the marks of `--decimal` and `--thousands`, as dates under the
 * formats of `--date-format`, or as bytes as `--binary` says. What a text means then is left to the database.
 */
import type { ColumnNotation } from "../model/load-plan.ts";
import { withoutOuter } from "./blanks.ts";
import { bytesReader } from "./bytes.ts";
import type { DateFormat } from "./date-format.ts";
import { parseDateFormat } from "./date-format.ts";
import { readDate } from "./dates.ts";
import { NumberReader } from "./numbers.ts";
import type { NumberMarks } from "./numbers.ts";

/** Why a text is no value of its column: a clause that follows "the value". */
export interface UnreadValue {
  readonly why: string;
}

/** Reads one text. An empty one, and one of blanks, stays as it is. */
export type ValueReader = (text: string) => string | UnreadValue;

/** The reader of a column. */
export function readerOf(notation: ColumnNotation): ValueReader {
  if (notation.kind === "number") return numberReader(notation);
  return notation.kind === "bytes"
    ? bytesReader(notation.encoding, notation.prefix)
    : dateReader(notation.formats.flatMap((text) => parseDateFormat(text) ?? []));
}

function numberReader(marks: NumberMarks): ValueReader {
  const reader = new NumberReader(marks);
  const why = `is no number with ${marksText(marks)}`;
  return (text) => (isEmpty(text) ? text : (reader.read(text) ?? { why }));
}

/** The reader of dates under these formats. */
export function dateReader(formats: readonly DateFormat[]): ValueReader {
  const names = formats.map(({ text }) => text);
  return (text) => {
    if (isEmpty(text)) return text;
    const bare = withoutOuter(text);
    const found = formats.map((format) => readDate(bare, format));
    const [first, ...others] = new Set(found.filter((each) => each !== null));
    if (first === undefined) return { why: `is no date of the form ${names.join(" or ")}` };
    if (others.length === 0) return first;
    const fitting = names.filter((_, at) => found[at] !== null);
    return { why: `is a date of the forms ${fitting.join(" and ")}, and they mean different days` };
  };
}

function isEmpty(text: string): boolean {
  return /^[\t-\r ]*$/.test(text);
}

/** Marks in words: `a decimal comma, and points between thousands`. */
function marksText({ decimal, thousands }: NumberMarks): string {
  const mark = decimal === "," ? "a decimal comma" : "a decimal point";
  if (thousands === null) return mark;
  const names = { ".": "points", ",": "commas", " ": "blanks", "'": "apostrophes" } as const;
  return `${mark} and ${names[thousands]} between thousands`;
}

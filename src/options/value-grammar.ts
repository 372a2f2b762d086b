/** Grammars of the options that say how people write values: marks of numbers, formats of dates, tokens of one field. */
import { thousandsMark } from "../values/numbers.ts";
import type { ThousandsMark } from "../values/numbers.ts";
import { LETTER_NAMES, parseDateFormat } from "../values/date-format.ts";
import { parsePointer } from "../model/json/json-pointer.ts";
import type { Grammar, TypedValue } from "./grammar.ts";

/** `--date-format`: of the dates of one column, or of all. */
export interface ColumnDateFormat extends TypedValue {
  /** `null`: of every column of a date type. */
  readonly column: string | null;
  readonly format: string;
}

/** `--null-in`: a text that means NULL in one field. */
export interface FieldToken extends TypedValue {
  readonly field: string;
  readonly token: string;
}

/** Reads --decimal. */
export const DECIMAL_MARK: Grammar<"," | "."> = {
  expected: "a comma or a point",
  parse: (text) => (text === "," || text === "." ? text : null),
};

/** Reads --thousands. */
export const THOUSANDS_MARK: Grammar<ThousandsMark> = {
  expected: "a point, a comma, a blank or an apostrophe",
  parse: thousandsMark,
};

/** Reads --date-format. What comes before the first percent sign and ends with an equals sign is the name of a column. */
export const DATE_FORMAT: Grammar<ColumnDateFormat> = {
  expected: `a day by the letters of strptime, each part once: ${LETTER_NAMES}; no %y, which tells no century`,
  parse: (text) => {
    const equals = /^[^%]*=/.exec(text)?.[0].indexOf("=") ?? -1;
    const column = equals < 1 ? null : text.slice(0, equals).trim();
    const format = column === null ? text : text.slice(equals + 1);
    return parseDateFormat(format) === null ? null : { text, column, format };
  },
};

/** `--records`: the way to the array of a JSON document that holds its records. */
export interface RecordsPointer extends TypedValue {
  readonly parts: readonly string[];
}

/** Reads --records. */
export const RECORDS_POINTER: Grammar<RecordsPointer> = {
  expected: "a JSON pointer, which begins with a slash",
  parse: (text) => {
    const parts = parsePointer(text);
    return parts === null || parts.length === 0 ? null : { text, parts };
  },
};

/** Reads --null-in: split at its first equals sign. */
export const FIELD_TOKEN: Grammar<FieldToken> = {
  expected: "field=TOKEN",
  parse: (text) => {
    const equals = text.indexOf("=");
    if (equals < 1) return null;
    return { text, field: text.slice(0, equals), token: text.slice(equals + 1) };
  },
};

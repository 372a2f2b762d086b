/** Fixes of values whose form is another than the column's: an expression that makes one of the other, or the member that is meant. */
import { excludedField, nameInExpression } from "../../errors/expression-names.ts";
import { shellQuoted, shellWord } from "../../errors/shell-word.ts";
import { booleanFlag } from "./boolean-words.ts";
import { jsonOf } from "../../model/json/json-of.ts";
import type { Column } from "../../model/table-shape.ts";
import type { TextForm } from "../../model/text-form.ts";
import { columnOf, fieldOf, isCsv } from "./known-reject.ts";
import type { KnownReject } from "./known-reject.ts";

/** Words that a boolean column of every database takes. */
const BOOLEANS = "write true, false, 1 or 0";

/** What helps a value that is no text of the column's type; `null` where its form tells nothing. */
export function formFix(known: KnownReject, value: string): string | null {
  const column = columnOf(known);
  if (column === null) return null;
  const member = memberFix(known, value);
  if (member !== null) return member;
  const form = formOf(column, value.trim());
  const made = form === null ? null : expressionFix(known, column, form);
  return made ?? (column.family === "boolean" ? truthFix(known, column.name, value) : null);
}

function truthFix(known: KnownReject, column: string, value: string): string {
  return (hasOwnField(known, column) ? booleanFlag(value, column) : null) ?? BOOLEANS;
}

/** What the column could be made of; `null` where nothing tells. */
function formOf({ family, form, integer, type }: Column, value: string): TextForm | null {
  if (form?.kind === "array") return isArray(value) ? "json-array" : marksOf(value);
  if (family === "json") return isWord(value) ? "json-text" : null;
  if (family === "number") return numberForm(value, integer === true);
  return /^(?:timestamp|datetime|date$)/i.test(type) ? timeForm(type, value) : null;
}

function numberForm(value: string, isInteger: boolean): TextForm | null {
  if (/^\d[\d.]*-$/.test(value)) return "minus-behind";
  const isWhole = /^[+-]?(?:\d+\.0*|\d+(?:\.\d+)?e\+?\d{1,2})$/i.test(value);
  return isInteger && isWhole ? "whole" : null;
}

function timeForm(type: string, value: string): TextForm | null {
  if (/:\d\d.*\[[\w/+-]+\]$/.test(value)) return "zone-behind";
  // Of the years 2001 to 2286.
  if (/^1\d{9}(?:\.\d+)?$/.test(value)) return "seconds";
  if (/^1\d{12}$/.test(value)) return "milliseconds";
  // Of the years 1954 to 2119.
  return /^date$/i.test(type) && /^[2-7]\d{4}$/.test(value) ? "days" : null;
}

/** Neither JSON nor something that was to be: `abc`, and no `{'a': 1}`. */
function isWord(value: string): boolean {
  return /^[\p{L}\d]/u.test(value) && !/^(?:True|False|None|nan|undefined)$/i.test(value);
}

const MARKS = [
  [",", "commas"],
  [";", "semicolons"],
  ["|", "bars"],
] as const;

/** By the one mark that is between values; `null` where there is none, or more than one. */
function marksOf(value: string): TextForm | null {
  if (/["{}[\]\\]/.test(value)) return null;
  const [only, ...others] = MARKS.filter(([mark]) => value.includes(mark));
  return only === undefined || others.length > 0 ? null : only[1];
}

function isArray(text: string): boolean {
  const value = jsonOf(text);
  return Array.isArray(value) && value.every((each) => typeof each !== "object" || each === null);
}

const SAYS: Readonly<Record<TextForm, string>> = {
  whole: "which takes whole numbers that are written with a point or an exponent",
  "json-array": "which makes an array of one of JSON",
  seconds: "if these are seconds since 1970",
  milliseconds: "if these are milliseconds since 1970",
  commas: "which makes an array of the values between commas",
  semicolons: "which makes an array of the values between semicolons",
  bars: "which makes an array of the values between bars",
  "json-text": "which makes a JSON text of it, if none of the values is JSON",
  "minus-behind": "which takes the minus that is behind a number to its front",
  "zone-behind": "which takes off the name of the time zone behind the offset",
  instant: "which takes the instant, as a time of UTC",
  days: "if these are days since 1900, as Excel counts them",
};

/** `--value` for a field that fills the column of its own name: others are given to their columns by another flag. */
function expressionFix(known: KnownReject, column: Column, form: TextForm): string | null {
  const field = fieldOf(known);
  if (field === null || !hasOwnField(known, column.name)) return null;
  const expression = known.target?.madeOf?.(form, field, column.type) ?? null;
  if (expression === null) return null;
  return `pass --value ${shellQuoted(`${nameInExpression(column.name)} = ${expression}`)}, ${SAYS[form]}`;
}

/** For a label of an enum in other letters or between blanks, where all labels are in small letters, or all in capitals. */
export function labelFix(known: KnownReject, value: string): string | null {
  const column = columnOf(known);
  const field = fieldOf(known);
  if (column?.form?.kind !== "enum" || field === null || !hasOwnField(known, column.name))
    return null;
  const { labels } = column.form;
  const made = LETTERS.find(
    ({ write }) =>
      labels.every((each) => each === write(each)) && labels.includes(write(value.trim())),
  );
  if (made === undefined) return null;
  const expression = `${nameInExpression(column.name)} = ${made.sql}(trim(${excludedField(field)}))`;
  return `pass --value ${shellQuoted(expression)}, which writes it as the labels of the type are`;
}

const LETTERS = [
  { sql: "lower", write: (text: string) => text.toLowerCase() },
  { sql: "upper", write: (text: string) => text.toUpperCase() },
];

/** Whether the field of a column's own name fills it, and not one of nested records. */
export function hasOwnField(known: KnownReject, column: string): boolean {
  const field = fieldOf(known);
  const isNested = known.reject.place !== undefined;
  if (isNested || field?.toLowerCase() !== column.toLowerCase()) return false;
  return isCsv(known) || !field.includes(".");
}

/** An object of one member, such as `{"$date": …}`, where the column takes what is in it. */
function memberFix(known: KnownReject, value: string): string | null {
  const field = fieldOf(known);
  const isNested = known.reject.place !== undefined;
  if (isCsv(known) || isNested || field === null || !value.startsWith("{")) return null;
  const inner = jsonOf(value);
  if (typeof inner !== "object" || inner === null) return null;
  const [member, ...others] = Object.keys(inner);
  if (member === undefined || others.length > 0 || member.includes(".")) return null;
  const flag = `--map ${shellWord(`${field}.${member}:${known.reject.column ?? ""}`)}`;
  return `pass ${flag}, which takes the member ${member} out of the object`;
}

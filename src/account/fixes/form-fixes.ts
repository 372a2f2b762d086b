/** Fixes of values whose form is another than the column's: an expression that makes one of the other, or the member that is meant. */
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
  if (form?.kind === "array") return isArray(value) ? "json-array" : null;
  if (integer === true && family === "number") {
    return /^[+-]?(?:\d+\.0*|\d+(?:\.\d+)?e\+?\d{1,2})$/i.test(value) ? "whole" : null;
  }
  if (/^timestamp|^datetime/i.test(type)) {
    // Of the years 2001 to 2286.
    if (/^1\d{9}(?:\.\d+)?$/.test(value)) return "seconds";
    return /^1\d{12}$/.test(value) ? "milliseconds" : null;
  }
  // Of the years 1954 to 2119.
  return /^date$/i.test(type) && /^[2-7]\d{4}$/.test(value) ? "days" : null;
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
  days: "if these are days since 1900, as Excel counts them",
};

/** `--value` for a field that fills the column of its own name: others are given to their columns by another flag. */
function expressionFix(known: KnownReject, column: Column, form: TextForm): string | null {
  const field = fieldOf(known);
  if (field === null || !hasOwnField(known, column.name)) return null;
  const expression = known.target?.madeOf?.(form, field, column.type) ?? null;
  if (expression === null) return null;
  return `pass --value ${shellQuoted(`${nameInValue(column.name)} = ${expression}`)}, ${SAYS[form]}`;
}

/** Whether the field of a column's own name fills it, and not one of nested records. */
function hasOwnField(known: KnownReject, column: string): boolean {
  const field = fieldOf(known);
  const isNested = known.reject.place !== undefined;
  if (isNested || field?.toLowerCase() !== column.toLowerCase()) return false;
  return isCsv(known) || !field.includes(".");
}

function nameInValue(name: string): string {
  return /^\w+$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`;
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

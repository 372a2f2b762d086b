/** Fixes of values that a column does not take. */
import { dropFlag, shellWord } from "../../errors/shell-word.ts";
import { booleanFlag } from "./boolean-words.ts";
import type { LookupPlan } from "../../model/lookup-plan.ts";
import { tableName } from "../../model/table-shape.ts";
import type { Column } from "../../model/table-shape.ts";
import { lostPart } from "../../values/lost-parts.ts";
import { columnsFix } from "./json-fixes.ts";
import { dateFormatOf, numberFix } from "./notation-fixes.ts";
import { formFix, hasOwnField, labelFix } from "./form-fixes.ts";
import { unitFlag } from "./unit-fixes.ts";
import { withoutLine } from "./corrected.ts";
import { columnOf, fieldOf, isCsv, JOINED, textOf } from "./known-reject.ts";
import type { KnownReject } from "./known-reject.ts";

/** Words that people write for no value. */
const NO_VALUE =
  /^(?:#?n\/?a|<na>|#n\/?v|null|none|nil|nan|nat|undefined|unknown|missing|\(null\)|\\n|-+|\.|\?|#(?:value|ref|name|num|null|div\/0)[!?]|0000-00-00.*)$/i;

/** A date with the year at its end. */
const YEAR_LAST = /^(\d{1,2})[/.-](\d{1,2})[/.-](?:\d{4}|\d{2})(?:[ T,].*)?$/;

/** ROW_TYPE, and ROW_RANGE of dates: what the value looks like tells the flag. */
export function typeFix(known: KnownReject): string | null {
  const { value } = known.reject;
  const labels = labelsFix(known);
  if (value === undefined || value === null) return labels;
  if (value === "") return emptyFix(known);
  const columns = columnsFix(known, value);
  if (columns !== null) return columns;
  const line = lineFix(known, value);
  if (line !== null) return line;
  if (NO_VALUE.test(value.trim())) return nullFix(known, value);
  if (value.trim() === "") return blankFix(known, value);
  if (labels !== null) {
    const written = labelFix(known, value);
    return written === null ? labels : `${written}; or ${labels}`;
  }
  const column = columnOf(known);
  const asNumber = column?.family === "number" ? writtenFix(known, value, column.name) : null;
  const read = asNumber ?? dateFix(known, value) ?? bytesFix(known, value);
  return read ?? formFix(known, value);
}

/** An empty text. As NULL it is no key either. */
function emptyFix(known: KnownReject): string {
  const { column } = known.reject;
  const isKey = column !== null && known.target?.plan.arbiter?.columns.includes(column) === true;
  const makes = `which makes NULL of ${isCsv(known) ? "quoted empty fields" : "empty texts"} too`;
  return isKey ? "fill the key" : `pass --empty null, ${makes}`;
}

/** For bytes that are written as letters, where no flag says how. */
function bytesFix(known: KnownReject, value: string): string | null {
  if (columnOf(known)?.family !== "binary" || known.options.binary !== null) return null;
  const part = lostPart("encoding", value.replace(/^\\x/i, ""));
  return part !== "hex" && part !== "base64"
    ? null
    : `pass --binary ${part}, which reads the bytes that these letters stand for`;
}

/** For a number that people write in another way: the flags that read it, or the expression that takes its sign off. */
function writtenFix(known: KnownReject, value: string, column: string): string | null {
  const unit = hasOwnField(known, column) ? unitFlag(value, column) : null;
  return numberFix(value, known.options) ?? unit;
}

/** A line of a CSV that is no record: the header once more, or the line that a program draws under it. */
function lineFix(known: KnownReject, value: string): string | null {
  if (!isCsv(known)) return null;
  if (value.startsWith("\uFEFF")) return JOINED;
  if (value === fieldOf(known))
    return "take the line out, or name the files one by one: it is the header again, as where files are joined";
  const isRule = /^(?=[^]*--)[-\s,;|]+$/.test(textOf(known));
  if (isRule) return "take the line out: it only draws a line under the names";
  if (TOTAL.test(value.trim())) return withoutLine(known, "if it holds a total and is no record");
  const isTypes = known.reject.position.record === 1 && isOfTypes(textOf(known));
  return isTypes ? withoutLine(known, "which names types and is no record") : null;
}

/** What stands in the first field under a sheet. */
const TOTAL = /^(?:(?:sub|grand)[ -]?)?totals?:?$|^(?:sum|summe|gesamt|average|mean|count):?$/i;

/** A second line of a header, as `integer,text,numeric(9,2)`. */
function isOfTypes(text: string): boolean {
  const words = text.trim().split(/[,;\t|]/);
  return words.every((word) => TYPE.test(word.trim()));
}

const TYPE =
  /^"?(?:small|big)?(?:int|integer|serial|text|string|str|varchar|char|bool|boolean|date|time|timestamp|datetime|float|double|real|number|numeric|decimal|uuid|json)\d*(?:\(\d+\))?"?$/i;

/** A field of blanks alone: without them it is empty. */
function blankFix(known: KnownReject, value: string): string {
  const isBare = isCsv(known) && !known.options.trim && !isQuoted(known, value);
  return isBare && known.options.empty !== "string"
    ? "pass --trim, which drops the blanks around values: the field is empty, and NULL"
    : nullFix(known, value);
}

/** So many labels of an enum are named. */
const NAMED_LABELS = 20;

/** What an enum takes. */
function labelsFix(known: KnownReject): string | null {
  const form = columnOf(known)?.form;
  if (form?.kind !== "enum") return null;
  const { labels } = form;
  const more = labels.length > NAMED_LABELS ? ` and ${labels.length - NAMED_LABELS} more` : "";
  return `write one of the labels of the type, letter for letter: ${labels.slice(0, NAMED_LABELS).join(", ")}${more}`;
}

/** ROW_RANGE: a date may only be in another order. */
export function rangeFix(known: KnownReject): string | null {
  const { value } = known.reject;
  if (typeof value !== "string") return null;
  if (value.startsWith("0000-00-00")) return nullFix(known, value);
  return dateFix(known, value) ?? formFix(known, value);
}

function isTemporal(type: string): boolean {
  return /date|time/i.test(type);
}

function nullFix(known: KnownReject, value: string): string {
  if (isQuoted(known, value)) {
    return `pass ${nullFlag(value)} --null-quoted, which makes NULL of it in quotes too`;
  }
  const padded = isCsv(known) && !known.options.trim && value !== value.trim();
  return `pass ${nullFlag(value.trim())}${padded ? " --trim" : ""}, which makes NULL of it`;
}

/** For a value that a database has kept as text: `; --null N/A makes NULL of it`, or how it is read as a number. */
export function keptAsTextHint(
  value: string | null,
  raw: Uint8Array | undefined,
  { promised, column }: { readonly promised: string; readonly column: string },
): string {
  if (value === null || raw === undefined) return "";
  if (value === "") return "; --empty null makes NULL of it";
  const truth = promised === "boolean" ? booleanFlag(value, column) : null;
  if (truth !== null) return `; ${truth}`;
  if (!NO_VALUE.test(value)) {
    const fix =
      promised === "number" ? (numberFix(value, AS_DATABASES) ?? unitFlag(value, column)) : null;
    return fix === null ? "" : `; ${fix}`;
  }
  const text = Buffer.from(raw).toString("latin1");
  const isQuoted = !text.trimStart().startsWith("{") && text.includes(`"${value}"`);
  return `; ${nullFlag(value)}${isQuoted ? " --null-quoted" : ""} makes NULL of it`;
}

/** Nothing was said of how numbers are written. */
const AS_DATABASES = { decimal: null, thousands: null };

function nullFlag(token: string): string {
  return token.startsWith("-") ? `--null=${token}` : `--null ${shellWord(token)}`;
}

/** Whether the value is in quotes in its CSV record. */
function isQuoted(known: KnownReject, value: string): boolean {
  const { quote } = known.options;
  return isCsv(known) && quote !== "" && textOf(known).includes(`${quote}${value}${quote}`);
}

function dateFix(known: KnownReject, value: string): string | null {
  const { target, options } = known;
  if (!isTemporal(columnOf(known)?.type ?? "")) return null;
  const [, first, second] = YEAR_LAST.exec(value.trim()) ?? [];
  if (first === undefined || second === undefined) return null;
  const order = Number(first) > 12 || Number(second) <= 12 ? "DMY" : "MDY";
  const format = dateFormatOf(value.trim(), order);
  const isSaid = options.dateFormat?.some((each) => each.format === format) === true;
  const flag = format === null || isSaid ? [] : [`pass --date-format ${shellWord(format)}`];
  const otherwise =
    options.dateFormat === null
      ? (target?.dateOrder?.(order) ?? "write dates as YYYY-MM-DD")
      : "write dates in the form that --date-format says";
  return [...flag, otherwise].join("; or ");
}

/** ROW_NULL_KEY: whether the database could make the key. */
export function nullKeyFix(known: KnownReject): string | null {
  const column = columnOf(known);
  const field = fieldOf(known);
  if (column === null) return null;
  if (known.target?.plan.finds === true)
    return "fill the key, by which the row is looked up; or write null in its place where there is none";
  const isNested = known.reject.place !== undefined;
  if (column.nullable || column.identity === "rowid") {
    return "fill the key; or pass --null-key insert to insert such a record on every run, or --null-key match to find the row whose key is NULL";
  }
  const makes = column.volatileDefault || column.identity !== null || column.defaultSql !== null;
  if (isNested) return `fill the key: ${column.name} takes no NULL`;
  return makes && field !== null
    ? `fill the key; or load the records without one by themselves, without --key and with ${dropFlag(field)}, so that the database makes it (--null-key does not help: ${column.name} takes no NULL)`
    : `fill the key: ${column.name} takes no NULL, and no flag changes that`;
}

/** What a column is looked up by must be there. */
function filledKey({ keys, parent }: LookupPlan): string {
  const fields = keys.flatMap(({ field }) => (field === null ? [] : [field]));
  const named = fields.join(", ");
  return `fill ${fields.length === 1 ? `the field ${named}` : `the fields ${named}`}, by which the row of ${tableName(parent.name)} is looked up`;
}

/** For a column that the database would fill. To leave its field out would take the values of the other records as well. */
function filledByDatabase(known: KnownReject, { name }: Column, field: string): string {
  if (!isCsv(known))
    return `leave the member out of the record, so that the database fills ${name}; or fill it`;
  const isKey = known.target?.plan.arbiter?.columns.includes(name) === true;
  if (isKey || known.options.null !== null) return "fill the field";
  return `pass --default-on-empty ${shellWord(field)}, by which the database fills ${name} where the field is empty, and an update keeps what is there; or fill the field`;
}

/** ROW_NOT_NULL: a value that the database makes, an empty text, or a constant. */
export function notNullFix(known: KnownReject): string | null {
  const column = columnOf(known);
  if (column === null) return null;
  const lookup = known.target?.plan.lookups?.find((each) => each.column.name === column.name);
  if (lookup !== undefined) return filledKey(lookup);
  const isLinked = known.target?.plan.linked?.some(({ columns }) =>
    columns.some(({ name }) => name === column.name),
  );
  if (isLinked === true)
    return `give the record the row whose key ${column.name} takes: it can be NULL in no row`;
  const field = fieldOf(known);
  if (field === null)
    return `give the column a value with --const ${shellWord(`${column.name}=VALUE`)}`;
  if (column.defaultSql !== null || column.identity !== null || column.volatileDefault)
    return filledByDatabase(known, column, field);
  if (column.family === "text" && isCsv(known) && known.options.null === null) {
    return `pass --keep-empty ${shellWord(field)} to keep an empty text as it is; or fill the field`;
  }
  return `fill the field; or leave it out with ${dropFlag(field)} and give the column a value with --const ${shellWord(`${column.name}=VALUE`)}`;
}

/** ROW_LENGTH: a limit of PostgreSQL itself, which no wider column lifts. */
export function lengthFix({ reject: { dbCode, message } }: KnownReject): string | null {
  if (dbCode !== "54000") return null;
  return message.startsWith("row is too big")
    ? "leave fields out with --map 'FIELD:', or keep some of them as one jsonb or text: a row has room for so much, whatever its columns are"
    : "shorten the text: a unique key or an index has room for so much, however wide the column is";
}

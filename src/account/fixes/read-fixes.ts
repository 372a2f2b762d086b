/** Fixes of records that cannot be read: the flag under which they can, found by trying it. */
import { OBJECT_OF_NAMES } from "../../errors/jq-filters.ts";
import { shellQuoted, shellWord } from "../../errors/shell-word.ts";
import { jsonOf } from "../../model/json/json-of.ts";
import { guessEncoding } from "../../read/text/guess-encoding.ts";
import { fieldsUnder } from "../../read/csv/try-record.ts";
import type { RecordDialect } from "../../read/csv/try-record.ts";
import { isCsv, lacksLineEnd, textOf } from "./known-reject.ts";
import type { KnownReject } from "./known-reject.ts";

/** ROW_ENCODING: a guess from the bytes. */
export function encodingFix({ reject, options }: KnownReject): string | null {
  if (reject.raw === null) return null;
  if (!/^utf-?8$/i.test(options.encoding.trim())) {
    return "pass the encoding it really has with --encoding, or correct the record";
  }
  const guess = guessEncoding(reject.raw);
  return guess === null
    ? "correct the record: half of a surrogate pair is no character"
    : `pass the encoding the source has, probably ${guess}; or correct the record`;
}

/** ROW_QUOTES: blanks around quotes, quotes after a backslash, or quotes that mean nothing. */
export function quotesFix(known: KnownReject): string | null {
  if (!isCsv(known)) return null;
  const text = textOf(known);
  const dialect = dialectOf(known);
  const fits = (other: Partial<RecordDialect>): boolean =>
    isExpected(known, fieldsUnder(text, { ...dialect, ...other }));
  if (!dialect.trim && fits({ trim: true })) {
    return "pass --trim, which drops the blanks between delimiters and quotes";
  }
  if (dialect.escape === null && text.includes('\\"') && fits({ escape: "\\" })) {
    return "pass --escape '\\', since quotes inside fields have a backslash before them";
  }
  return fits({ quote: null })
    ? "double the quotes inside the field; or, if quotes mean nothing in this source, pass --quote ''"
    : null;
}

/** ROW_FIELD_COUNT: another delimiter, a comment, or what short and long records are. */
export function fieldCountFix(known: KnownReject): string | null {
  const text = textOf(known);
  const expected = known.source?.fields?.length;
  if (!isCsv(known) || expected === undefined || text === "") return null;
  const dialect = dialectOf(known);
  const found = fieldsUnder(text, dialect)?.length ?? 0;
  if (/^(?:<{7} |={7}\s*$|>{7} )/.test(text)) {
    return "resolve the merge conflict that Git has left in the source, at this line and after it";
  }
  const delimiter = otherDelimiter(known, text);
  if (delimiter !== null)
    return `pass --delimiter ${shownDelimiter(delimiter)}: it fits this record`;
  const comment = /^(?:#|--|\/\/)/.exec(text)?.[0];
  if (comment !== undefined && dialect.comment === null) {
    return `pass --comment ${shellQuoted(comment)} if the line is a comment; or correct the record`;
  }
  if (found < expected && lacksLineEnd(known.reject)) return CUT;
  const [only = "", ...others] = known.source?.fields ?? [];
  if (others.length === 0 && found > 1) return titleFix(only, dialect);
  return found < expected
    ? "pass --missing-fields null (or default, for the defaults of the columns) if fields may be left out at the end; or correct the record"
    : "quote the field that holds the delimiter; or pass --extra-fields ignore, which drops what is beyond the header";
}

/** A header of one field over records of several is a title or a comment: what is cut off behind it is most of each record. */
function titleFix(name: string, { comment }: RecordDialect): string {
  const mark = /^(?:#|--|\/\/)/.exec(name)?.[0];
  return mark !== undefined && comment === null
    ? `pass --comment ${shellQuoted(mark)}, since the first line is a comment and no header`
    : "pass --skip-lines N, so many lines as there are before the header; or quote the field that holds the delimiter";
}

/** What is read of half a record overwrites the row of its key, or of another one. */
const CUT =
  "get the source again, whole: --require-final-newline refuses one that is cut so; if it is whole, end its last line and correct the record";

const DELIMITERS = [";", "\t", "|", ","] as const;

/** The delimiter that splits the record into as many fields as the header has, or both of them alike; `null` for none. */
function otherDelimiter(known: KnownReject, text: string): string | null {
  const dialect = dialectOf(known);
  const fields = known.source?.fields ?? [];
  const [only = ""] = fields;
  for (const delimiter of DELIMITERS) {
    if (delimiter === dialect.delimiter) continue;
    const count = fieldsUnder(text, { ...dialect, delimiter })?.length ?? 0;
    const names = fields.length === 1 ? fieldsUnder(only, { ...dialect, delimiter }) : fields;
    if (count > 1 && count === names?.length) return delimiter;
  }
  return null;
}

/** A delimiter as a flag takes it. */
function shownDelimiter(delimiter: string): string {
  return delimiter === "\t" ? "'\\t'" : shellQuoted(delimiter);
}

function isExpected({ source }: KnownReject, fields: readonly string[] | null): boolean {
  const expected = source?.fields?.length;
  return fields !== null && (expected === undefined || fields.length === expected);
}

function dialectOf({ options, source }: KnownReject): RecordDialect {
  const { delimiter, quote, escape, comment, trim } = options;
  return {
    delimiter: delimiter ?? (source?.format === "tsv" ? "\t" : ","),
    quote: quote === "" ? null : quote,
    escape,
    comment,
    trim,
  };
}

/** ROW_JSON: one document over many lines, other separators, and what is no JSON at all. */
export function jsonFix(known: KnownReject): string | null {
  const { source } = known;
  const { record } = known.reject.position;
  const text = textOf(known).trim();
  if (source?.format === "json" && record === 1) return csvByName(text);
  if (source?.format !== "ndjson" || text === "") return null;
  const ends = known.reject.message.includes("it ends too early");
  if (ends && lacksLineEnd(known.reject)) return CUT;
  if (text.startsWith("\u001e")) return rewrite(known, "tr -d '\\036'");
  if (isObject(text.replace(/,$/, ""))) return rewrite(known, "sed 's/,[[:space:]]*$//'");
  if (isObject(`[${text.replace(/\}\s*\{/g, "},{")}]`)) return SEVERAL;
  if (/^\{\s*'/.test(text)) {
    return "write it as JSON: keys and texts in double quotes, as Python's json.dumps does";
  }
  if (/[:[,]\s*-?(?:NaN|Infinity)\b/.test(text))
    return "write null for NaN and Infinity, which JSON lacks";
  if (isOfSeveralLines(text, known.reject.message)) return `${SEVERAL}; or correct the JSON`;
  if (/^[[{]/.test(text)) return null;
  if (record === 1 && looksLikeCsv(text)) return "it looks like CSV: pass --format csv";
  return `take out the lines that are not JSON: ${rewriteText(known, "grep '^ *[{]'")}`;
}

/** Whether a line is a part of a record over several: it ends within one, or begins within one. */
function isOfSeveralLines(text: string, message: string): boolean {
  return message.includes("it ends too early") || /^[\]}],?$|^"(?:[^"\\]|\\.)*"\s*:/.test(text);
}

/** What is taken for a document may begin with names, of which the first is there, or all of them. */
function csvByName(text: string): string | null {
  const [line = ""] = text.split(/\r?\n/, 1);
  const isName =
    /^[\p{L}_][\p{L}\d_ -]*$/u.test(line) &&
    !/^(?:var|let|const|export|module|callback)\b/.test(line);
  return isName || looksLikeCsv(line)
    ? "if it is CSV, pass --format csv; or correct the JSON"
    : null;
}

/** Names with a delimiter between them, as headers have. */
function looksLikeCsv(text: string): boolean {
  return /^"?[\p{L}_][\p{L}\d_ -]*"?(?:[,;\t|]"?[\p{L}_][\p{L}\d_ -]*"?)+$/u.test(text);
}

const SEVERAL =
  "pass --format json, which takes a record over several lines, and several on one line";

/** ROW_NOT_OBJECT: arrays of objects, and arrays of values. */
export function notObjectFix(known: KnownReject): string | null {
  const text = textOf(known).trim();
  if (!text.startsWith("[")) return null;
  if (known.source?.format === "json") {
    return `${rewriteText(known, `jq -c '.[0] as $names | .[1:][] | ${OBJECT_OF_NAMES}'`)}, if its first element holds the names; or write each record as an object`;
  }
  if (known.source?.format !== "ndjson") return null;
  if (/^\[\s*\{/.test(text)) return rewrite(known, "jq -c '.[]'");
  return `${rewriteText(known, `jq -cn 'input as $names | inputs | ${OBJECT_OF_NAMES}'`)}, if its first line holds the names; or write each record as an object`;
}

function isObject(text: string): boolean {
  const value = jsonOf(text);
  return typeof value === "object" && value !== null;
}

function rewrite(known: KnownReject, command: string): string {
  return `correct the source with ${rewriteText(known, command)}`;
}

/** A command that writes a corrected source to a file of its own, or into the pipe. */
function rewriteText({ source }: KnownReject, command: string): string {
  const name = source?.name ?? "-";
  if (name === "-") return `\`${command}\` in the pipe before upsurge`;
  return `\`${command} ${shellWord(name)} > ${shellWord(`${name}.corrected.ndjson`)}\`, and load that file`;
}

/** Fixes of JSON that cannot be read: other notations, several records where one is due, and what is no JSON at all. */
import { OBJECT_OF_NAMES } from "../../errors/jq-filters.ts";
import { isByColumns } from "../../model/json/by-columns.ts";
import { jsonOf } from "../../model/json/json-of.ts";
import { beginsWithMark, JOINED, lacksLineEnd, textOf } from "./known-reject.ts";
import type { KnownReject } from "./known-reject.ts";
import { corrected, correctedText } from "./corrected.ts";
import { CUT } from "./read-fixes.ts";

/** ROW_JSON: one document over many lines, other separators, and what is no JSON at all. */
export function jsonFix(known: KnownReject): string | null {
  if (beginsWithMark(known.reject)) return JOINED;
  const text = textOf(known).trim();
  if (known.source?.format === "json") return documentFix(known, text) ?? notationFix(known, text);
  return known.source?.format === "ndjson" && text !== "" ? lineFix(known, text) : null;
}

/** Of one line of NDJSON. */
function lineFix(known: KnownReject, text: string): string | null {
  const { message, position } = known.reject;
  if (message.includes("it ends too early") && lacksLineEnd(known.reject)) return CUT;
  if (text.startsWith("\u001e")) return corrected(known, "tr -d '\\036'");
  if (isObject(text.replace(/,$/, ""))) return corrected(known, "sed 's/,[[:space:]]*$//'");
  if (isObject(`[${text.replace(/\}\s*\{/g, "},{")}]`)) return SEVERAL;
  const notation = notationFix(known, text);
  if (notation !== null) return notation;
  if (isOfSeveralLines(text, message)) return `${SEVERAL}; or correct the JSON`;
  if (isObject(inner(text))) return corrected(known, BARE, "take out what is around the records");
  if (/^[[{]/.test(text)) return null;
  if (position.record === 1 && looksLikeCsv(text)) return "it looks like CSV: pass --format csv";
  return corrected(known, "grep '^ *[{]'", "take out the lines that are not JSON");
}

const BARE = "sed -n 's/^[^{]*\\({.*}\\)[^}]*$/\\1/p'";

/** The object in a line of a log, or of events. */
function inner(text: string): string {
  return text.slice(text.indexOf("{"), text.lastIndexOf("}") + 1);
}

/** Of a document. */
function documentFix(known: KnownReject, text: string): string | null {
  if (known.reject.position.record === 1) return csvByName(text);
  if (!text.startsWith(",")) return null;
  const what = "put the objects that have commas between them into an array";
  return corrected(known, "sed '1s/^/[/; $s/,*[[:space:]]*$/]/'", what);
}

/** Notations that look like JSON. */
const NOTATIONS: readonly (readonly [RegExp, string])[] = [
  [/^\{\s*'/, "write it as JSON: keys and texts in double quotes, as Python's json.dumps does"],
  [/[:[,]\s*-?(?:NaN|Infinity)\b/, "write null for NaN and Infinity, which JSON lacks"],
  [
    /[:[,]\s*(?:None|True|False)\b/,
    "write null, true and false for None, True and False, as Python's json.dumps does",
  ],
  [/[:[,]\s*undefined\b/, "write null for undefined, which JSON lacks"],
  [/^\{\s*[A-Za-z_$][\w$]*\s*:/, "write the names in double quotes, as JSON has them"],
  [/^(?:\/[/*]|#)/, "take the comments out, which JSON lacks"],
];

/** By the character that was not expected. */
const UNEXPECTED: Readonly<Record<string, string>> = {
  "/": "take the comments out, which JSON lacks",
  "}": "take out the comma before }, which JSON lacks",
  "]": "take out the comma before ], which JSON lacks",
  "\\t": "write \\t for a tab within a text",
  "\\n": "write \\n for a line end within a text",
  "\\r": "write \\r for a line end within a text",
};

/** JavaScript, Python, and JSON that editors have extended. */
function notationFix({ reject: { message } }: KnownReject, text: string): string | null {
  const notation = NOTATIONS.find(([pattern]) => pattern.test(text))?.[1];
  if (notation !== undefined) return notation;
  const [, character = "", at = ""] = /"(.+)" is unexpected at character (\d+)/.exec(message) ?? [];
  const isComma = /,\s*$/.test(text.slice(0, Number(at) - 1));
  return /[}\]]/.test(character) && !isComma ? null : (UNEXPECTED[character] ?? null);
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

/** ROW_NOT_OBJECT: arrays of objects, arrays of values, and texts that hold JSON. */
export function notObjectFix(known: KnownReject): string | null {
  const text = textOf(known).trim();
  const format = known.source?.format;
  if (format !== "json" && format !== "ndjson") return null;
  if (isObject(textIn(text)))
    return corrected(known, `jq -c '${FLAT} | strings |= fromjson'`, IN_TEXT);
  if (!text.startsWith("[")) return null;
  if (format === "json" && /^\[\s*\{/.test(text)) return corrected(known, "jq -c 'flatten[]'");
  if (format === "json")
    return named(known, `jq -c '.[0] as $names | .[1:][] | ${OBJECT_OF_NAMES}'`, "element");
  if (/^\[\s*\{/.test(text)) return corrected(known, `jq -c '${FLAT}'`);
  if (known.reject.position.record === 1 && !isOfTexts(text)) return AS_CSV;
  return named(known, `jq -cn 'input as $names | inputs | ${OBJECT_OF_NAMES}'`, "line");
}

/** ROW_TYPE of an array: the record has all values of a column in each member. */
export function columnsFix(known: KnownReject, value: string): string | null {
  const format = known.source?.format;
  if ((format !== "json" && format !== "ndjson") || !value.startsWith("[")) return null;
  if (!isByColumns(jsonOf(textOf(known).trim()))) return null;
  const command = `jq -c 'keys_unsorted as $names | [.[]] | transpose[] | ${OBJECT_OF_NAMES}'`;
  return corrected(
    known,
    command,
    "write each record as an object, where it has one value of each",
  );
}

const AS_CSV =
  "write each record as an object; or make CSV of the arrays with jq -r @csv, and load that with --no-header --columns a,b,… with the names";

/** Whether an array holds nothing but texts, as one of names does. */
function isOfTexts(text: string): boolean {
  const value = jsonOf(text);
  if (value === undefined) return true;
  return Array.isArray(value) && value.every((each) => typeof each === "string");
}

const FLAT = 'if type == "array" then .[] else . end';
const IN_TEXT = "each record is a text that holds JSON: take it out of the text";

function named(known: KnownReject, command: string, first: string): string {
  const text = correctedText(known, command);
  const make = text === null ? "" : `${text}, if its first ${first} holds the names; or `;
  return `${make}write each record as an object`;
}

/** What a JSON text holds; empty for anything else. */
function textIn(json: string): string {
  const value = json.startsWith('"') ? jsonOf(json) : null;
  return typeof value === "string" ? value : "";
}

function isObject(text: string): boolean {
  const value = jsonOf(text);
  return typeof value === "object" && value !== null;
}

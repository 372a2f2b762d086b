/** Fixes of records that cannot be read: the flag under which they can, found by trying it. */
import { shellQuoted } from "../../errors/shell-word.ts";
import { guessEncoding } from "../../read/text/guess-encoding.ts";
import { fieldsUnder } from "../../read/csv/try-record.ts";
import type { RecordDialect } from "../../read/csv/try-record.ts";
import { beginsWithMark, isCsv, JOINED, lacksLineEnd, textOf } from "./known-reject.ts";
import type { KnownReject } from "./known-reject.ts";
import { corrected, withoutLine } from "./corrected.ts";

/** ROW_ENCODING: a guess from the bytes. */
export function encodingFix({ reject, options }: KnownReject): string | null {
  if (reject.raw === null) return null;
  if (!/^utf-?8$/i.test(options.encoding.trim())) {
    return "pass the encoding it really has with --encoding, or correct the record";
  }
  const guess = guessEncoding(reject.raw);
  return guess === null
    ? "correct the record: half of a surrogate pair is no character"
    : `pass the encoding the source has, probably ${guess}, unless other records have letters in UTF-8, which it would change; or correct the record`;
}

/** ROW_QUOTES: blanks around quotes, quotes after a backslash, or quotes that mean nothing. */
export function quotesFix(known: KnownReject): string | null {
  if (!isCsv(known)) return null;
  if (beginsWithMark(known.reject)) return JOINED;
  const text = textOf(known);
  const dialect = dialectOf(known);
  if (/(?:^|[,;\t])="/.test(text)) return FORMULA;
  const fits = (other: Partial<RecordDialect>): boolean =>
    isExpected(known, fieldsUnder(text, { ...dialect, ...other }));
  const delimiter = known.reject.position.record === 1 ? otherDelimiter(known, text) : null;
  if (delimiter !== null)
    return `pass --delimiter ${shownDelimiter(delimiter)}: it fits this record`;
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

/** How Excel is made to take digits as a text. */
const FORMULA =
  "take the = before the quotes out: =\"0123\" is a formula of Excel for a text; or, if quotes mean nothing in this source, pass --quote ''";

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
  const junk = junkFix(known, text);
  if (junk !== null) return junk;
  const delimiter = otherDelimiter(known, text);
  if (delimiter !== null)
    return `pass --delimiter ${shownDelimiter(delimiter)}: it fits this record`;
  const comment = /^(?:#|--|\/\/)/.exec(text)?.[0];
  if (/^\\\.\s*$/.test(text) && dialect.comment === null) {
    return "pass --comment '\\.', which passes over the line that ends the data of COPY";
  }
  if (comment !== undefined && dialect.comment === null) {
    return `pass --comment ${shellQuoted(comment)} if the line is a comment; or correct the record`;
  }
  if (found < expected && lacksLineEnd(known.reject)) return CUT;
  const [only = "", ...others] = known.source?.fields ?? [];
  if (others.length === 0 && found > 1) return titleFix(only, dialect);
  const short = `${SHORT} if fields may be left out at the end; or correct the record`;
  if (found < expected)
    return isNote(text, found)
      ? `${withoutLine(known, NOTE)}; or, if it is a record, ${short}`
      : short;
  return "quote the field that holds the delimiter; or pass --extra-fields ignore, which drops what is beyond the header";
}

const SHORT = "pass --missing-fields null (or default, for the defaults of the columns)";

/** Under many exports there is a count, a total or a date. */
const NOTE = "if it is a note and no record";

/** Words in one field, or what is in parentheses, as `(2 rows)`. */
function isNote(text: string, found: number): boolean {
  return found === 1 && /^\(|\s/.test(text.trim());
}

/** What fills the end of a file, and is no text. */
function junkFix(known: KnownReject, text: string): string | null {
  const left = new Set(text.trim());
  if (left.size !== 1) return null;
  if (left.has("\u001A"))
    return corrected(known, "tr -d '\\032'", "take Ctrl-Z out, which ends files of DOS");
  return left.has("\0") ? corrected(known, "tr -d '\\000'", ZEROS) : null;
}

const ZEROS =
  "get the source again, whole: it ends in zeros, as a crash leaves; if it is whole, take them out";

/** A header of one field over records of several is a title or a comment: what is cut off behind it is most of each record. */
function titleFix(name: string, { comment }: RecordDialect): string {
  const mark = /^(?:#|--|\/\/)/.exec(name)?.[0];
  return mark !== undefined && comment === null
    ? `pass --comment ${shellQuoted(mark)}, since the first line is a comment and no header`
    : "pass --skip-lines N, so many lines as there are before the header; or quote the field that holds the delimiter";
}

/** What is read of half a record overwrites the row of its key, or of another one. */
export const CUT =
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

/** The fix of a header that cannot be read: a flag where one does, found by trying it. */
import type { Charset } from "../text/charset.ts";
import { guessEncoding, guessUtf16 } from "../text/guess-encoding.ts";
import { csvDialect } from "./dialect.ts";
import type { CsvDialect } from "./dialect.ts";
import { CsvFields } from "./fields.ts";
import { CsvSplitter } from "./splitter.ts";
import type { RecordFault } from "../text/record-stream.ts";
import type { ReadOptions } from "../source.ts";

/** How the header was read. */
export interface HeaderReading {
  readonly dialect: CsvDialect;
  readonly charset: Charset;
  readonly options: ReadOptions;
}

/** The fix for a header that has `fault`; `null` where only the registry's is known. */
export function remedyFor(
  { code }: RecordFault,
  bytes: Buffer,
  reading: HeaderReading,
): string | null {
  if (code === "ROW_ENCODING") return encodingRemedy(bytes, reading.charset);
  if (code !== "ROW_QUOTES") return null;
  if (/^\s*[[{]/.test(bytes.subarray(0, 80).toString("latin1"))) {
    return "it looks like JSON: pass --format ndjson, or --format json if a record takes several lines";
  }
  const delimiter = DELIMITERS.find((each) => isGood(bytes, reading, { delimiter: each }));
  if (delimiter !== undefined && delimiter !== reading.dialect.delimiter) {
    return `pass --delimiter ${delimiter === "\t" ? "'\\t'" : `'${delimiter}'`}, which is between the quoted names`;
  }
  if (!reading.dialect.trim && isGood(bytes, reading, { trim: true })) {
    return "pass --trim, which drops the blanks between delimiters and quotes";
  }
  return "double the quotes within quoted names; or, if quotes mean nothing in this source, pass --quote ''";
}

/** Bytes that stand in no text but for tab and line ends. */
function isBinary(bytes: Buffer): boolean {
  return bytes.some((byte) => byte < 32 && (byte < 9 || byte > 13) && byte !== 27);
}

function encodingRemedy(bytes: Buffer, { name }: Charset): string {
  const isWide = guessUtf16(bytes) !== null;
  if (!isWide && isBinary(bytes))
    return "check that it is a CSV at all: it has bytes that no text has";
  if (!isWide && name !== "UTF-8") return "pass the encoding it really has with --encoding";
  const guess = guessEncoding(bytes);
  return guess === null
    ? "correct the header: half of a surrogate pair is no character"
    : `pass the encoding it has, probably ${guess}`;
}

/** Between quoted names they leave no doubt. */
const DELIMITERS = [";", "\t", "|", ","] as const;

/** Whether the header can be read under other flags, as more than one name where it is the delimiter that is another. */
function isGood(
  bytes: Buffer,
  { dialect, charset, options }: HeaderReading,
  other: { readonly delimiter?: string; readonly trim?: true },
): boolean {
  const { delimiter = dialect.delimiter } = other;
  const tried = csvDialect({ ...options, ...other }, delimiter, charset, dialect.lineEnd);
  const preface = { skipLines: 0, header: false, headerLimit: bytes.length };
  const limits = { bytes: options.maxRecordBytes, lines: Infinity };
  const spans = new CsvSplitter(tried, limits, preface).take({ bytes, last: true }, 2);
  const [texts] = new CsvFields(tried, charset).texts({ bytes, base: 0, spans });
  const least = other.delimiter === undefined ? 1 : 2;
  return spans.length === 1 && Array.isArray(texts) && texts.length >= least;
}

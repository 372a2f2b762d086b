/**
 * Sources that are something else than CSV or JSON: called what they are, with the command that makes a source of them. By
 * their first bytes, and before anything of them is read as text.
 */
import { isAscii } from "node:buffer";
import { shellQuoted, shellWord } from "../errors/shell-word.ts";
import { sourceLabel } from "../errors/source-label.ts";
import { upsurgeError } from "../errors/upsurge-error.ts";
import type { PeekableBytes } from "./bytes/peekable-bytes.ts";
import { guessUtf16 } from "./text/guess-encoding.ts";

/** What a source is, and what to do about it; `name` is `-` for standard input. */
interface ForeignKind {
  readonly kind: string;
  readonly fix: (name: string) => string;
}

interface Magic extends ForeignKind {
  readonly bytes: readonly number[];
}

/** Every command writes CSV, or what is packed, to its output. */
function piped(command: string, streaming = command): (name: string) => string {
  return (name) =>
    name === "-"
      ? `put ${streaming} before upsurge in the pipe`
      : `${command} ${shellWord(name)} | upsurge - with the same options`;
}

const ASCII = (text: string): readonly number[] => [...Buffer.from(text, "latin1")];

const AS_CSV = "save it as CSV from the program it belongs to";
const NOT_DATA = "get the file again, as CSV or JSON";

const MAGICS: readonly Magic[] = [
  { kind: "a zip archive", bytes: [0x50, 0x4b, 3, 4], fix: piped("unzip -p", "funzip") },
  { kind: "compressed with xz", bytes: [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0], fix: piped("xz -dc") },
  { kind: "compressed with lz4", bytes: [4, 0x22, 0x4d, 0x18], fix: piped("lz4 -dc") },
  { kind: "compressed with compress (.Z)", bytes: [0x1f, 0x9d], fix: piped("gzip -dc") },
  {
    kind: "a 7z archive",
    bytes: [0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c],
    fix: piped("7z e -so", "bsdtar -xO"),
  },
  { kind: "a Parquet file", bytes: [...ASCII("PAR1"), 0x15], fix: parquetFix },
  {
    kind: "an Arrow file",
    bytes: [...ASCII("ARROW1"), 0],
    fix: () => "write it as CSV, for example with pyarrow",
  },
  { kind: "an Avro file", bytes: [...ASCII("Obj"), 1], fix: piped("avro-tools tojson") },
  {
    kind: "a workbook of old Excel (.xls), or another Office file",
    bytes: [0xd0, 0xcf, 0x11, 0xe0],
    fix: sheetFix,
  },
  { kind: "a PDF", bytes: ASCII("%PDF-"), fix: () => NOT_DATA },
  {
    kind: "an SQLite database",
    bytes: [...ASCII("SQLite format 3"), 0],
    fix: (name) =>
      name === "-"
        ? NOT_DATA
        : `sqlite3 -csv -header ${shellWord(name)} 'select * from TABLE' | upsurge - with the same options`,
  },
];

function parquetFix(name: string): string {
  if (name === "-") return "save it to a file and write that as CSV, for example with duckdb";
  const query = `copy (from read_parquet('${name.replaceAll("'", "''")}')) to '/dev/stdout' (format csv, header)`;
  return `duckdb -c ${shellQuoted(query)} | upsurge - with the same options`;
}

function sheetFix(name: string): string {
  if (name === "-") return AS_CSV;
  return `${AS_CSV}; or libreoffice --headless --convert-to csv --outdir converted ${shellWord(name)}`;
}

/**
 * Throws `SOURCE_KIND` for bytes that are no text in `encoding`. A stream is asked for more than its first three bytes only with
 * reason.
 */
export async function refuseForeignBytes(
  bytes: PeekableBytes,
  name: string,
  encoding: string,
): Promise<void> {
  if (/^utf-?16/i.test(encoding.trim())) refuseNarrow(await bytes.peek(16), name);
  const start = await bytes.peek(3);
  const isBzip2 = start.toString("latin1") === "BZh";
  if (!isBzip2 && !MAGICS.some((each) => mayBe(start, each))) return;
  const head = await bytes.peek(16);
  if (isBzip2 && head.subarray(4, 10).toString("hex") === "314159265359") {
    throw foreign(name, { kind: "compressed with bzip2", fix: piped("bzip2 -dc") });
  }
  const found = MAGICS.find((each) => each.bytes.every((byte, at) => head[at] === byte));
  if (found === undefined) return;
  throw foreign(
    name,
    found.bytes[0] === 0x50 && found.bytes[1] === 0x4b ? await zipKind(bytes, name, found) : found,
  );
}

/** Plain letters, which in UTF-16 would have a zero beside each. */
function refuseNarrow(head: Buffer, name: string): void {
  if (head.length < 4 || head.includes(0) || !isAscii(head)) return;
  const kind = "not in UTF-16: its letters are single bytes";
  throw foreign(name, { kind, fix: () => "leave --encoding out, or pass the encoding it has" });
}

function mayBe(start: Buffer, { bytes }: Magic): boolean {
  return bytes.slice(0, 3).every((byte, at) => start[at] === byte);
}

/** Workbooks are zip archives of XML. */
async function zipKind(bytes: PeekableBytes, name: string, zip: ForeignKind): Promise<ForeignKind> {
  const head = (await bytes.peek(4096)).toString("latin1");
  if (/\.xlsx?$/i.test(name) || /\[Content_Types\]\.xml|xl\/|_rels\/\.rels/.test(head)) {
    return { kind: "an Excel workbook (.xlsx)", fix: sheetFix };
  }
  return head.includes("vnd.oasis.opendocument")
    ? { kind: "an OpenDocument file", fix: sheetFix }
    : zip;
}

const TEXTS: readonly (ForeignKind & { readonly pattern: RegExp })[] = [
  {
    kind: "a web page (HTML), as a login or an error gives",
    pattern: /^\s*(?:<!doctype html|<html|<head\b|<body\b)/i,
    fix: () => "look at it, and get the file again; curl --fail stops at a page that is an error",
  },
  {
    kind: "XML",
    pattern: /^\s*(?:<\?xml\b|<Error>)/i,
    fix: () =>
      "look at it: the answer of a server may be an error; write its records as CSV or JSON",
  },
  {
    kind: "a pointer of Git LFS, not the file itself",
    pattern: /^version https:\/\/git-lfs\.github\.com\/spec\//,
    fix: (name) =>
      `git lfs pull --include ${name === "-" ? "PATH" : shellWord(name)}, then run the same command`,
  },
];

/** Throws `SOURCE_KIND` for a text that is no table, and for UTF-16 that is not read as such. */
export function refuseForeignText(head: Buffer, name: string, isUtf8: boolean): void {
  const start = head.subarray(0, 512);
  const wide = isUtf8 ? guessUtf16(start.subarray(0, 64)) : null;
  if (wide !== null) {
    const kind = `text in ${wide.toUpperCase()} without a byte order mark`;
    throw foreign(name, { kind, fix: () => `pass --encoding ${wide}` });
  }
  const text = start.toString("latin1").replace(/^\u00ef\u00bb\u00bf/, "");
  const found = TEXTS.find(({ pattern }) => pattern.test(text));
  if (found !== undefined) throw foreign(name, found);
  if (head.subarray(257, 262).toString("latin1") === "ustar") {
    throw foreign(name, { kind: "a tar archive", fix: piped("tar -xO -f", "tar -xO") });
  }
}

const URLS: readonly (readonly [RegExp, (url: string) => string])[] = [
  [/^s3:\/\//i, (url) => `aws s3 cp ${shellWord(url)} - | upsurge - with the same options`],
  [/^gs:\/\//i, (url) => `gcloud storage cat ${shellWord(url)} | upsurge - with the same options`],
  [
    /^(?:https?|ftps?|sftp):\/\//i,
    (url) => `curl -fsSL ${shellWord(url)} | upsurge - with the same options`,
  ],
  [
    /^file:\/\//i,
    (url) =>
      `name the file by its path: ${shellWord(url.replace(/^file:\/\/(?:localhost)?/i, ""))}`,
  ],
  [
    /^(?:postgres(?:ql)?|sqlserver|mssql|sqlite3?):/i,
    () => "a source is a file; the database goes to --to",
  ],
];

/** Throws `SOURCE_KIND` for a source that is a URL. */
export function refuseUrl(source: string): void {
  const found = URLS.find(([pattern]) => pattern.test(source));
  if (found === undefined) return;
  throw foreign(source, { kind: "a URL", fix: found[1] });
}

function foreign(name: string, { kind, fix }: ForeignKind): Error {
  const path = sourceLabel(name);
  return upsurgeError("SOURCE_KIND", { path, kind, suggestion: fix(name) }, { where: path });
}

/**
 * The first line of a CSV source: whether it is a header or data, and the names of the fields, from the header, from
 * `--columns` or by number.
 */
import { plural } from "../../errors/format.ts";
import { upsurgeError } from "../../errors/upsurge-error.ts";
import type { UpsurgeError } from "../../errors/upsurge-error.ts";
import type { HeaderField, HeaderUse } from "../../model/header.ts";
import { shellQuoted } from "../../errors/shell-word.ts";
import { sourceLabel } from "../../errors/source-label.ts";
import type { CsvTexts } from "./fields.ts";
import { headerFields } from "./header-fields.ts";
import type { ReadOptions } from "../source.ts";

/** No table has as many columns; a header that long is no header. */
const MOST_FIELDS = 4096;

/** The most bytes of a header. */
export const HEADER_BYTES = 1024 * 1024;

/** The first line, as far as it can be read. */
export interface FirstLine {
  readonly line: number;
  readonly count: number;
  readonly texts: CsvTexts;
  /** The fields in quotes, by index. */
  readonly quoted: readonly number[] | null;
  /** The flag for its quotes, or for its encoding; `null` where none is known. */
  readonly remedy: string | null;
  /** Its text, for messages. */
  readonly shown: string;
}

/** What the first line comes to. */
export interface Header {
  readonly fields: readonly HeaderField[];
  readonly use: HeaderUse;
}

/** An error about the header of `path`; `fix` where the reason has its own. */
function headerError(path: string, reason: string, fix: string | undefined): UpsurgeError {
  const name = sourceLabel(path);
  return upsurgeError("SOURCE_HEADER", { path: name, reason }, { fix, where: `${name}, header` });
}

/**
 * The fields of a source by its first line (`null`: it has none) and what was said of it.
 * Throws `SOURCE_HEADER`; `OPTION_MISSING` where the line may be a header or data, and nothing says which.
 */
export function readHeader(
  path: string,
  first: FirstLine | null,
  { header, columns }: Pick<ReadOptions, "header" | "columns">,
): Header {
  if (header !== false) refuseSepLine(path, first);
  const line = first?.line ?? 1;
  const repeats = first !== null && columns !== null && isMadeOf(first, columns);
  const used = (taken: HeaderUse["taken"]): HeaderUse => ({ taken, line, repeats });
  // Blanks in names of --columns are meant.
  const named = (names: readonly string[]): readonly HeaderField[] =>
    headerFields(names, names === columns ? [...names.keys()] : first?.quoted);
  if (first === null) return { fields: named(columns ?? []), use: used("none") };
  if (header === false) {
    return { fields: named(columns ?? numberedNames(first.count)), use: used("data") };
  }
  if (columns === null) return { fields: named(namesOf(path, first)), use: used("names") };
  if (repeats) return { fields: named(columns), use: used("names") };
  if (header === null) throw undecided(path, first);
  refuseMiscounted(path, first, columns);
  return { fields: named(columns), use: used("passed-over") };
}

/** Excel's own first line, which says what the delimiter is. */
function refuseSepLine(path: string, first: FirstLine | null): void {
  const [, delimiter] = /^"?sep=(.)"?$/i.exec(first?.shown ?? "") ?? [];
  if (first === null || delimiter === undefined) return;
  const shown = delimiter === " " ? "'\\t'" : shellQuoted(delimiter);
  const fix = `pass --skip-lines ${first.line} --delimiter ${shown}`;
  const reason = `line ${first.line} is Excel's ${JSON.stringify(first.shown)}, which names the delimiter and no fields`;
  const name = sourceLabel(path);
  // Whoever may read it otherwise, as `inspect` does, finds how in the details.
  const how = { skipLines: first.line, delimiter: delimiter === " " ? "\t" : delimiter };
  throw upsurgeError(
    "SOURCE_HEADER",
    { path: name, reason, ...how },
    { fix, where: `${name}, header` },
  );
}

/** Whether the line is made of these names alone. */
function isMadeOf({ texts }: FirstLine, columns: readonly string[]): boolean {
  return (
    Array.isArray(texts) &&
    texts.length === columns.length &&
    texts.every((text, index) => text === columns[index])
  );
}

/** Nothing is guessed: a header that is loaded is a false row, and a record that is passed over is lost. */
function undecided(path: string, { line, shown }: FirstLine): UpsurgeError {
  const name = sourceLabel(path);
  return upsurgeError(
    "OPTION_MISSING",
    {
      flag: "--header or --no-header",
      reason: `--columns names the fields, and line ${line} of ${name} does not repeat them all: it may be a header or data. It is: ${shown}`,
    },
    {
      fix: `add --no-header if that is data, or --header if it is a header to pass over; it then holds for every source, so load those with a header and those without by themselves`,
      where: `${name}, line ${line}`,
    },
  );
}

/** A header that is passed over counts only for its number of fields: its names may be in another encoding. */
function refuseMiscounted(path: string, first: FirstLine, columns: readonly string[]): void {
  const { texts, count } = first;
  if (!Array.isArray(texts) && texts.code !== "ROW_ENCODING") textsOf(path, first);
  if (columns.length === count) return;
  throw headerError(
    path,
    `it has ${count} fields and --columns names ${columns.length}`,
    `name all ${count} fields with --columns; --map NAME: drops a field that has no column`,
  );
}

function textsOf(path: string, { texts, remedy }: FirstLine): readonly string[] {
  if (Array.isArray(texts)) return texts;
  if (texts.code === "ROW_TOO_LARGE") throw tooLong(path);
  throw headerError(path, texts.message, remedy ?? undefined);
}

function tooLong(path: string): UpsurgeError {
  return headerError(path, `it is longer than ${plural(HEADER_BYTES, "byte")}`, TOO_LONG);
}

/** The fix of a first line that does not end. */
export const TOO_LONG =
  "check that it is CSV, and its quotes: if quotes mean nothing in it, pass --quote ''";

/** The names themselves, when they are not too many. */
function namesOf(path: string, first: FirstLine): readonly string[] {
  const names = textsOf(path, first);
  if (names.length <= MOST_FIELDS) return names;
  throw headerError(
    path,
    `it has ${names.length} fields, and ${MOST_FIELDS} are the most`,
    "check --delimiter, and that line 1 is a header; lines before it are passed over with --skip-lines N",
  );
}

/** The names of fields that have none: 1, 2, 3, … */
function numberedNames(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => String(index + 1));
}

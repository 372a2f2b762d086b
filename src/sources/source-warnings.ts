/** What a user should know of a source whose records were read. */
import type { HeaderUse } from "../model/header.ts";
import { formatCount } from "../errors/format.ts";
import { sourceLabel } from "../errors/source-label.ts";
import type { SourceEnding } from "../read/format-reader.ts";
import type { UnfinishedRecord } from "../read/text/record-stream.ts";
import type { SourceFormat } from "../read/formats.ts";
import type { ReadOptions } from "../read/source.ts";

/** A source that was read to its end. */
export interface EndedSource {
  readonly name: string;
  readonly format: SourceFormat;
  /** It cannot be read twice: a pipe, whose other end may have died. */
  readonly isStream: boolean;
  /** `null` when it is empty. */
  readonly lastByte: number | null;
  /** How it has changed since it was opened, as a clause; `null` where it has not, or may. */
  readonly changed: string | null;
  /** What the first line of a CSV was taken for. */
  readonly header: HeaderUse | null;
}

const LINE_ENDS: readonly (number | null)[] = [10, 13];

/** The warnings for a source that was read to its end. */
export function sourceWarnings(
  source: EndedSource,
  ending: SourceEnding,
  { limit }: Pick<ReadOptions, "limit">,
): string[] {
  const name = sourceLabel(source.name);
  const dropped = [
    ...surplusText(name, ending.surplus),
    ...repeatedText(name, ending.repeated),
    ...jointTexts(name, ending.joints),
    ...slashText(name, ending.slashN ?? null),
    ...(ending.byColumns === true ? [byColumnsText(name)] : []),
  ];
  // A limit may have ended the reading before the source has ended.
  const isLimited = limit !== null && ending.records >= limit;
  const changed = source.changed === null ? [] : [changedText(name, source.changed)];
  if (!isLimited) return [...dropped, ...changed, ...endWarnings(name, source, ending)];
  const isCut = ending.atEnd === true && ending.records > 0 && mayBeCut(source);
  return isCut ? [...dropped, cutText(name, ending.records)] : dropped;
}

function endWarnings(name: string, source: EndedSource, ending: SourceEnding): string[] {
  if (ending.unfinished !== null) return [unfinishedText(name, ending.unfinished)];
  const isCsv = source.format === "csv" || source.format === "tsv";
  if (!isCsv || source.lastByte === null) return [];
  if (ending.records === 0) return withoutRecords(name, source, ending);
  const junk = JUNK.get(source.lastByte);
  if (junk !== undefined)
    return [`${name} ends in ${junk}; it is a part of the last value: take it out`];
  return mayBeCut(source) ? [cutText(name, ending.records)] : [];
}

/** Bytes that end files, and are no text. */
const JUNK: ReadonlyMap<number, string> = new Map([
  [0x1a, "Ctrl-Z, as files of DOS do"],
  [0, "a zero byte, as what a crash leaves does"],
]);

function surplusText(name: string, surplus: SourceEnding["surplus"]): string[] {
  const { records, line } = surplus ?? { records: 0, line: 0 };
  if (records === 0) return [];
  const what = records === 1 ? "1 record has" : `${formatCount(records)} records have`;
  const where = records === 1 ? `in line ${line}` : `the first in line ${line}`;
  return [
    `${name}: ${what} more values than the header has fields, ${where}; --extra-fields ignore drops them`,
  ];
}

function repeatedText(name: string, repeated: SourceEnding["repeated"]): string[] {
  if (repeated === undefined) return [];
  const { records, line } = repeated;
  const field = JSON.stringify(repeated.name);
  const what =
    records === 1
      ? `1 record has a name twice in an object, ${field} in line ${line}`
      : `${formatCount(records)} records have a name twice in an object, the first ${field} in line ${line}`;
  return [`${name}: ${what}; the last value counts`];
}

/** What was read as data, and begins a file that was joined to another. */
function jointTexts(name: string, joints: SourceEnding["joints"]): string[] {
  return [...(joints ?? [])].map(([kind, { records, line }]) => {
    const isOne = records === 1;
    const count = isOne ? "1 record" : `${formatCount(records)} records`;
    const where = isOne ? `in line ${line}` : `the first in line ${line}`;
    const is = isOne ? "is the header" : "are the header";
    const begins = isOne ? "begins" : "begin";
    const [what, remedy] =
      kind === "header"
        ? [`${is} again, and data`, isOne ? "take the line out" : "take the lines out"]
        : [`${begins} with a byte order mark, a part of the value`, "take it out"];
    return `${name}: ${count} ${what}, ${where}, as where files are joined; ${remedy}, or name the files one by one`;
  });
}

function byColumnsText(name: string): string {
  return `${name} seems to be written by columns, as pandas does, and is read as one record: write it with to_json(orient="records")`;
}

function slashText(name: string, line: number | null): string[] {
  if (line === null) return [];
  return [
    `${name}: a field is \\N, as MySQL and COPY write NULL, in line ${line}, and is read as these letters; --null '\\N' makes NULL of it`,
  ];
}

/** Somebody is still writing it, or has written another one over it. */
function changedText(name: string, change: string): string {
  return `${name} changed while it was read: ${change}; what was read may be neither of the two: load it again once nobody writes to it`;
}

/** A last record without its line end. Many files end so; a pipe seldom does. */
function mayBeCut({ isStream, lastByte }: EndedSource): boolean {
  return isStream && !LINE_ENDS.includes(lastByte);
}

function cutText(name: string, record: number): string {
  return `${name} does not end in a line end: its last record, number ${record}, may be cut, and is loaded as it is; --require-final-newline refuses such a source`;
}

/** A source that is not empty, and of which no record was read. */
function withoutRecords(
  name: string,
  { lastByte, header }: EndedSource,
  { passedLines }: SourceEnding,
): string[] {
  if (passedLines > 0) {
    const lines = passedLines === 1 ? "1 line" : `${passedLines} lines`;
    return [
      `no record in ${name}, which is not empty: ${lines} passed over by --comment or --skip-lines`,
    ];
  }
  if (header?.taken === "none") return [`no record in ${name}, which has only blank lines`];
  if (header?.taken === "passed-over") {
    return [
      `no record in ${name}: line ${header.line} is passed over (--header), and there is no other`,
    ];
  }
  if (LINE_ENDS.includes(lastByte)) return [];
  return [`no record in ${name}: its only line has no line end, and is taken for the header`];
}

function unfinishedText(name: string, { line, lines, isQuoted }: UnfinishedRecord): string {
  const left = `${lines === 1 ? "1 unfinished line" : `${lines} unfinished lines`} left in ${name}`;
  const place = lines === 1 ? `line ${line}` : `lines ${line}-${line + lines - 1}`;
  const why = isQuoted ? "a quote is not closed yet" : "its line end has not come yet";
  return `${left}: ${place}, where ${why}; the next run takes it once it is whole`;
}

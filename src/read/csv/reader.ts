/**
 * CSV and TSV: the header, then chunks of records.
 */
import type { Charset } from "../text/charset.ts";
import { CR, csvDialect, detectLineEnd, LF } from "./dialect.ts";
import type { CsvDialect } from "./dialect.ts";
import { Prefetch } from "../ahead/prefetch.ts";
import { CsvBytes, whySlowPath } from "./fast-path.ts";
import type { CsvSource } from "./fast-path.ts";
import { csvChunks } from "./chunks.ts";
import type { CsvParts } from "./chunks.ts";
import { CsvFields } from "./fields.ts";
import { HEADER_BYTES, readHeader } from "./header.ts";
import type { FirstLine } from "./header.ts";
import { CsvRecords } from "./records.ts";
import { SlashN } from "./slash-n.ts";
import { CsvSplitter } from "./splitter.ts";
import type { CsvSpan } from "./span.ts";
import type { RecordLimits } from "./splitter.ts";
import type { FormatReader, ReaderInput, SourceEnding } from "../format-reader.ts";
import { remedyFor } from "./header-fix.ts";
import { refuseJson } from "./refuse-json.ts";
import type { PackedRun } from "../text/fast-path.ts";
import { skipLinesTo } from "../text/skip-to.ts";
import { RecordStream } from "../text/record-stream.ts";
import type { RecordRun } from "../text/record-stream.ts";
import type { ReadOptions } from "../source.ts";

interface CsvOpening {
  readonly dialect: CsvDialect;
  readonly stream: RecordStream<CsvSpan>;
  readonly splitter: CsvSplitter;
  readonly texts: CsvFields;
}

/** Reads the header of a CSV (or TSV) source and prepares its records. */
export async function openCsv(
  input: ReaderInput,
  options: ReadOptions,
  delimiter: "," | "\t",
): Promise<FormatReader> {
  refuseJson(input.name, input.first.bytes, options);
  const opened = await openSplitter(input, options, delimiter);
  const { dialect, splitter, stream } = opened;
  const hasHeader = options.header !== false;
  if (!hasHeader && options.columns !== null) expectFields(splitter, options.columns.length);
  // Without a header it is the first record: it tells the number of fields, and where the lines before it end.
  const first = await stream.next(1);
  const line = firstLine(opened, input.charset, options, first);
  const { fields: headerFields, use } = readHeader(input.name, line, options);
  const fields = headerFields.map(({ key }) => key);
  const head = hasHeader ? first : null;
  let waiting = hasHeader ? null : first;
  expectFields(splitter, fields.length);
  const heading = headingOf(head);
  const bytes = packerOf(input, dialect, options, { fields, heading });
  const ahead = bytes === null ? null : aheadOf(input, bytes);
  const parts = {
    stream,
    splitter,
    slashN: new SlashN(dialect.delimiter, options),
    records: new CsvRecords({ ...input, heading }, opened.texts, options, headerFields),
    bytes,
    ahead,
    splitterAt: (line: number) => splitterAt(dialect, options, { fields: fields.length, line }),
  };
  return {
    fields,
    header: use,
    headerFields,
    preamble: preambleOf(input, splitter, head),
    lineEnd: dialect.lineEnd,
    slowPathReason: whySlowPath(dialect, input.charset, fields),
    chunks: () => csvChunks(parts, { waiting, limit: options.limit }),
    ending: () => endingOf(parts),
    skipTo: async (place) => {
      if (place.record === 0) return "reached";
      waiting = null;
      parts.records.goTo(place.record);
      const ends = { lineEnd: dialect.lineEnd, crIsBlank: false };
      return await skipLinesTo(stream, splitter, { place, ends });
    },
    close: async () => await ahead?.close(),
  };
}

function packerOf(
  { slowPath, charset }: ReaderInput,
  dialect: CsvDialect,
  options: ReadOptions,
  names: Pick<CsvSource, "fields" | "heading">,
): CsvBytes | null {
  return slowPath ? null : CsvBytes.of(dialect, charset, options, names);
}

function aheadOf({ sizeBytes, aheadFrom }: ReaderInput, { source }: CsvBytes): Prefetch<PackedRun> {
  return new Prefetch({ format: "csv", of: source }, sizeBytes, aheadFrom);
}

function endingOf({ records, splitter, stream, slashN }: CsvParts): SourceEnding {
  const { unfinished, passedLines } = splitter;
  const { bytes, last } = stream.block;
  const atEnd = last && (splitter.between ?? 0) >= bytes.length;
  const { counted, surplus, joints } = records;
  const read = { records: counted, unfinished, passedLines, atEnd };
  return { ...read, surplus, joints, slashN: slashN.line };
}

async function openSplitter(
  input: ReaderInput,
  options: ReadOptions,
  delimiter: string,
): Promise<CsvOpening> {
  const { charset, feed } = input;
  const probe = csvDialect(options, delimiter, charset, LF);
  let { first } = input;
  const lineEnd = (): ReturnType<typeof detectLineEnd> =>
    detectLineEnd(probe, first, options.skipLines > 0);
  // A header takes no more bytes; in what is longer, LF ends lines.
  while (lineEnd() === null && first.bytes.length <= HEADER_BYTES) {
    first = await feed.next(first.bytes);
  }
  const isCr = lineEnd() === CR;
  const dialect = isCr ? csvDialect(options, delimiter, charset, CR) : probe;
  const splitter = new CsvSplitter(dialect, limitsOf(options), {
    skipLines: options.skipLines,
    header: options.header !== false,
    headerLimit: HEADER_BYTES,
  });
  splitter.waits = options.followAppend === true;
  const stream = new RecordStream(input, splitter, first, input.base);
  return { dialect, stream, splitter, texts: new CsvFields(dialect, charset) };
}

function limitsOf({ maxRecordBytes, maxRecordLines = Infinity }: ReadOptions): RecordLimits {
  return { bytes: maxRecordBytes, lines: maxRecordLines };
}

function expectFields(splitter: CsvSplitter, fields: number): void {
  splitter.blankIsRecord = fields === 1;
  splitter.maxFields = fields + 1;
}

/** A splitter for bytes that begin with a record, at `line`. */
function splitterAt(
  dialect: CsvDialect,
  options: ReadOptions,
  { fields, line }: { readonly fields: number; readonly line: number },
): CsvSplitter {
  const preface = { skipLines: 0, header: false, headerLimit: HEADER_BYTES };
  const splitter = new CsvSplitter(dialect, limitsOf(options), preface);
  expectFields(splitter, fields);
  splitter.skip(0, line - 1);
  return splitter;
}

/** Characters of the first line that are shown, at most. */
const SHOWN = 80;

function firstLine(
  { dialect, texts }: CsvOpening,
  charset: Charset,
  options: ReadOptions,
  run: RecordRun<CsvSpan> | null,
): FirstLine | null {
  const [span] = run?.spans ?? [];
  if (run === null || span === undefined) return null;
  const [from, to] = [Math.max(0, span.start), Math.max(0, span.contentEnd)];
  const bytes = run.bytes.subarray(from, to);
  const head = bytes.subarray(0, 8 * SHOWN);
  const text = withoutControls(charset.decode(head) ?? head.toString());
  const [found = []] = texts.texts(run);
  const reading = { dialect, charset, options };
  return {
    line: span.firstLine,
    count: span.count,
    texts: found,
    quoted: span.quoted,
    remedy: Array.isArray(found) ? null : remedyFor(found, bytes, reading),
    shown: text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text,
  };
}

function withoutControls(text: string): string {
  // All of Unicode's take longer to be made ready than a small file to be read.
  if (/^[\x20-\x7E]*$/.test(text)) return text;
  return text.replace(/[\p{Cc}\p{Cf}]+/gu, " ");
}

/** The line of the header without its end, in bytes of its own: they are sent to the thread that reads ahead. */
function headingOf(head: RecordRun<CsvSpan> | null): Uint8Array {
  const [span] = head?.spans ?? [];
  if (head === null || span === undefined) return new Uint8Array();
  const [from, to] = [Math.max(0, span.start), Math.max(0, span.contentEnd)];
  return Uint8Array.from(head.bytes.subarray(from, to));
}

function preambleOf(
  input: ReaderInput,
  splitter: CsvSplitter,
  head: RecordRun<CsvSpan> | null,
): Uint8Array {
  const [span] = head?.spans ?? [];
  const header =
    head === null || span === undefined ? [] : [head.bytes.subarray(span.start, span.end)];
  const before = Buffer.concat([...splitter.preface, ...header]);
  return Buffer.concat([input.mark, input.charset.original(before)]);
}

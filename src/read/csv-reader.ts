/**
 * CSV and TSV: the header, then chunks of records.
 */
import { CR, csvDialect, detectLineEnd, LF } from "./csv-dialect.ts";
import type { CsvDialect } from "./csv-dialect.ts";
import { CsvAhead } from "./csv-ahead.ts";
import { CsvBytes, whyCareful } from "./csv-bytes.ts";
import { csvChunks } from "./csv-chunks.ts";
import { CsvFields } from "./csv-fields.ts";
import { checkedNames, fieldNames, headerError, numberedNames } from "./csv-header.ts";
import { CsvRecords } from "./csv-records.ts";
import { CsvSplitter } from "./csv-splitter.ts";
import type { CsvSpan, RecordLimits } from "./csv-splitter.ts";
import type { FormatReader, ReaderInput } from "./format-reader.ts";
import { passLines } from "./pass-over.ts";
import { RecordStream } from "./record-stream.ts";
import type { Stretch } from "./record-stream.ts";
import type { ReadOptions } from "./source.ts";

const HEADER_BYTES = 1024 * 1024;

interface Opened {
  readonly dialect: CsvDialect;
  readonly stream: RecordStream<CsvSpan>;
  readonly splitter: CsvSplitter;
  readonly texts: CsvFields;
}

/** Reads the header of a CSV (or TSV) source and prepares its records. */
export async function openCsv(
  input: ReaderInput,
  options: ReadOptions,
  format: "csv" | "tsv",
): Promise<FormatReader> {
  const opened = await openSplitter(input, options, format === "tsv" ? "\t" : ",");
  const { dialect, splitter, stream, texts } = opened;
  const head = options.header ? await stream.next(1) : null;
  const names = head === null ? null : headerNames(input.name, texts, head);
  // Without a header the first record tells the number of fields, and where the lines before it end.
  let waiting = options.header ? null : await stream.next(1);
  let fields: readonly string[];
  if (names !== null) fields = fieldNames(input.name, names, options.columns);
  else if (options.columns !== null) fields = checkedNames(input.name, options.columns);
  else fields = numberedNames(waiting?.spans[0]?.count ?? 0);
  expectFields(splitter, fields.length);
  const bytes = input.careful ? null : CsvBytes.of(dialect, input.charset, options, fields);
  const ahead = bytes === null ? null : new CsvAhead(bytes, input.aheadFrom);
  const parts = {
    stream,
    splitter,
    records: new CsvRecords(input, texts, options, fields),
    bytes,
    ahead,
    splitterAt: (line: number) => splitterAt(dialect, options, { fields: fields.length, line }),
  };
  return {
    fields,
    preamble: preambleOf(input, splitter, head),
    lineEnd: dialect.lineEnd,
    careful: whyCareful(dialect, input.charset, fields),
    chunks: () => csvChunks(parts, { waiting, limit: options.limit }),
    ending: () => ({
      records: parts.records.counted,
      unfinished: splitter.unfinished,
      passedLines: splitter.passedLines,
    }),
    passTo: async (place) => {
      if (place.record === 0) return "reached";
      waiting = null;
      parts.records.goTo(place.record);
      const ends = { lineEnd: dialect.lineEnd, crIsBlank: false };
      return await passLines(stream, splitter, { place, ends });
    },
    close: async () => await ahead?.close(),
  };
}

async function openSplitter(
  input: ReaderInput,
  options: ReadOptions,
  delimiter: string,
): Promise<Opened> {
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
    header: options.header,
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

function headerNames(path: string, texts: CsvFields, head: Stretch<CsvSpan>): string[] {
  const [names] = texts.texts(head);
  if (Array.isArray(names)) return names;
  if (names?.code === "ROW_TOO_LARGE") {
    throw headerError(path, `it is longer than ${HEADER_BYTES} bytes`);
  }
  throw headerError(path, names?.message ?? "it is empty");
}

function preambleOf(
  input: ReaderInput,
  splitter: CsvSplitter,
  head: Stretch<CsvSpan> | null,
): Uint8Array {
  const [span] = head?.spans ?? [];
  const header =
    head === null || span === undefined ? [] : [head.bytes.subarray(span.start, span.end)];
  const before = Buffer.concat([...splitter.preface, ...header]);
  return Buffer.concat([input.mark, input.charset.original(before)]);
}

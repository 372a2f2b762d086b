/**
 * NDJSON and JSON: each line or element is a record. Only the splitter differs, and that lines have a fast path.
 */
import { isByColumns } from "../../model/json/by-columns.ts";
import { jsonOf } from "../../model/json/json-of.ts";
import type { NestMember } from "../../model/nest/nesting.ts";
import type { SourceOffset } from "../../model/source-offset.ts";
import type { Charset } from "../text/charset.ts";
import { isPlainText } from "../text/fast-path.ts";
import type { FormatReader, ReaderInput } from "../format-reader.ts";
import { Prefetch } from "../ahead/prefetch.ts";
import { JsonBytes } from "./fast-path.ts";
import type { JsonRun } from "./fast-path.ts";
import { jsonChunks } from "./chunks.ts";
import type { JsonParts } from "./chunks.ts";
import { memberPaths } from "./paths.ts";
import { JsonRecords } from "./records.ts";
import { JsonShapes } from "./shapes.ts";
import { JsonSplitter } from "./splitter.ts";
import { LF } from "../csv/dialect.ts";
import { LineSplitter } from "../text/line-splitter.ts";
import { skipElementsTo, skipLinesTo, walkElementsTo } from "../text/skip-to.ts";
import type { LineEnds, SkipResult } from "../text/skip-to.ts";
import { RecordStream } from "../text/record-stream.ts";
import type { Span, UnfinishedRecord } from "../text/record-stream.ts";
import type { ReadOptions } from "../source.ts";

/** Prepares the records of a JSON or NDJSON source. */
export function openJson(
  input: ReaderInput,
  options: ReadOptions,
  format: "json" | "ndjson",
): FormatReader {
  const parts: SeekableParts = format === "json" ? elements(input, options) : lines(input, options);
  return {
    fields: null,
    header: null,
    headerFields: null,
    preamble: input.mark,
    lineEnd: format === "json" ? null : LF,
    slowPathReason: whySlowPath(input.charset, options, format),
    chunks: () => jsonChunks(parts, options.limit),
    ending: () => ({
      records: parts.records.counted,
      unfinished: parts.unfinished(),
      passedLines: 0,
      isOpenEnded: parts.isOpenEnded(),
      ...(format === "json" && parts.records.counted === 1 && seemsByColumns(input)
        ? { byColumns: true }
        : {}),
      ...(parts.records.repeated === null ? {} : { repeated: parts.records.repeated }),
    }),
    skipTo: async (place) => {
      if (place.record === 0) return "reached";
      parts.records.goTo(place.record);
      return await parts.skipTo(place);
    },
    close: async () => await parts.fast?.ahead.close(),
  };
}

/** A member whose own first member is called 0, as a frame of pandas is written: by columns, with the numbers of the rows; or arrays. */
function seemsByColumns({ first }: ReaderInput): boolean {
  const head = first.bytes.subarray(0, 1024).toString("latin1");
  // The beginning tells whether it is worth while to read it all.
  if (first.last && /^\s*\{\s*"(?:[^"\\]|\\.)*"\s*:\s*\[/.test(head))
    return isByColumns(jsonOf(first.bytes.toString().trim()));
  return /^\s*\{\s*"(?:[^"\\]|\\.)*"\s*:\s*\{\s*"0"\s*:/.test(head);
}

/** A thread finds the values of records only, not those of records in them. */
function aheadOf({ sizeBytes, aheadFrom }: ReaderInput, { source }: JsonBytes): Prefetch<JsonRun> {
  const isNested = (source.options.nests ?? []).length > 0;
  const from = isNested ? Infinity : aheadFrom;
  return new Prefetch({ format: "ndjson", of: source }, sizeBytes, from);
}

/** How the lines of NDJSON end. */
const LINES: LineEnds = { lineEnd: 10, crIsBlank: true };

/** The parts of a source that can go on at a place. */
interface SeekableParts extends JsonParts {
  readonly skipTo: (place: SourceOffset) => Promise<SkipResult>;
  readonly unfinished: () => UnfinishedRecord | null;
  readonly isOpenEnded: () => boolean;
}

function whySlowPath(
  charset: Charset,
  { paths = [], nests = [] }: ReadOptions,
  format: "json" | "ndjson",
): string | null {
  if (nests.some(isOfScalars)) return "elements of its arrays stand for records";
  if (memberPaths(paths).length > 0) return "values are taken out of its objects";
  if (format === "json") return "it is no NDJSON: a record may span lines";
  return isPlainText(charset) ? null : `its encoding is ${charset.name}`;
}

/** An element may be a text or a number, or have nothing but another record in it. */
function isOfScalars({ scalar, wraps, members }: NestMember): boolean {
  return scalar !== undefined || wraps === true || members.some(isOfScalars);
}

function elements(input: ReaderInput, options: ReadOptions): SeekableParts {
  const { records: pointer = null } = options;
  const splitter = new JsonSplitter(options.maxRecordBytes, pointer?.parts ?? null);
  const stream = new RecordStream<Span>(input, splitter, input.first, input.base);
  return {
    stream,
    records: new JsonRecords(input, options, new JsonShapes()),
    fast: null,
    unfinished: () => null,
    isOpenEnded: () => (splitter.hasBegun && !splitter.isArray) || splitter.hasDocuments,
    skipTo: async (place) => {
      if (pointer !== null) return await walkElementsTo(stream, splitter, place);
      // The first element tells whether they stand in an array.
      if (!splitter.hasBegun) await stream.next(1);
      return await skipElementsTo(stream, splitter, place);
    },
  };
}

function lines(input: ReaderInput, options: ReadOptions): SeekableParts {
  const shapes = new JsonShapes();
  const splitter = new LineSplitter(options.maxRecordBytes);
  splitter.waits = options.followAppend === true;
  const isSlow = input.slowPath || whySlowPath(input.charset, options, "ndjson") !== null;
  const bytes = isSlow ? null : JsonBytes.of(input.charset, options, shapes);
  const splitterAt = (line: number): LineSplitter => {
    const at = new LineSplitter(options.maxRecordBytes);
    at.skip(0, line - 1);
    return at;
  };
  const stream = new RecordStream<Span>(input, splitter, input.first, input.base);
  return {
    stream,
    records: new JsonRecords(input, options, shapes),
    fast: bytes === null ? null : { splitter, bytes, ahead: aheadOf(input, bytes), splitterAt },
    unfinished: () => splitter.unfinished,
    isOpenEnded: () => false,
    skipTo: async (place) => await skipLinesTo(stream, splitter, { place, ends: LINES }),
  };
}

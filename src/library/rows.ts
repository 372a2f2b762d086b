/**
 * What a caller may load: files by path or pattern, a stream of bytes, or rows as objects. Rows travel as NDJSON, digit by
 * digit, so that they are read, mapped, rejected and counted as records of a file are.
 */
import { Readable } from "node:stream";
import type { ReadableStream as WebStream } from "node:stream/web";
import { upsurgeError } from "../errors/upsurge-error.ts";
import { jsonLine } from "./json-line.ts";
import type { BytesRule } from "./json-line.ts";

/** A row: column or field names with their values; `undefined` means that the row lacks the field. */
export type RowObject = Readonly<Record<string, unknown>>;

/** Rows one after the other. */
export type Rows = Iterable<RowObject> | AsyncIterable<RowObject>;

/** What `load` takes. */
export type LoadSource = string | readonly string[] | Rows | NodeJS.ReadableStream | WebStream;

/** A source as the loader takes it: patterns, and what `-` among them reads. */
export interface ReadySource {
  readonly patterns: readonly string[];
  readonly stdin: NodeJS.ReadableStream;
  /** Rows have a format of their own. */
  readonly isRows: boolean;
}

/** What decides how a source is read. */
export interface SourceFacts {
  /** The caller has said how its bytes are to be read. */
  readonly hasFormat: boolean;
  readonly bytes: BytesRule;
}

/** The paths and patterns that were given; rows and streams have no name, and are `-`. */
export function namedSources(source: LoadSource): readonly string[] {
  if (typeof source === "string") return [source];
  return isPaths(source) ? source : ["-"];
}

/** Tells what was given. Throws `OPTION_*` errors. */
export function readySource(source: LoadSource, { hasFormat, bytes }: SourceFacts): ReadySource {
  if (typeof source === "string") return { ...NO_STREAM, patterns: [source] };
  if (isPaths(source)) return { ...NO_STREAM, patterns: source };
  if (isNodeStream(source)) {
    const inObjects = "readableObjectMode" in source && source.readableObjectMode === true;
    if (!inObjects) return { patterns: ["-"], stdin: source, isRows: false };
  } else if (isWebStream(source) && hasFormat) {
    if (!isIterable(source)) throw notASource(source);
    return { patterns: ["-"], stdin: Readable.fromWeb(source), isRows: false };
  }
  if (hasFormat) {
    const reason = "rows are objects already; a format is for files and streams of bytes";
    throw upsurgeError("OPTION_CONFLICT", { flag: "format", other: "rows", reason });
  }
  if (!isIterable(source)) throw notASource(source);
  return { patterns: ["-"], stdin: Readable.from(lines(source, bytes)), isRows: true };
}

function notASource(source: unknown): Error {
  return upsurgeError("OPTION_VALUE", {
    flag: "the source",
    value: typeof source,
    expected: "paths, a stream of bytes, or rows as objects",
  });
}

const NO_STREAM = { stdin: process.stdin, isRows: false } as const;

function isPaths(source: LoadSource): source is readonly string[] {
  return (
    Array.isArray(source) && source.length > 0 && source.every((each) => typeof each === "string")
  );
}

function isNodeStream(source: LoadSource): source is NodeJS.ReadableStream {
  return typeof source === "object" && "pipe" in source && typeof source.pipe === "function";
}

function isWebStream(source: LoadSource): source is WebStream {
  return typeof source === "object" && "getReader" in source;
}

/** So many bytes are handed on at once. */
const PIECE_BYTES = 64 * 1024;

/** The rows as NDJSON, some at a time. */
async function* lines(
  rows: AsyncIterable<unknown> | Iterable<unknown>,
  bytes: BytesRule,
): AsyncGenerator<Buffer> {
  let text = "";
  let index = 0;
  for await (const row of rows) {
    text += jsonLine(row, index, bytes);
    index += 1;
    if (text.length < PIECE_BYTES) continue;
    yield Buffer.from(text);
    text = "";
  }
  if (text !== "") yield Buffer.from(text);
}

function isIterable(rows: unknown): rows is AsyncIterable<unknown> {
  if (typeof rows !== "object" || rows === null) return false;
  return Symbol.asyncIterator in rows || Symbol.iterator in rows;
}

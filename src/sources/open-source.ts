/**
 * Opens a source: open, decompress, decode, tell the format; the format's reader does the rest.
 */
import type { HeaderField, HeaderUse } from "../model/header.ts";
import type { SourceOffset } from "../model/source-offset.ts";
import type { Position, RecordChunk } from "../model/record.ts";
import { sourceLabel } from "../errors/source-label.ts";
import { upsurgeError } from "../errors/upsurge-error.ts";
import { aboutText } from "../options/of-format.ts";
import { BlockFeed } from "../read/bytes/blocks.ts";
import { charsetOf, isUtf8Name } from "../read/text/charset.ts";
import type { Charset } from "../read/text/charset.ts";
import { decompress, detectCompression } from "../read/bytes/decompress.ts";
import type { Compression } from "../read/bytes/decompress.ts";
import { formatByBeginning, formatByName, formatInstead } from "../read/detect-format.ts";
import type { Format } from "../read/format.ts";
import { FORMATS } from "../read/formats.ts";
import type { SourceFormat } from "../read/formats.ts";
import { refuseForeignBytes, refuseForeignText } from "../read/foreign.ts";
import type { FormatReader, ReaderInput } from "../read/format-reader.ts";
import type { SkipResult } from "../read/text/skip-to.ts";
import { PeekableBytes } from "../read/bytes/peekable-bytes.ts";
import { PrefixHash } from "../read/bytes/prefix-hash.ts";
import type { ReadOptions, Source } from "../read/source.ts";
import { openStoredBytes } from "../read/bytes/stored-bytes.ts";
import type { StoredBytes } from "../read/bytes/stored-bytes.ts";
import { WatchedBytes } from "../read/bytes/watched-bytes.ts";
import { sourceWarnings } from "./source-warnings.ts";
import type { EndedSource } from "./source-warnings.ts";
import { checkWhole, hashToEnd } from "./whole-source.ts";
import type { WholeSource } from "./whole-source.ts";

/** What a source is read from besides files, and how; the sizes of blocks and the slow path are for tests. */
export interface OpenSourceIo {
  readonly stdin?: NodeJS.ReadableStream;
  readonly blockBytes?: number;
  /** The least that the first block holds. */
  readonly firstBytes?: number;
  /** Reads every record on the slow path, also those that the fast path could take. */
  readonly slowPath?: boolean;
  /** Bytes after which the source is read ahead in a thread. */
  readonly aheadFrom?: number;
  /** Told at the end of a source what a user should know of it; none: that there is nothing. */
  readonly onWarnings?: ((name: string, warnings: readonly string[]) => void) | undefined;
  /** Whether a field of this name is of any use: records with many members keep no others. */
  readonly keeps?: (name: string) => boolean;
  /** The formats that there are; absent: all. */
  readonly formats?: readonly Format[];
  /** Hashes what is read, for a load that can go on where it stopped. */
  readonly hashed?: boolean;
  /** Hashes the stored bytes, which are read to their end unless there is a limit. */
  readonly storedHash?: boolean;
  /** Told of what is being opened, before there is a wait for its bytes, so that it can be closed. */
  readonly onOpening?: (opening: Closable) => void;
}

/** What can be closed at any time. */
export interface Closable {
  close(): Promise<void>;
}

/** Opens `path` (`-`: standard input) far enough to know its format and fields. Throws `SOURCE_*` errors. */
export async function openSource(
  path: string,
  options: ReadOptions,
  io: OpenSourceIo = {},
): Promise<Source> {
  const charset = charsetOf(options.encoding);
  const formats: readonly Format[] = io.formats ?? FORMATS;
  const asked = formats.find(({ name }) => name === options.format);
  const stored = await openStoredBytes(path, io.stdin ?? process.stdin);
  io.onOpening?.(stored);
  try {
    const isHashed = io.storedHash === true || (options.expectSha256 ?? null) !== null;
    const watched = new WatchedBytes(stored.chunks(), isHashed);
    const bytes = new PeekableBytes(watched);
    const compression = await detectCompression(bytes, stored.name);
    const plain = new PeekableBytes(decompress(compression, bytes, { stored, watched }));
    const named =
      asked ??
      formatByName(path, formats) ??
      (options.records == null ? await formatOfBytes(plain, formats) : documents(formats));
    refuseRecords(options, named, stored.name);
    const raw = named?.wants === "bytes";
    if (!raw) await refuseForeignBytes(plain, stored.name, options.encoding);
    const input = await decode(stored, plain, { charset, options, io, raw });
    const isUtf8 = input.charset.transcoder === null && isUtf8Name(options.encoding);
    if (!raw) refuseForeignText(input.first.bytes, stored.name, isUtf8);
    const found = formatOf({ asked, named }, input.first.bytes, formats);
    const reader = await found.open(input, options);
    // The names of the list are those of the type.
    const format = found.name as SourceFormat;
    const whole = { name: stored.name, stored, watched, feed: input.feed, reader };
    const check = async (): Promise<void> => {
      await checkWhole(whole, options);
      const ended = await endedSource(whole, format, options);
      io.onWarnings?.(stored.name, sourceWarnings(ended, reader.ending(), options));
    };
    const isWhole = io.storedHash === true && options.limit === null;
    const sha256 = isWhole ? () => hashToEnd(whole) : null;
    return new OpenSource(stored, input, { compression, format, reader, check, sha256 });
  } catch (error) {
    await stored.close();
    throw error;
  }
}

/** What is known of a source once it was read to its end. */
async function endedSource(
  { name, stored, feed, reader }: WholeSource,
  format: SourceFormat,
  { followAppend }: ReadOptions,
): Promise<EndedSource> {
  return {
    name,
    format,
    isStream: !stored.rereadable,
    lastByte: feed.lastByte,
    // A file that is followed is one that grows.
    changed: followAppend === true ? null : await stored.changed(),
    header: reader.header,
  };
}

/** The format that is asked for, else the one that is named, else by the first bytes. */
function formatOf(
  { asked, named }: { readonly asked: Format | undefined; readonly named: Format | null },
  head: Buffer,
  formats: readonly Format[],
): Format {
  if (asked !== undefined) return asked;
  return named === null ? formatByBeginning(head, formats) : formatInstead(named, head, formats);
}

/** What a source with `--records` is where nothing else says what it is. */
function documents(formats: readonly Format[]): Format | null {
  return formats.find(({ name }) => name === "json") ?? null;
}

/** `--records` is about documents. Throws `OPTION_CONFLICT`. */
function refuseRecords({ records }: ReadOptions, format: Format | null, source: string): void {
  if (records == null || format === null || format.name === "json") return;
  const other = `${sourceLabel(source)}, whose format is ${format.name}`;
  const reason = aboutText("records");
  const fix =
    format.name === "ndjson"
      ? "pass --format json as well, if each line holds a document; or leave --records out"
      : "leave --records out";
  throw upsurgeError(
    "OPTION_CONFLICT",
    { flag: "--records", other, reason },
    { where: source, fix },
  );
}

/** The format whose bytes would not be left as they are if they were taken for text. */
async function formatOfBytes(
  plain: PeekableBytes,
  formats: readonly Format[],
): Promise<Format | null> {
  const binary = formats.filter(({ wants }) => wants === "bytes");
  if (binary.length === 0) return null;
  const head = await plain.peek(MAGIC_BYTES);
  return binary.find(({ begins }) => begins?.(head) === true) ?? null;
}

/** By so many bytes a format is recognised, at most. */
const MAGIC_BYTES = 16;

interface DecodeOptions {
  readonly charset: Charset;
  readonly options: ReadOptions;
  readonly io: OpenSourceIo;
  /** The format wants the bytes as they are. */
  readonly raw: boolean;
}

type DecodedInput = ReaderInput & { readonly prefix: PrefixHash | null };

async function decode(
  { name, sizeBytes }: StoredBytes,
  plain: PeekableBytes,
  how: DecodeOptions,
): Promise<DecodedInput> {
  const head = await plain.peek(3);
  const found = how.raw ? NO_MARK : byteOrderMark(head, how.options.encoding);
  const charset = found.encoding === null ? how.charset : charsetOf(found.encoding);
  plain.drop(found.length);
  const decoded = how.raw ? null : charset.transcoder?.toUtf8(plain, name);
  const stream = decoded ?? plain;
  const { blockBytes, firstBytes, hashed, slowPath = false, aheadFrom, keeps } = how.io;
  const base = charset.transcoder === null ? found.length : 0;
  const mark = Buffer.from(head.subarray(0, found.length));
  const prefix = hashed === true ? new PrefixHash() : null;
  // Offsets count from the beginning of the stream, so the byte order mark is before them.
  prefix?.take(mark.subarray(0, base));
  const feed = new BlockFeed(stream, { blockBytes, firstBytes, prefix });
  const first = await feed.next(Buffer.alloc(0));
  return {
    name,
    charset,
    feed,
    first,
    base,
    mark,
    slowPath,
    keeps,
    sizeBytes,
    aheadFrom,
    prefix,
  };
}

const NO_MARK = { length: 0, encoding: null } as const;

/** The byte order mark at the head, and the encoding that it tells when none was asked for. */
function byteOrderMark(
  head: Buffer,
  encoding: string,
): { readonly length: number; readonly encoding: string | null } {
  const asked = encoding.trim().toLowerCase().replace(/[-_]/g, "");
  const open = isUtf8Name(encoding) || asked === "utf16";
  const starts = (...mark: number[]): boolean => mark.every((byte, at) => head[at] === byte);
  if (starts(0xff, 0xfe) && (open || asked === "utf16le")) {
    return { length: 2, encoding: "utf-16le" };
  }
  if (starts(0xfe, 0xff) && (open || asked === "utf16be")) {
    return { length: 2, encoding: "utf-16be" };
  }
  if (starts(0xef, 0xbb, 0xbf) && isUtf8Name(encoding)) return { length: 3, encoding: null };
  return NO_MARK;
}

interface FoundFormat {
  readonly compression: Compression | null;
  readonly format: SourceFormat;
  readonly reader: FormatReader;
  /** Done when all records were handed out. */
  readonly check: () => Promise<void>;
  /** Of the stored bytes; `null` where it is not wanted. */
  readonly sha256: (() => Promise<string | null>) | null;
}

class OpenSource implements Source {
  readonly name: string;
  readonly format: SourceFormat;
  readonly compression: Compression | null;
  readonly fields: readonly string[] | null;
  readonly header: HeaderUse | null;
  readonly headerFields: readonly HeaderField[] | null;
  readonly slowPathReason: string | null;
  readonly preamble: Uint8Array;
  readonly #stored: StoredBytes;
  readonly prefix: PrefixHash | null;
  readonly #feed: BlockFeed;
  readonly #reader: FormatReader;
  readonly #found: FoundFormat;
  readonly #charset: Charset;
  storedSha256: string | null = null;
  #closing: Promise<void> | null = null;
  #ended = false;

  constructor(stored: StoredBytes, { feed, prefix, charset }: DecodedInput, found: FoundFormat) {
    this.name = stored.name;
    this.format = found.format;
    this.compression = found.compression;
    this.fields = found.reader.fields;
    this.header = found.reader.header;
    this.headerFields = found.reader.headerFields;
    this.slowPathReason = found.reader.slowPathReason;
    this.preamble = found.reader.preamble;
    this.#stored = stored;
    this.prefix = prefix;
    this.#feed = feed;
    this.#reader = found.reader;
    this.#charset = charset;
    this.#found = found;
  }

  get sizeBytes(): number | null {
    return this.#stored.sizeBytes;
  }

  get rereadable(): boolean {
    return this.#stored.rereadable;
  }

  get ended(): boolean {
    return this.#ended;
  }

  get bytesRead(): number {
    return this.#stored.bytesRead;
  }

  offsetAfter({ byte, line, record }: Position): SourceOffset {
    // The next line begins where a record has ended, unless records end by themselves.
    const next = this.#reader.lineEnd === null ? 0 : 1;
    return { byte: byte[1], record, line: line[1] + next };
  }

  encode(text: string): Uint8Array {
    return this.#charset.original(this.#charset.encode(text));
  }

  skipTo(offset: SourceOffset): Promise<SkipResult> {
    return this.#reader.skipTo(offset);
  }

  async *chunks(): AsyncGenerator<RecordChunk> {
    try {
      for await (const chunk of this.#reader.chunks()) {
        yield chunk;
        if (this.#closing !== null) return;
      }
      await this.#found.check();
      this.storedSha256 = (await this.#found.sha256?.()) ?? null;
      this.#ended = true;
    } catch (error) {
      // What a source says after it was closed is of no interest.
      if (this.#closing === null) throw error;
    } finally {
      await this.close();
    }
  }

  close(): Promise<void> {
    this.#closing ??= this.#release();
    return this.#closing;
  }

  async #release(): Promise<void> {
    await this.#stored.close();
    await this.#reader.close?.();
    // A stream in the middle of a read settles this by itself; nobody has to wait for it.
    this.#feed.close().catch(() => {});
  }
}

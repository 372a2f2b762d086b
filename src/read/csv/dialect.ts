/**
 * The dialect flags as bytes, and what each byte can mean; made once for a source.
 */
import type { Block } from "../bytes/blocks.ts";
import type { Charset } from "../text/charset.ts";
import type { ReadOptions } from "../source.ts";

/** The byte of a line feed. */
export const LF = 10;
/** The byte of a carriage return. */
export const CR = 13;

/** What a byte, or a character that begins with it, is to the splitter. */
export const KIND = {
  ordinary: 0,
  lineEnd: 1,
  delimiter: 2,
  quote: 3,
  escape: 4,
  blank: 5,
  carriageReturn: 6,
} as const;

// Not a kind: the byte begins a character of several bytes that has to be compared.
const LONG = 7;

/** A dialect in bytes. */
export interface CsvDialect {
  readonly delimiter: string;
  readonly quote: string | null;
  readonly escape: string | null;
  readonly trim: boolean;
  /** LF: lines end with it, or with CR and LF. CR: with that, with LF, or with both. */
  readonly lineEnd: typeof LF | typeof CR;
  readonly comment: Buffer | null;
  /** Bytes that must be there to tell what begins at a place. */
  readonly lookAhead: number;
  /** For records without quotes: 0 ordinary, 1 end of line, 2 delimiter, 3 anything that needs care. */
  readonly simple: Uint8Array;
  readonly kinds: Uint8Array;
  readonly long: readonly LongToken[];
}

interface LongToken {
  readonly kind: number;
  readonly bytes: Buffer;
}

/** The dialect of `options`, with `delimiter` where they name none. */
export function csvDialect(
  options: Pick<ReadOptions, "delimiter" | "quote" | "escape" | "trim" | "comment">,
  fallback: string,
  charset: Charset,
  lineEnd: typeof LF | typeof CR,
): CsvDialect {
  const delimiter = options.delimiter ?? fallback;
  const { quote } = options;
  const escape = quote === null || options.escape === quote ? null : options.escape;
  const tokens: LongToken[] = [{ kind: KIND.delimiter, bytes: charset.encode(delimiter) }];
  if (escape !== null) tokens.push({ kind: KIND.escape, bytes: charset.encode(escape) });
  if (quote !== null) tokens.push({ kind: KIND.quote, bytes: charset.encode(quote) });
  const comment = options.comment === null ? null : charset.encode(options.comment);
  const lengths = [2, comment?.length ?? 0, ...tokens.map(({ bytes }) => bytes.length)];
  return {
    delimiter,
    quote,
    escape,
    trim: options.trim,
    lineEnd,
    comment,
    lookAhead: Math.max(...lengths),
    simple: simpleTable(tokens, lineEnd),
    kinds: kindTable(tokens, lineEnd, options.trim),
    long: tokens.filter(({ bytes }) => bytes.length > 1),
  };
}

function simpleTable(tokens: readonly LongToken[], lineEnd: number): Uint8Array {
  const table = new Uint8Array(256);
  for (const { kind, bytes } of tokens) {
    const care = kind !== KIND.delimiter || bytes.length > 1;
    if (kind !== KIND.escape) table[bytes[0] ?? 0] = care ? 3 : 2;
  }
  table[lineEnd] = 1;
  table[LF] = 1;
  return table;
}

function kindTable(tokens: readonly LongToken[], lineEnd: number, trim: boolean): Uint8Array {
  const table = new Uint8Array(256);
  if (trim) for (const byte of [9, 10, 12, 13, 32]) table[byte] = KIND.blank;
  else if (lineEnd === LF) table[CR] = KIND.carriageReturn;
  table[lineEnd] = KIND.lineEnd;
  table[LF] = KIND.lineEnd;
  for (const { kind, bytes } of tokens) table[bytes[0] ?? 0] = bytes.length > 1 ? LONG : kind;
  return table;
}

/** The kind of what begins at `at`, and its length in the upper bits (`kind | length << 3`). */
export function kindAt(dialect: CsvDialect, bytes: Buffer, at: number): number {
  const byte = bytes[at] as number;
  const kind = dialect.kinds[byte] as number;
  // Where CR ends lines, an LF behind it belongs to it.
  if (kind === KIND.lineEnd && byte === CR && bytes[at + 1] === LF) return kind | 16;
  if (kind !== LONG) return kind | 8;
  for (const token of dialect.long) {
    if (startsWith(bytes, at, token.bytes)) return token.kind | (token.bytes.length << 3);
  }
  return KIND.ordinary | 8;
}

/** Whether `token` is at `at`. */
export function startsWith(bytes: Buffer, at: number, token: Buffer): boolean {
  for (let index = 0; index < token.length; index += 1) {
    if (bytes[at + index] !== token[index]) return false;
  }
  return true;
}

/** The line end that decides: the first one outside quotes, or of a line that is passed over unread. */
export function detectLineEnd(
  dialect: CsvDialect,
  { bytes, last }: Block,
  skipsLines = false,
): typeof LF | typeof CR | null {
  const { comment } = dialect;
  if (skipsLines || (comment !== null && startsWith(bytes, 0, comment))) {
    return endAt(bytes.findIndex(isEnd), { bytes, last });
  }
  let quoted = false;
  let fieldStart = true;
  for (let at = 0; at < bytes.length;) {
    const found = kindAt(dialect, bytes, at);
    const kind = found & 7;
    if (quoted && kind === KIND.escape) at += 1;
    else if (kind === KIND.quote) quoted = quoted ? false : fieldStart;
    else if (!quoted && isEnd(bytes[at])) return endAt(at, { bytes, last });
    // A quote that closed may be the first half of a doubled one: the next opens again.
    fieldStart = kind !== KIND.ordinary;
    at += found >> 3;
  }
  return endAt(-1, { bytes, last });
}

function isEnd(byte: number | undefined): boolean {
  return byte === LF || byte === CR;
}

/** What the end of line at `at` is; `null` where more bytes must tell: there is none yet, or an LF may follow. */
function endAt(at: number, { bytes, last }: Block): typeof LF | typeof CR | null {
  if (at < 0) return last ? LF : null;
  if (bytes[at] === LF || bytes[at + 1] === LF) return LF;
  return at + 1 < bytes.length || last ? CR : null;
}

/**
 * The dialect flags as bytes, and what each byte can mean; made once for a source.
 */
import type { Charset } from "./charset.ts";
import type { ReadOptions } from "./source.ts";

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
  options: ReadOptions,
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
  return table;
}

function kindTable(tokens: readonly LongToken[], lineEnd: number, trim: boolean): Uint8Array {
  const table = new Uint8Array(256);
  if (trim) for (const byte of [9, 10, 12, 13, 32]) table[byte] = KIND.blank;
  else if (lineEnd === LF) table[CR] = KIND.carriageReturn;
  table[lineEnd] = KIND.lineEnd;
  for (const { kind, bytes } of tokens) table[bytes[0] ?? 0] = bytes.length > 1 ? LONG : kind;
  return table;
}

/** The kind of what begins at `at`, and its length in the upper bits (`kind | length << 3`). */
export function kindAt(dialect: CsvDialect, bytes: Buffer, at: number): number {
  const kind = dialect.kinds[bytes[at] as number] as number;
  if (kind !== LONG) return kind | 8;
  for (const token of dialect.long) {
    if (startsWith(bytes, at, token.bytes)) return token.kind | (token.bytes.length << 3);
  }
  return KIND.ordinary | 8;
}

/** Whether `token` stands at `at`. */
export function startsWith(bytes: Buffer, at: number, token: Buffer): boolean {
  for (let index = 0; index < token.length; index += 1) {
    if (bytes[at + index] !== token[index]) return false;
  }
  return true;
}

/** CR when the first bytes have CR and no LF outside quotes, else LF. */
export function detectLineEnd(dialect: CsvDialect, bytes: Buffer): typeof LF | typeof CR {
  let sawCr = false;
  let quoted = false;
  let fieldStart = true;
  for (let at = 0; at < bytes.length;) {
    const found = kindAt(dialect, bytes, at);
    const kind = found & 7;
    const byte = bytes[at];
    if (quoted && kind === KIND.escape) at += 1;
    else if (kind === KIND.quote) quoted = quoted ? false : fieldStart;
    else if (!quoted && byte === LF) return LF;
    else if (!quoted && byte === CR) sawCr = true;
    // A quote that closed may be the first half of a doubled one: the next opens again.
    fieldStart = kind !== KIND.ordinary;
    at += found >> 3;
  }
  return sawCr ? CR : LF;
}

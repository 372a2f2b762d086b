/**
 * Finds CSV records and their fields in bytes: quotes, escapes, ends of line, comments, blank lines.
 * It unquotes nothing; `fields.ts` makes texts of what is found.
 */
import { plural } from "../../errors/format.ts";
import type { Block } from "../bytes/blocks.ts";
import { CR, kindAt, LF, startsWith } from "./dialect.ts";
import type { CsvDialect } from "./dialect.ts";
import { lineEndAt, nextLineEnd } from "./line-ends.ts";
import { TOO_LONG } from "./header.ts";
import { Preface } from "./preface.ts";
import type { CsvPreface } from "./preface.ts";
import { blankSpan } from "./span.ts";
import type { CsvSpan } from "./span.ts";
import { ACTION, STATE, STATE_BITS, transitions } from "./states.ts";
import { endlessQuote, misplacedQuote, SWALLOWED_LINE_ENDS, unclosedQuote } from "./quotes.ts";
import type { OpenQuote } from "./quotes.ts";
import type { RecordFault, Splitter, UnfinishedRecord } from "../text/record-stream.ts";
import { SplitterBase } from "../text/splitter-base.ts";

const UNQUOTED_TEXT: RecordFault = {
  code: "ROW_QUOTES",
  message: "a quote is inside a field, or text follows a closing quote",
};

/** How long a record may be. */
export interface RecordLimits {
  readonly bytes: number;
  /** Of a record with a quoted field. */
  readonly lines: number;
}

/** The CSV splitter. */
export class CsvSplitter extends SplitterBase implements Splitter<CsvSpan> {
  /** An empty line is a record with one empty field: true of sources with one field. */
  blankIsRecord = false;
  /** Fields of a record beyond this many are counted, not kept. */
  maxFields = 1_000_000;
  /** A record that the end of the source would end is left for later. */
  waits = false;
  unfinished: UnfinishedRecord | null = null;
  /** Lines since the header that hold no record: comments, and those that `--skip-lines` names. */
  passedLines = 0;

  readonly #dialect: CsvDialect;
  readonly #table: Uint16Array;
  readonly #recordLimit: number;
  readonly #mostLines: number;
  readonly #preface: Preface;
  #skipLines: number;
  #inHeader: boolean;
  #state: number = STATE.recordStart;
  #ends: number[] = [];
  #count = 0;
  #quoted: number[] | null = null;
  #malformed: RecordFault | null = null;
  /** The line in which the quote of the field at hand opens, 0 when it has none, and its place in the record. */
  #quoteLine = 0;
  #quoteAt = 0;

  constructor(dialect: CsvDialect, limits: RecordLimits, preface: CsvPreface) {
    super(preface.header ? Math.min(limits.bytes, preface.headerLimit) : limits.bytes);
    this.#dialect = dialect;
    this.#table = transitions(dialect.escape === null);
    this.#recordLimit = limits.bytes;
    this.#mostLines = limits.lines;
    this.#skipLines = preface.skipLines;
    this.#inHeader = preface.header;
    this.#preface = new Preface(preface, limits.bytes);
  }

  /** The bytes passed over before the first record, in order. */
  get preface(): readonly Buffer[] {
    return this.#preface.bytes;
  }

  take(block: Block, max: number): CsvSpan[] {
    const spans: CsvSpan[] = [];
    const { bytes } = block;
    const safe = block.last ? bytes.length : bytes.length - this.#dialect.lookAhead + 1;
    while (this.pos < safe && spans.length < max && this.failure === null) {
      if (this.#state === STATE.recordStart && !this.#enterRecord(bytes, spans)) continue;
      if (this.#state === STATE.passing) this.#passOver(block);
      else if (this.#fast(block) || this.#scan(bytes, safe)) spans.push(this.#finish(bytes));
    }
    if (block.last && this.pos >= bytes.length && spans.length < max) this.#end(bytes, spans);
    return spans;
  }

  override get keepFrom(): number {
    return this.#state === STATE.passing || this.#state === STATE.recordStart
      ? this.pos
      : super.keepFrom;
  }

  /** Where the next record begins, also when some of it was looked at; `null` where something is passed over before it. */
  get between(): number | null {
    if (this.#state === STATE.recordStart) return this.#skipLines === 0 ? this.pos : null;
    return this.#state === STATE.passing || this.dropping ? null : this.start;
  }

  /** Goes on at `to`, `lines` ends of line further, after records that were found in another way. */
  skip(to: number, lines: number): void {
    this.line = this.nextLine + lines;
    this.pos = to;
    this.#reset();
  }

  override goTo(pos: number, line: number): void {
    super.goTo(pos, line);
    this.#reset();
  }

  /** The line that the next record begins with, counted from 1. */
  get nextLine(): number {
    return this.#state === STATE.recordStart ? this.line : this.firstLine;
  }

  /** False when what begins here is complete already: a blank line. */
  #enterRecord(bytes: Buffer, spans: CsvSpan[]): boolean {
    const { comment } = this.#dialect;
    this.begin();
    if (!this.#inHeader && this.#skipLines === 0) this.#preface.end();
    if (this.#skipLines > 0 || (comment !== null && startsWith(bytes, this.pos, comment))) {
      this.#state = STATE.passing;
      return true;
    }
    const length = lineEndAt(bytes, this.pos, this.#dialect);
    if (length === 0) {
      this.#state = STATE.fieldStart;
      return true;
    }
    this.pos += length;
    this.line += 1;
    if (this.blankIsRecord) spans.push(blankSpan(this.start, this.pos, this.firstLine));
    else this.#collect(bytes, this.start);
    return false;
  }

  #passOver({ bytes, last }: Block): void {
    const from = this.pos;
    const at = nextLineEnd(bytes, from, this.#dialect);
    const isWhole = at >= 0 && (last || at + 1 < bytes.length || bytes[at] === LF);
    // A CR at the end of the bytes may be followed by its LF.
    if (isWhole) this.pos = at + lineEndAt(bytes, at, this.#dialect);
    else this.pos = at < 0 ? bytes.length : at;
    this.#collect(bytes, from);
    if (isWhole || last) this.passedLines += 1;
    if (!isWhole) return;
    this.line += 1;
    this.#skipLines = Math.max(0, this.#skipLines - 1);
    this.#state = STATE.recordStart;
  }

  #collect(bytes: Buffer, from: number): void {
    this.failure = this.#preface.take(bytes, from, this.pos) ?? this.failure;
  }

  /** A record without quotes, whole within the bytes: the common case. */
  #fast({ bytes, last }: Block): boolean {
    if (this.#state !== STATE.fieldStart || this.#count > 0 || this.dropping) return false;
    const { simple } = this.#dialect;
    const { start, maxFields } = this;
    const { length } = bytes;
    const ends: number[] = [];
    let count = 0;
    for (let at = start; at < length; at += 1) {
      const kind = simple[bytes[at] as number] as number;
      if (kind === 0) continue;
      if (kind === 3) return false;
      if (kind === 1) {
        if (at + 1 === length && bytes[at] === CR && !last) return false;
        this.pos = at;
        this.#ends = ends;
        this.#count = count;
        return true;
      }
      if (count < maxFields) ends.push(at - start);
      count += 1;
    }
    return false;
  }

  /** Goes on in a record of any kind; true when `pos` is at its end of line. */
  #scan(bytes: Buffer, safe: number): boolean {
    const table = this.#table;
    const dialect = this.#dialect;
    const { kinds } = dialect;
    let state = this.#state;
    let at = this.pos;
    while (at < safe) {
      // Ordinary bytes within a field change nothing, and are most of what there is.
      if (
        kinds[bytes[at] as number] === 0 &&
        (state === STATE.unquoted || state === STATE.quoted)
      ) {
        at += 1;
        continue;
      }
      const found = kindAt(dialect, bytes, at);
      const step = table[(state << 3) | (found & 7)] as number;
      if (step > STATE_BITS) {
        if ((step & ACTION.ends) !== 0) {
          this.pos = at;
          return true;
        }
        this.#act(step, at);
        if (this.failure !== null) return false;
      }
      state = step & STATE_BITS;
      at += found >> 3;
    }
    this.pos = at;
    this.#state = state;
    this.dropWhenTooLong();
    if (this.dropping && this.#inHeader) {
      const reason = `it is longer than ${plural(this.limit, "byte")}`;
      this.failure = { code: "SOURCE_HEADER", reason, fix: TOO_LONG };
    }
    return false;
  }

  #act(step: number, at: number): void {
    if ((step & ACTION.malformed) !== 0) this.#malformedAt(at);
    if ((step & ACTION.field) !== 0) this.#fieldEnd(at);
    if ((step & ACTION.line) !== 0) this.#lineInQuotes(at);
    if ((step & ACTION.quote) === 0) return;
    this.#quoteLine = this.line;
    this.#quoteAt = at - this.start;
    this.#quoted ??= [];
    if (this.#count < this.maxFields) this.#quoted.push(this.#count);
  }

  #malformedAt(at: number): void {
    this.#malformed ??= UNQUOTED_TEXT;
    if (this.#quoteLine === 0 || this.line - this.#quoteLine < SWALLOWED_LINE_ENDS) return;
    this.failure = misplacedQuote(this.#taken(at, 1), this.#dialect.escape);
  }

  #lineInQuotes(at: number): void {
    this.line += 1;
    if (this.line - this.firstLine < this.#mostLines) return;
    this.failure = endlessQuote(this.#taken(at + 1, 0), this.#dialect.escape, this.#mostLines);
  }

  /** What the quote at hand has taken before `to`; `begun`: lines without their end. */
  #taken(to: number, begun: 0 | 1): OpenQuote {
    const [line, bytes] = [this.#quoteLine, to - this.start - this.#quoteAt];
    return { line, lines: this.line - line + begun, bytes };
  }

  #fieldEnd(at: number): void {
    if (this.#count < this.maxFields && !this.dropping) this.#ends.push(at - this.start);
    this.#count += 1;
    this.#quoteLine = 0;
  }

  /** The record whose end of line is at `pos`. */
  #finish(bytes: Buffer): CsvSpan {
    const at = this.pos;
    const cr = this.#dialect.lineEnd === LF && at > this.start && bytes[at - 1] === CR;
    this.pos += lineEndAt(bytes, at, this.#dialect);
    const span = this.#span(cr ? at - 1 : at);
    this.line += 1;
    return span;
  }

  /** The end of the source: it ends the record at hand, if there is one. */
  #end(bytes: Buffer, spans: CsvSpan[]): void {
    const state = this.#state;
    if (this.failure !== null || state === STATE.recordStart || state === STATE.passing) return;
    const isQuoted = state === STATE.quoted || state === STATE.escaped;
    const end = bytes.at(-1);
    const begun = isQuoted && (end === LF || end === this.#dialect.lineEnd) ? 0 : 1;
    if (this.waits) {
      const line = this.firstLine;
      this.unfinished = { line, lines: this.line - line + begun, isQuoted };
      return;
    }
    if (isQuoted) {
      this.failure = unclosedQuote(this.#taken(bytes.length, begun), this.#dialect.escape);
      return;
    }
    if (state === STATE.closedCr) this.#malformed ??= UNQUOTED_TEXT;
    this.pos = bytes.length;
    spans.push(this.#span(bytes.length));
  }

  #span(contentEnd: number): CsvSpan {
    this.#fieldEnd(contentEnd);
    const span = {
      start: this.start,
      contentEnd,
      end: this.pos,
      firstLine: this.firstLine,
      lastLine: this.line,
      fault: this.tooLong(contentEnd) ?? this.#malformed,
      ends: this.#ends,
      count: this.#count,
      quoted: this.#quoted,
    };
    this.#reset();
    if (this.#inHeader) this.passedLines = 0;
    this.#inHeader = false;
    this.limit = this.#recordLimit;
    return span;
  }

  #reset(): void {
    this.#state = STATE.recordStart;
    this.#ends = [];
    this.#count = 0;
    this.#quoted = null;
    this.#malformed = null;
    this.#quoteLine = 0;
  }
}

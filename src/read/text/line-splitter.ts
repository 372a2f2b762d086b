/**
 * Splits NDJSON into lines; lines of white space only are passed over.
 */
import type { Block } from "../bytes/blocks.ts";
import type { Span, Splitter, UnfinishedRecord } from "./record-stream.ts";
import { SplitterBase } from "./splitter-base.ts";

const LF = 10;
const CR = 13;
const SPACE = 32;
const TAB = 9;

/** The NDJSON splitter. */
export class LineSplitter extends SplitterBase implements Splitter<Span> {
  /** A line that the end of the source would end is left for later. */
  waits = false;
  unfinished: UnfinishedRecord | null = null;
  #blankSoFar = true;

  take(block: Block, max: number): Span[] {
    const spans: Span[] = [];
    const { bytes } = block;
    while (this.pos < bytes.length && spans.length < max) {
      const at = bytes.indexOf(LF, this.pos);
      const to = at < 0 ? bytes.length : at;
      this.#look(bytes, to);
      if (at < 0) {
        this.pos = to;
        this.dropWhenTooLong();
        break;
      }
      this.pos = at + 1;
      const cr = bytes[at - 1] === CR;
      if (!this.#blankSoFar) spans.push(this.#span(cr ? at - 1 : at));
      this.line += 1;
      this.#next();
    }
    if (block.last && this.pos === bytes.length && spans.length < max && !this.#blankSoFar) {
      if (this.waits) this.unfinished = { line: this.line, lines: 1, isQuoted: false };
      else {
        spans.push(this.#span(this.pos));
        this.#next();
      }
    }
    return spans;
  }

  /** Where the next line begins, also when some of it was looked at; `null` when its beginning has gone. */
  get between(): number | null {
    return this.dropping ? null : this.start;
  }

  /** Goes on at `to`, `lines` ends of line further, after lines that were found in another way. */
  skip(to: number, lines: number): void {
    this.pos = to;
    this.line += lines;
    this.#next();
  }

  override goTo(pos: number, line: number): void {
    super.goTo(pos, line);
    this.#blankSoFar = true;
  }

  /** The line that comes next, counted from 1. */
  get nextLine(): number {
    return this.line;
  }

  #look(bytes: Buffer, to: number): void {
    if (!this.#blankSoFar) return;
    let at = this.pos;
    while (at < to && isBlank(bytes[at])) at += 1;
    this.#blankSoFar = at === to;
  }

  #next(): void {
    this.begin();
    this.#blankSoFar = true;
  }

  #span(contentEnd: number): Span {
    return {
      start: this.start,
      contentEnd,
      end: this.pos,
      firstLine: this.line,
      lastLine: this.line,
      fault: this.tooLong(contentEnd),
    };
  }
}

function isBlank(byte: number | undefined): boolean {
  return byte === SPACE || byte === TAB || byte === CR;
}

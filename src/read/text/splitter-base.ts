/**
 * What every splitter keeps: its place, its lines, and the limit that lets a record be too long without being kept.
 */
import { plural } from "../../errors/format.ts";
import type { StreamFailure, RecordFault } from "./record-stream.ts";

/** Shared bookkeeping of splitters. */
export abstract class SplitterBase {
  failure: StreamFailure | null = null;
  protected limit: number;
  /** The next byte to look at. */
  protected pos = 0;
  /** Where the current record begins. */
  protected start = 0;
  protected line = 1;
  protected firstLine = 1;
  /** The current record is over the limit: its bytes are let go while its end is looked for. */
  protected dropping = false;

  constructor(limit: number) {
    this.limit = limit;
  }

  get keepFrom(): number {
    return this.dropping ? this.pos : this.start;
  }

  forget(count: number): void {
    this.pos -= count;
    this.start -= count;
  }

  /** Goes on at `pos` of the bytes at hand, where the line number `line` begins, as if all before had been taken. */
  goTo(pos: number, line: number): void {
    this.pos = pos;
    this.line = line;
    this.begin();
  }

  protected begin(): void {
    this.start = this.pos;
    this.firstLine = this.line;
    this.dropping = false;
  }

  // An end of line of two bytes may be among those seen.
  protected dropWhenTooLong(): void {
    if (this.pos - this.start > this.limit + 2) this.dropping = true;
  }

  protected tooLong(contentEnd: number): RecordFault | null {
    if (contentEnd - this.start <= this.limit) return null;
    return {
      code: "ROW_TOO_LARGE",
      message: `the record is longer than ${plural(this.limit, "byte")} (--max-record-bytes)`,
    };
  }
}

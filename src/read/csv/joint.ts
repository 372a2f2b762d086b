/**
 * Where files were joined, as by `cat`: a record that is the header again, or that begins with a byte order mark. Both are data
 * to a reader, and seldom meant. Records are counted in `records.ts`; nothing is left out.
 */
import { CR, LF } from "./dialect.ts";

/** The byte order mark of UTF-8. */
const MARK = Buffer.from([0xef, 0xbb, 0xbf]);

/** What a record shows of a file that begins with it. */
export type JointKind = "header" | "mark";

/** Knows the header of one source. */
export class Joint {
  readonly #heading: Uint8Array;
  readonly #first: number;

  /** `heading`: the line of the header without its end; empty where there is none. */
  constructor(heading: Uint8Array) {
    this.#heading = heading;
    this.#first = heading[0] ?? -1;
  }

  /** Whether a record that begins with this byte may be one; asked for every record. */
  mayBegin(byte: number | undefined): boolean {
    return byte === this.#first || byte === 0xef;
  }

  /** What the record at `start` is; `null` for any other. */
  at(bytes: Uint8Array, start: number): JointKind | null {
    const isMarked = isAt(MARK, bytes, start);
    if (this.#isHeading(bytes, isMarked ? start + MARK.length : start)) return "header";
    return isMarked ? "mark" : null;
  }

  #isHeading(bytes: Uint8Array, start: number): boolean {
    const { length } = this.#heading;
    if (length === 0 || !isAt(this.#heading, bytes, start)) return false;
    const next = bytes[start + length];
    return next === undefined || next === LF || next === CR;
  }
}

function isAt(wanted: Uint8Array, bytes: Uint8Array, start: number): boolean {
  if (start + wanted.length > bytes.length) return false;
  for (let at = 0; at < wanted.length; at += 1) {
    if (bytes[start + at] !== wanted[at]) return false;
  }
  return true;
}

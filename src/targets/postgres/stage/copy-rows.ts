/**
 * The rows of COPY data: where each ends, and some of them as data of their own, over the same bytes.
 * https://www.postgresql.org/docs/current/sql-copy.html#SQL-COPY-FILE-FORMATS
 */
import type { CopyData } from "./packed-copy.ts";

/** What binary data begins with: a signature, and no flags. */
export const HEADER = Buffer.from("PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0", "latin1");
const TRAILER = Buffer.from([0xff, 0xff]);
const LF = 10;

/** The data of one COPY, row by row. */
export class CopyRows {
  readonly #data: Pick<CopyData, "bytes" | "format">;
  /** Where each row begins, and where the last one ends. */
  readonly #starts: readonly number[];

  constructor(data: Pick<CopyData, "bytes" | "format">) {
    this.#data = data;
    this.#starts = data.format === "binary" ? binaryStarts(data.bytes) : textStarts(data.bytes);
  }

  get size(): number {
    return this.#starts.length - 1;
  }

  /** The rows from one to before another. */
  range(from: number, to: number): readonly Buffer[] {
    const { bytes, format } = this.#data;
    const rows = bytes.subarray(this.#starts[from], this.#starts[to]);
    return format === "binary" ? [HEADER, rows, TRAILER] : [rows];
  }
}

/** A row is the number of its fields, and the length of each before it; a length of -1 is NULL. */
function binaryStarts(bytes: Buffer): number[] {
  const starts: number[] = [];
  let at = HEADER.length;
  for (;;) {
    starts.push(at);
    let fields = bytes.readInt16BE(at);
    if (fields < 0) return starts;
    for (at += 2; fields > 0; fields -= 1) at += 4 + Math.max(0, bytes.readInt32BE(at));
  }
}

/** Ends of line within fields are escaped. */
function textStarts(bytes: Buffer): number[] {
  const starts = [0];
  for (let at = bytes.indexOf(LF); at >= 0; at = bytes.indexOf(LF, at + 1)) starts.push(at + 1);
  return starts;
}

/**
 * One row in the format in which SQLite stores it (https://www.sqlite.org/fileformat2.html#record_format): a header that tells
 * the type and length of each value, and the values. Texts are copied from bytes to bytes; no string is made.
 */
import type { PackedFields } from "../../../model/packed.ts";
import type { ValueSink } from "./packed-values.ts";
import type { BoundValue } from "./values.ts";

const NULL = 0;
/** Integers of 1, 2, 3, 4, 6 and 8 bytes are types 1 to 6. */
const EIGHT_BYTES = 6;
const REAL = 7;
const ZERO = 8;
const ONE = 9;
const FIRST_BLOB = 12;
const FIRST_TEXT = 13;

/** Bytes of the types below those of blobs. */
const WIDTHS = Uint8Array.of(0, 1, 2, 3, 4, 6, 8, 8, 0, 0);

const WORD = 2 ** 32;

/** Lengths up to here take one byte, and so do types. */
const MOST_SHORT = 127;
const MOST_MEDIUM = 16_383;

/** The bytes that a view shows. */
export interface Viewed {
  readonly bytes: Uint8Array;
  readonly view: DataView;
}

/** Bytes with a view of them, for numbers and words. */
export function viewed(bytes: Uint8Array): Viewed {
  return { bytes, view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength) };
}

/** Collects the values of a row, and writes them. */
export class PageRecord implements ValueSink {
  readonly #columns: number;
  readonly #types: Int32Array;
  /** Where a text starts in the fields' bytes; -1: the value is in `#own`. */
  readonly #starts: Int32Array;
  readonly #numbers: Float64Array;
  readonly #own: Uint8Array[];
  #fields: Viewed = viewed(new Uint8Array());
  #header = 0;

  constructor(columns: number) {
    this.#columns = columns;
    this.#types = new Int32Array(columns);
    this.#starts = new Int32Array(columns);
    this.#numbers = new Float64Array(columns);
    this.#own = Array.from({ length: columns }, () => this.#fields.bytes);
  }

  number(column: number, value: number, mayBeWhole: boolean): void {
    this.#numbers[column] = value;
    this.#types[column] = mayBeWhole && Number.isInteger(value) ? typeOfInteger(value) : REAL;
  }

  text(column: number, { bytes, offsets }: PackedFields, place: number): void {
    if (bytes !== this.#fields.bytes) this.#fields = viewed(bytes);
    const start = offsets[2 * place] as number;
    this.#types[column] = FIRST_TEXT + 2 * ((offsets[2 * place + 1] as number) - start);
    this.#starts[column] = start;
  }

  value(column: number, value: BoundValue): void {
    if (value === null) this.#types[column] = NULL;
    else if (typeof value === "number") this.number(column, value, false);
    else if (typeof value === "bigint") {
      const bytes = Buffer.alloc(8);
      bytes.writeBigInt64BE(value);
      this.#keep(column, EIGHT_BYTES, bytes);
    } else if (typeof value === "string") {
      const bytes = Buffer.from(value);
      this.#keep(column, FIRST_TEXT + 2 * bytes.length, bytes);
    } else this.#keep(column, FIRST_BLOB + 2 * value.length, value);
  }

  #keep(column: number, type: number, bytes: Uint8Array): void {
    this.#types[column] = type;
    this.#starts[column] = -1;
    this.#own[column] = bytes;
    this.#numbers[column] = Number.NaN;
  }

  /** Whether the value of this column is an integer or NULL. */
  isInteger(column: number): boolean {
    const type = this.#types[column] as number;
    return type < REAL || type === ZERO || type === ONE;
  }

  /** How many bytes the values that were given last take. */
  measure(): number {
    const types = this.#types;
    let header = 1;
    let body = 0;
    for (let column = 0; column < this.#columns; column += 1) {
      const type = types[column] as number;
      header += type <= MOST_SHORT ? 1 : varintLength(type);
      body += type >= FIRST_BLOB ? (type - FIRST_BLOB) >>> 1 : (WIDTHS[type] as number);
    }
    // The header tells its own length, in a second or third byte where it is so long.
    if (header > MOST_SHORT) header += header < MOST_MEDIUM ? 1 : 2;
    this.#header = header;
    return header + body;
  }

  /** Writes what was measured to `into` from `at` on. */
  write(into: Viewed, at: number): void {
    const types = this.#types;
    let head = writeVarint(into.bytes, at, this.#header);
    let place = at + this.#header;
    for (let column = 0; column < this.#columns; column += 1) {
      const type = types[column] as number;
      head = writeVarint(into.bytes, head, type);
      if (type >= FIRST_BLOB) {
        const length = (type - FIRST_BLOB) >>> 1;
        this.#writeBytes(into, place, column, length);
        place += length;
      } else if (type !== NULL && type < ZERO) {
        this.#writeNumber(into, place, column, type);
        place += WIDTHS[type] as number;
      }
    }
  }

  #writeBytes(into: Viewed, at: number, column: number, length: number): void {
    const start = this.#starts[column] as number;
    if (start < 0) into.bytes.set(this.#own[column] as Uint8Array, at);
    else copy(this.#fields, [start, length], into, at);
  }

  #writeNumber({ bytes, view }: Viewed, at: number, column: number, type: number): void {
    const value = this.#numbers[column] as number;
    if (type === 1) bytes[at] = value;
    else if (type === 2) view.setInt16(at, value);
    else if (type === 3) {
      view.setInt16(at, value >> 8);
      bytes[at + 2] = value;
    } else if (type === 4) view.setInt32(at, value);
    else if (type === REAL) view.setFloat64(at, value);
    else if (Number.isNaN(value)) bytes.set(this.#own[column] as Uint8Array, at);
    else {
      const high = Math.floor(value / WORD);
      if (type === 5) view.setInt16(at, high);
      else view.setInt32(at, high);
      view.setUint32(type === 5 ? at + 2 : at + 4, value - high * WORD);
    }
  }
}

/** The least type that holds it. */
function typeOfInteger(value: number): number {
  if (value === 0) return ZERO;
  if (value === 1) return ONE;
  const size = value < 0 ? -value - 1 : value;
  if (size < 2 ** 15) return size < 2 ** 7 ? 1 : 2;
  if (size < 2 ** 31) return size < 2 ** 23 ? 3 : 4;
  return size < 2 ** 47 ? 5 : EIGHT_BYTES;
}

/** Four bytes at a time. */
function copy(
  from: Viewed,
  [start, length]: readonly [start: number, length: number],
  into: Viewed,
  at: number,
): void {
  const [source, target] = [from.view, into.view];
  let done = 0;
  for (; done + 4 <= length; done += 4)
    target.setInt32(at + done, source.getInt32(start + done, true), true);
  for (; done < length; done += 1) into.bytes[at + done] = from.bytes[start + done] as number;
}

/** How many bytes a number takes in SQLite's way of writing lengths, seven bits a byte. */
export function varintLength(value: number): number {
  if (value <= MOST_SHORT) return 1;
  if (value <= MOST_MEDIUM) return 2;
  let length = 2;
  for (let rest = Math.floor(value / 16_384); rest > 0; rest = Math.floor(rest / 128)) length += 1;
  return length;
}

/** Writes a number that way; tells the place behind it. */
export function writeVarint(into: Uint8Array, at: number, value: number): number {
  if (value <= MOST_SHORT) {
    into[at] = value;
    return at + 1;
  }
  if (value <= MOST_MEDIUM) {
    into[at] = 0x80 | (value >> 7);
    into[at + 1] = value & 0x7f;
    return at + 2;
  }
  const end = at + varintLength(value);
  let rest = value;
  for (let place = end - 1; place >= at; place -= 1) {
    into[place] = (rest % 128) | (place === end - 1 ? 0 : 0x80);
    rest = Math.floor(rest / 128);
  }
  return end;
}

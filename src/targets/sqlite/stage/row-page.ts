/**
 * A page of rows as SQLite stores a table (https://www.sqlite.org/fileformat2.html#b_tree_pages), and the page before it that
 * makes a database of it. Each row has a number, and the rows of a page follow one another.
 */
import type { EncodedBytes } from "../../../model/encoded.ts";
import { PageRecord, varintLength, viewed, writeVarint } from "./page-record.ts";
import type { Viewed } from "./page-record.ts";

/** The largest that SQLite has. */
export const PAGE_BYTES = 65_536;
/** What a page holds of a row in the least; a longer row would need other pages. */
export const MOST_ROW_BYTES = PAGE_BYTES - 35;
const LEAF = 0x0d;
/** Bytes of a leaf's header, and of the place of a row. */
const HEADER = 8;
const PLACE = 2;

/** The number of a row takes so many bytes where it is filled in later. */
const NUMBER_BYTES = 5;
/** What a cell takes beside its row, at most. */
export const CELL_BYTES = NUMBER_BYTES + 3;

/** Writes the cell of a row that was measured, its number left open; tells the place behind it. */
export function writeCell(into: Viewed, at: number, record: PageRecord, size: number): number {
  const number = writeVarint(into.bytes, at, size);
  const start = number + NUMBER_BYTES;
  for (let place = number; place < start; place += 1) into.bytes[place] = 0;
  record.write(into, start);
  return start + size;
}

/** Fills in the number of the row whose cell is at `at`. */
function numberCell(bytes: Uint8Array, at: number, number: number): void {
  let place = at;
  while ((bytes[place] as number) > 0x7f) place += 1;
  bytes[place + 1] = 0x80 | Math.floor(number / 2 ** 28);
  bytes[place + 2] = 0x80 | (number >>> 21);
  bytes[place + 3] = 0x80 | (number >>> 14);
  bytes[place + 4] = 0x80 | (number >>> 7);
  bytes[place + 5] = number & 0x7f;
}

/** The table and its columns, `c0`, `c1` and so on. */
export const PAGE_TABLE = "rows";
/** Its columns by their place. */
export const pageColumn = (column: number): string => `c${column}`;

/** Takes rows until it is full. */
export class RowPage {
  readonly bytes = Buffer.alloc(PAGE_BYTES);
  readonly #viewed = viewed(this.bytes);
  /** Where the header begins: behind that of the database in its first page. */
  readonly #from: number;
  /** Rows are put one before the other, from the end on. */
  #at = PAGE_BYTES;
  rows = 0;
  /** The number of the first row. */
  first = 1;

  constructor(from = 0) {
    this.#from = from;
  }

  /** Empties it; the numbers of rows go on, so that no row of another time has one of them. */
  clear(): void {
    this.first += this.rows;
    this.rows = 0;
    this.#at = PAGE_BYTES;
  }

  /** Adds a row; false where it has no room. */
  add(record: PageRecord): boolean {
    const size = record.measure();
    const number = this.first + this.rows;
    const length = varintLength(size) + varintLength(number) + size;
    const places = this.#from + HEADER + PLACE * (this.rows + 1);
    if (size > MOST_ROW_BYTES || this.#at - length < places) return false;
    this.#at -= length;
    const { bytes, view } = this.#viewed;
    record.write(this.#viewed, writeVarint(bytes, writeVarint(bytes, this.#at, size), number));
    view.setUint16(places - PLACE, this.#at);
    this.rows += 1;
    return true;
  }

  /** Adds rows whose cells were written ahead, as far as there is room; tells how many. */
  addCells({ bytes: cells, starts, ends }: EncodedBytes, from: number, to: number): number {
    const start = starts[from] as number;
    const pointers = this.#from + HEADER + PLACE * this.rows;
    const room = this.#at - pointers;
    let rows = 0;
    let end = start;
    while (from + rows < to) {
      const next = ends[from + rows] as number;
      if (starts[from + rows] !== end || next === end || next - start + PLACE * (rows + 1) > room)
        break;
      end = next;
      rows += 1;
    }
    this.#at -= end - start;
    const { bytes, view } = this.#viewed;
    bytes.set(cells.subarray(start, end), this.#at);
    for (let row = 0; row < rows; row += 1) {
      const at = this.#at + (starts[from + row] as number) - start;
      view.setUint16(pointers + PLACE * row, at);
      numberCell(bytes, at, this.first + this.rows + row);
    }
    this.rows += rows;
    return rows;
  }

  /** Writes the header: the page is one then. */
  finish(): void {
    const { bytes } = this;
    bytes.fill(0, this.#from, this.#from + HEADER);
    bytes[this.#from] = LEAF;
    bytes.writeUInt16BE(this.rows, this.#from + 3);
    // Nothing is free behind the first row; the end of the page is written as 0.
    bytes.writeUInt16BE(this.#at % PAGE_BYTES, this.#from + 5);
  }
}

/** Where numbers are in the header of a database, and what they are: see "The Database Header". */
const DATABASE: readonly (readonly [at: number, value: number])[] = [
  [24, 1], // how often the file was changed
  [28, 2], // its pages
  [40, 1], // how often the schema was changed
  [44, 4], // the format of the schema
  [56, 1], // texts are UTF-8
  [92, 1], // the change for which the number of pages holds
  [96, 3_035_000], // the version of SQLite that wrote it
];
const DATABASE_HEADER = 100;

/** The first page of a database whose second is that of a table with so many columns. */
export function schemaPage(columns: number): Buffer {
  const names = Array.from({ length: columns }, (_, column) => pageColumn(column));
  const sql = `create table ${PAGE_TABLE}(${names.join(",")})`;
  const record = new PageRecord(5);
  for (const [at, value] of ["table", PAGE_TABLE, PAGE_TABLE, 2n, sql].entries())
    record.value(at, value);
  const page = new RowPage(DATABASE_HEADER);
  page.add(record);
  page.finish();
  const { bytes } = page;
  bytes.write("SQLite format 3\0", 0, "latin1");
  // 65,536 is written as 1; then the formats of a file with a rollback journal, and what a payload takes of a page.
  bytes.set([0, 1, 1, 1, 0, 64, 32, 32], 16);
  for (const [at, value] of DATABASE) bytes.writeUInt32BE(value, at);
  return bytes;
}

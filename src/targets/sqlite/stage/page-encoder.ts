/**
 * Encodes records for pages in the thread that finds their fields: each as the cell of a leaf
 * (https://www.sqlite.org/fileformat2.html#b_tree_pages), with room for the number of its row. What needs another look is left
 * to the writer: a misfit, a value out of range, a row too long for a page.
 */
import type { AheadEncoder, AheadEncoding } from "../../../model/encoded.ts";
import { moduleBeside } from "../../../model/module-beside.ts";
import type { PackedFields, PackedSlice } from "../../../model/packed.ts";
import { hasFields } from "../../encoded-ahead.ts";
import type { FieldUse } from "../../encoded-ahead.ts";
import { PackedValues } from "./packed-values.ts";
import { PageRecord, viewed } from "./page-record.ts";
import { CELL_BYTES, MOST_ROW_BYTES, writeCell } from "./row-page.ts";
import { RangeFault } from "./values.ts";
import type { BoundColumn } from "./values.ts";

/** How the fields of a source become the values of rows. */
export interface PageEncoding extends Omit<FieldUse, "sharedOut"> {
  readonly bound: readonly BoundColumn[];
  /** As in `PackedValues`. */
  readonly typed: boolean;
  /** The column that must be given as an integer; -1: none. */
  readonly integer: number;
}

/** The encoding by this module. */
export function pageEncoding(data: PageEncoding): AheadEncoding {
  return { module: moduleBeside(import.meta.url, "page-encoder").href, data };
}

/** What the thread calls with a `PageEncoding`. */
export function encoderOf(data: unknown): AheadEncoder {
  const encoding = data as PageEncoding;
  const cells = new PageCells(encoding);
  return (fields, most) => (hasFields(fields, encoding) ? cells.encode(fields, most) : null);
}

/** Makes the cells of one chunk after the other. */
class PageCells {
  readonly #encoding: PageEncoding;
  readonly #values: PackedValues;
  readonly #record: PageRecord;
  #into = viewed(new Uint8Array(0));
  #length = 0;

  constructor(encoding: PageEncoding) {
    const { bound, typed, columns } = encoding;
    this.#encoding = encoding;
    this.#values = new PackedValues(bound, typed);
    this.#record = new PageRecord(columns.length);
  }

  encode(fields: PackedFields, most: number): ReturnType<AheadEncoder> {
    const { records } = fields;
    const slice = { fields, from: 0, to: records, columns: this.#encoding.columns };
    const starts = new Int32Array(records);
    const ends = new Int32Array(records);
    this.#length = 0;
    for (let record = 0; record < most; record += 1) {
      starts[record] = this.#length;
      if (this.#takes(slice, record)) this.#add();
      ends[record] = this.#length;
    }
    return { bytes: this.#into.bytes.slice(0, this.#length), starts, ends, hashes: null };
  }

  #takes(slice: PackedSlice, record: number): boolean {
    const { integer } = this.#encoding;
    try {
      if (this.#values.give(slice, record, this.#record)) return false;
    } catch (error) {
      if (error instanceof RangeFault) return false;
      throw error;
    }
    return integer < 0 || this.#record.isInteger(integer);
  }

  #add(): void {
    const size = this.#record.measure();
    if (size > MOST_ROW_BYTES) return;
    const end = this.#length + size + CELL_BYTES;
    if (end > this.#into.bytes.length) {
      const larger = viewed(new Uint8Array(Math.max(end, 2 * this.#into.bytes.length)));
      larger.bytes.set(this.#into.bytes.subarray(0, this.#length));
      this.#into = larger;
    }
    this.#length = writeCell(this.#into, this.#length, this.#record, size);
  }
}

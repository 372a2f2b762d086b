/**
 * Packed rows that go into the table a page at a time: `stage/page-file.ts` holds the page, and one statement takes its rows
 * one after the other. Rows that may not share a statement, and those too long for a page, are left to the caller.
 */
import type { OutcomeCounts } from "../../../model/counts.ts";
import type { PackedRows, PackedSlice } from "../../../model/packed.ts";
import type { TableName } from "../../../model/table-shape.ts";
import type { SqliteConnection } from "../connect/connection.ts";
import type { EncodedAhead } from "../../encoded-ahead.ts";
import type { PackedValues } from "../stage/packed-values.ts";
import type { PageFile } from "../stage/page-file.ts";
import { PageRecord } from "../stage/page-record.ts";
import type { RowGroup } from "./row-group.ts";

/** Fewer rows of a batch are not worth a file. */
const LEAST_ROWS = 50;

/** What SQLite may keep of the pages that a statement writes, to undo it. */
const MOST_UNDO_BYTES = 8 * 1024 * 1024;

/** How rows of one shape are put into a page, and taken from there. */
export interface PageUse {
  readonly file: PageFile;
  readonly group: RowGroup;
  readonly packed: PackedValues;
  readonly columns: number;
  /** Which rows were encoded ahead. */
  readonly ahead: EncodedAhead;
  /** A statement takes so many rows. */
  readonly most: number;
  /** What becomes of misfits need not be known row by row. */
  readonly takesMisfits: boolean;
}

/** A row of a batch, in its slice. */
export interface PagedRow {
  readonly slice: PackedSlice;
  readonly record: number;
  /** Its place in the batch. */
  readonly place: number;
}

/** Rows that follow one another, of which this is the first. */
interface PagedRun extends PagedRow {
  rows: number;
}

/** Whether a batch has enough rows for pages. */
export function isWorthPages({ slices }: PackedRows): boolean {
  return slices.reduce((rows, { from, to }) => rows + to - from, 0) >= LEAST_ROWS;
}

/** So many rows of this table may go together: each may change a page of the table, and one of each index. */
export function mostPaged(db: SqliteConnection, { name }: TableName): number {
  const [page] = db.prepare<{ readonly page_size: number }>("pragma main.page_size").all();
  const indexes = db
    .prepare<{ readonly n: number }>("select count(*) as n from pragma_index_list(?, 'main')")
    .get(name);
  const each = (page?.page_size ?? 4096) * (1 + (indexes?.n ?? 0));
  return Math.max(1, Math.floor(MOST_UNDO_BYTES / each));
}

/** The rows that wait in the page. */
export class PagedRows {
  readonly #use: PageUse;
  readonly #record: PageRecord;
  readonly #runs: PagedRun[] = [];
  #rows = 0;
  /** Those with a misfit. */
  readonly #misfits: PagedRow[] = [];

  constructor(use: PageUse) {
    this.#use = use;
    this.#record = new PageRecord(use.columns);
  }

  /** Puts a row into the page; false where it has no room, or the row must go alone. Throws a `RangeFault`. */
  add(slice: PackedSlice, record: number, place: number): boolean {
    const { file, group, packed, most, takesMisfits } = this.#use;
    if (this.#rows >= most) return false;
    const hasMisfit = packed.give(slice, record, this.#record);
    if (hasMisfit && !takesMisfits) return false;
    if (group.integer >= 0 && !this.#record.isInteger(group.integer)) return false;
    if (!file.page.add(this.#record)) return false;
    if (hasMisfit) this.#misfits.push({ slice, record, place });
    this.#note(slice, { record, place, rows: 1 });
    return true;
  }

  /** Puts the rows of a slice from `record` on into the page that were encoded ahead, while it has room; tells how many. */
  addEncoded(slice: PackedSlice, record: number, place: number): number {
    const { file, ahead, most } = this.#use;
    const encoded = ahead.of(slice);
    if (encoded === null) return 0;
    const to = Math.min(slice.to, record + most - this.#rows);
    const rows = file.page.addCells(encoded, record, to);
    if (rows > 0) this.#note(slice, { record, place, rows });
    return rows;
  }

  /** Notes rows that follow those of the page. */
  #note(slice: PackedSlice, run: Omit<PagedRun, "slice">): void {
    this.#rows += run.rows;
    const last = this.#runs.at(-1);
    if (last?.slice === slice && last.record + last.rows === run.record) last.rows += run.rows;
    else this.#runs.push({ slice, ...run });
  }

  /** The rows in their order. */
  rows(): PagedRow[] {
    return this.#runs.flatMap(({ slice, record, place, rows }) =>
      Array.from({ length: rows }, (_, at) => ({
        slice,
        record: record + at,
        place: place + at,
      })),
    );
  }

  /** Those with a misfit. */
  misfits(): readonly PagedRow[] {
    return this.#misfits;
  }

  /** Empties the page. */
  clear(): void {
    this.#runs.length = 0;
    this.#rows = 0;
    this.#misfits.length = 0;
    this.#use.file.page.clear();
  }

  /**
   * Applies the rows, which stay until the page is emptied; `null` where SQLite cannot read the page. Throws the driver's error, with
   * nothing left behind where a row caused it.
   */
  run(): OutcomeCounts | null {
    const { file, group } = this.#use;
    if (!file.write()) return null;
    return group.runPage(file.page.first, this.#rows);
  }
}

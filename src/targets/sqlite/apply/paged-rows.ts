/**
 * Packed rows that go into the table a page at a time: `stage/page-file.ts` holds the page, and one statement takes its rows
 * one after the other. Rows that may not share a statement, and those too long for a page, are left to the caller.
 */
import type { OutcomeCounts } from "../../../model/counts.ts";
import type { PackedRows, PackedSlice } from "../../../model/packed.ts";
import type { TableName } from "../../../model/table-shape.ts";
import type { SqliteConnection } from "../connect/connection.ts";
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
  readonly hasMisfit: boolean;
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
  #rows: PagedRow[] = [];

  constructor(use: PageUse) {
    this.#use = use;
    this.#record = new PageRecord(use.columns);
  }

  /** Puts a row into the page; false where it has no room, or the row must go alone. Throws a `RangeFault`. */
  add(slice: PackedSlice, record: number, place: number): boolean {
    const { file, group, packed, most, takesMisfits } = this.#use;
    if (this.#rows.length >= most) return false;
    const hasMisfit = packed.give(slice, record, this.#record);
    if (hasMisfit && !takesMisfits) return false;
    if (group.integer >= 0 && !this.#record.isInteger(group.integer)) return false;
    if (!file.page.add(this.#record)) return false;
    this.#rows.push({ slice, record, place, hasMisfit });
    return true;
  }

  /** Empties the page without a statement; tells its rows. */
  take(): readonly PagedRow[] {
    const rows = this.#rows;
    this.#rows = [];
    this.#use.file.page.clear();
    return rows;
  }

  /**
   * Applies the rows, which stay until they are taken; `null` where SQLite cannot read the page. Throws the driver's error, with
   * nothing left behind where a row caused it.
   */
  run(): OutcomeCounts | null {
    const { file, group } = this.#use;
    if (!file.write()) return null;
    return group.runPage(file.page.first, this.#rows.length);
  }
}

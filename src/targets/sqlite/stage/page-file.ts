/**
 * A temporary database of two pages beside the one that is loaded: its table holds the rows of one page, which are
 * written as SQLite stores them, and read by an INSERT. That spares a call of the driver for each value. The file is gone
 * from its folder before the first row; where none can be made, or SQLite takes none, values are bound one by one.
 */
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SqliteConnection, Statement } from "../connect/connection.ts";
import { PAGE_BYTES, PAGE_TABLE, RowPage, schemaPage } from "./row-page.ts";

/** What the temporary database is called in statements. */
const SCHEMA = "upsurge_page";

/** Its table in statements. */
export const PAGED_ROWS = `${SCHEMA}.${PAGE_TABLE}`;

/** The temporary database of a transaction. */
export class PageFile {
  readonly page = new RowPage();
  readonly #db: SqliteConnection;
  readonly #file: number;
  readonly #folder: string;
  readonly #holds: Statement;

  private constructor(db: SqliteConnection, folder: string, columns: number) {
    this.#db = db;
    this.#folder = folder;
    const path = join(folder, "page.db");
    this.#file = openSync(path, "wx+", 0o600);
    try {
      this.page.finish();
      writeSync(this.#file, schemaPage(columns), 0, PAGE_BYTES, 0);
      writeSync(this.#file, this.page.bytes, 0, PAGE_BYTES, PAGE_BYTES);
      db.exec(`attach '${path.replaceAll("'", "''")}' as ${SCHEMA}`);
      // Nothing but the schema is kept of it: each statement reads the page again.
      db.exec(`pragma ${SCHEMA}.cache_size = 1`);
      this.#holds = db.prepare(`select 1 from ${PAGED_ROWS} where rowid = ?`);
      this.#holds.get(0);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** For rows of up to so many columns; `null` where there can be none. The transaction has begun. */
  static open(db: SqliteConnection, columns: number): PageFile | null {
    let folder: string | null = null;
    try {
      folder = mkdtempSync(join(tmpdir(), "upsurge-page-"));
      return new PageFile(db, folder, columns);
    } catch {
      return null;
    } finally {
      // It stays open. Windows removes no open file: there it goes when it is closed.
      if (folder !== null) removeFolder(folder);
    }
  }

  /** Writes the page, and makes sure that SQLite reads it and no page of before; false where it does not. */
  write(): boolean {
    const { page } = this;
    page.finish();
    try {
      writeSync(this.#file, page.bytes, 0, PAGE_BYTES, PAGE_BYTES);
      return this.#holds.get(page.first + page.rows - 1) !== undefined;
    } catch {
      return false;
    }
  }

  /** The transaction has ended. */
  close(): void {
    closeSync(this.#file);
    try {
      if (this.#db.open) this.#db.exec(`detach ${SCHEMA}`);
    } catch {
      // It goes with the connection.
    }
    removeFolder(this.#folder);
  }
}

function removeFolder(folder: string): void {
  try {
    rmSync(folder, { recursive: true, force: true });
  } catch {
    // Still open on Windows, or already gone.
  }
}

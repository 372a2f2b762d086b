/**
 * The file of a session, which a load may have made. One that it made is removed where nothing came to be in it. Another
 * run may have opened the same file meanwhile: who removes it has it locked, and who writes to it looks, under its own
 * lock, whether it is still there. Any other process may remove or replace it at any time: SQLite goes on in a file that
 * nobody can open any more, so this is looked at before and after each commit as well.
 */
import { rmSync, statSync } from "node:fs";
import { upsurgeError } from "../../../errors/upsurge-error.ts";
import type { SqliteConnection } from "./connection.ts";

/** How a file came to be open. */
export type FileOrigin = "found" | "made" | "private";

/** The file behind a connection. */
export class OwnFile {
  readonly path: string;
  readonly #origin: FileOrigin;
  readonly #id: string | null;

  /** The file is open by now, and so it is there. */
  constructor(path: string, origin: FileOrigin) {
    this.path = path;
    this.#origin = origin;
    this.#id = origin === "private" ? null : idOf(path);
  }

  /** It is gone with the session, and nobody else can open it. */
  get isPrivate(): boolean {
    return this.#origin === "private";
  }

  /**
   * Throws `PLAN_TABLE_APPEARED` where another run has removed the empty file since it was opened, and `TARGET_MOVED` where
   * one that holds something is not in its place any more; to be asked under a lock.
   */
  refuseRemoved(db: SqliteConnection): void {
    if (this.isPrivate || idOf(this.path) === this.#id) return;
    if (!isEmpty(db)) throw upsurgeError("TARGET_MOVED", { path: this.path });
    throw upsurgeError(
      "PLAN_TABLE_APPEARED",
      { what: `another file ${this.path}` },
      { why: "another run has removed the empty file that this one had opened" },
    );
  }

  /** Removes a file that this session made and that holds nothing. Never throws. */
  removeIfUnused(db: SqliteConnection): void {
    if (this.#origin !== "made") return;
    try {
      if (db.inTransaction) db.exec("rollback");
      db.exec("begin exclusive");
      if (countTables(db) === 0 && idOf(this.path) === this.#id) rmSync(this.path);
      db.exec("rollback");
    } catch {
      // Somebody is at work in it, or the system lets nobody remove an open file: then it stays, empty as it is.
    }
  }
}

/** What cannot be read holds something. */
function isEmpty(db: SqliteConnection): boolean {
  try {
    return countTables(db) === 0;
  } catch {
    return false;
  }
}

function countTables(db: SqliteConnection): number | undefined {
  return db.prepare<{ n: number }>("select count(*) as n from sqlite_schema").get()?.n;
}

function idOf(path: string): string | null {
  const found = statSync(path, { bigint: true, throwIfNoEntry: false });
  return found === undefined ? null : `${found.dev}:${found.ino}`;
}

/** One transaction of a load into SQLite: its end, and a writer for each of its tables. */
import { messageOf } from "../../../errors/message-of.ts";
import { upsurgeError } from "../../../errors/upsurge-error.ts";
import type { Transaction, Writer } from "../../target.ts";
import { firstNew, nameOrphans } from "../catalog/name-orphan.ts";
import type { NamedOrphan } from "../catalog/name-orphan.ts";
import { childrenOf, countOrphans } from "../catalog/orphans.ts";
import type { SqliteConnection } from "../connect/connection.ts";
import type { OwnFile } from "../connect/own-file.ts";
import type { RowSql } from "../dialect.ts";
import { codeOf } from "../errors.ts";
import { PageFile } from "../stage/page-file.ts";
import type { UpsertProbe } from "./probe.ts";
import { SqliteWriter } from "./writer.ts";

/** Whether all foreign keys are left to the commit of this transaction. */
const DEFERRED = "pragma defer_foreign_keys";

/** What a transaction works with; it has begun. */
export interface SqliteTransactionContext {
  readonly db: SqliteConnection;
  readonly file: OwnFile;
  readonly probe: UpsertProbe;
  /** The tables and their plans. */
  readonly rows: readonly Pick<RowSql, "plan" | "table">[];
  /** Statements are undone in memory: then they may be large. */
  readonly undoesInMemory: boolean;
  /** Runs `work`, again while another process holds a lock, up to the lock timeout. */
  readonly patiently: (work: () => void) => Promise<void>;
}

/** A transaction that has begun. */
export class SqliteTransaction implements Transaction {
  readonly writers: readonly Writer[];
  readonly #context: SqliteTransactionContext;
  /** `undefined`: nobody has asked. */
  #pages: PageFile | null | undefined;

  constructor(context: SqliteTransactionContext) {
    const { db, probe, rows } = context;
    this.#context = context;
    const pages = (): PageFile | null => {
      if (this.#pages === undefined) this.#pages = this.#openPages();
      return this.#pages;
    };
    this.writers = rows.map(
      ({ plan, table }) => new SqliteWriter({ db, probe, plan, table, pages }),
    );
  }

  #openPages(): PageFile | null {
    const { db, rows, undoesInMemory } = this.#context;
    const columns = Math.max(...rows.map(({ plan }) => plan.table.columns.length));
    return undoesInMemory ? PageFile.open(db, columns) : null;
  }

  #closePages(): void {
    this.#pages?.close();
    this.#pages = null;
  }

  async commit(): Promise<void> {
    const { db, file, patiently } = this.#context;
    file.refuseRemoved(db);
    try {
      await patiently(() => db.exec("commit"));
    } catch (cause) {
      if (codeOf(cause)?.startsWith("SQLITE_CONSTRAINT") !== true) throw cause;
      const named = this.#nameOrphans();
      await this.rollback();
      throw refused(cause, this.#firstOf(named));
    }
    this.#closePages();
    // What was committed to a file that was taken away meanwhile is in no file that anybody will open.
    file.refuseRemoved(db);
  }

  /** Rows that may be what the commit is refused for; none where a key cannot be checked. */
  #nameOrphans(): readonly NamedOrphan[] {
    const { db } = this.#context;
    const children = this.#tables.flatMap((table) => childrenOf(db, table));
    try {
      return nameOrphans(db, [...new Set([...this.#tables, ...children])]);
    } catch {
      return [];
    }
  }

  /** The first that this transaction has made, which is undone by now. */
  #firstOf(named: readonly NamedOrphan[]): string | null {
    try {
      return firstNew(this.#context.db, named);
    } catch {
      // Another process may have locked the file: the refusal itself is to be told.
      return null;
    }
  }

  get #tables(): string[] {
    return [...new Set(this.#context.rows.map(({ plan }) => plan.table.name.name))];
  }

  /**
   * Deferred foreign keys are the only thing a commit checks. Orphans that were there before do not matter to it:
   * they are counted after rolling back, so that a load that is to be kept never pays for it.
   */
  async rehearse(): Promise<void> {
    const { db, patiently } = this.#context;
    const names = this.#tables;
    const [mode] = db.prepare<{ readonly defer_foreign_keys: number }>(DEFERRED).all();
    const all = Number(mode?.defer_foreign_keys) === 1;
    const after = countOrphans(db, names, all);
    if (after === 0) return;
    const named = this.#nameOrphans();
    await this.rollback();
    let before = 0;
    await patiently(() => void (before = countOrphans(db, names, all)));
    const more = after - before;
    if (more <= 0) return;
    const cause = new Error(`${more} rows refer to rows that do not exist`);
    throw refused(cause, this.#firstOf(named));
  }

  rollback(): Promise<void> {
    const { db } = this.#context;
    try {
      if (db.open && db.inTransaction) db.exec("rollback");
    } catch {
      // Closing the connection rolls back as well.
    }
    this.#closePages();
    return Promise.resolve();
  }
}

/** `row` tells of the first that lacks what it refers to, where it is known. */
function refused(cause: unknown, row: string | null): Error {
  const told = messageOf(cause);
  if (row === null) return upsurgeError("TARGET_COMMIT_REFUSED", { reason: told }, { cause });
  const fix =
    "load the row that it refers to as well, or correct its record, then run again: nothing was kept";
  return upsurgeError("TARGET_COMMIT_REFUSED", { reason: `${told}: ${row}` }, { cause, fix });
}

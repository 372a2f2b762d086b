/** The driver `better-sqlite3`, which answers as `connection.ts` asks nearly by itself. */
import type BetterSqlite3 from "better-sqlite3";
import type {
  OpenMode,
  SqlFunction,
  SqliteConnection,
  SqliteDriver,
  Statement,
} from "./connection.ts";

/** Loads the driver; throws where it is not installed, or its native part is missing or made for another Node. */
export async function loadBetterSqlite3(): Promise<SqliteDriver> {
  const { default: Database } = await import("better-sqlite3");
  // The native part is looked for by the first database only.
  const memory = new Database(":memory:");
  const version = String(memory.prepare("select sqlite_version()").pluck().get());
  memory.close();
  return {
    name: "better-sqlite3",
    version,
    openFile: (path, { readonly, create }: OpenMode) =>
      new BetterConnection(new Database(path, { readonly, fileMustExist: !create, timeout: 0 })),
    // SQLite's name for a private file.
    openPrivate: () => new BetterConnection(new Database("", { timeout: 0 })),
  };
}

class BetterConnection implements SqliteConnection {
  readonly #db: BetterSqlite3.Database;

  constructor(db: BetterSqlite3.Database) {
    this.#db = db;
  }

  get readonly(): boolean {
    return this.#db.readonly;
  }

  get open(): boolean {
    return this.#db.open;
  }

  get inTransaction(): boolean {
    return this.#db.inTransaction;
  }

  exec(sql: string): void {
    this.#db.exec(sql);
  }

  prepare<Row>(sql: string): Statement<Row> {
    // The driver's own statement: nothing is between a row and SQLite.
    return this.#db.prepare<unknown[], Row>(sql);
  }

  hasParameters(sql: string): boolean {
    try {
      this.#db.prepare(sql).bind();
      return false;
    } catch (error) {
      // Not the database's refusal but the driver's: there are no values for the parameters.
      if (error instanceof RangeError || error instanceof TypeError) return true;
      throw error;
    }
  }

  function(name: string, call: SqlFunction): void {
    this.#db.function(name, { deterministic: false, directOnly: true }, call);
  }

  close(): void {
    this.#db.close();
  }
}

/**
 * What this target asks of a driver: a few calls that both drivers answer alike. Drivers are loaded only when a session
 * opens, by `driver.ts`. Integers past 2^53 are read as the nearest number, as nothing that is read here is so large.
 */

/** What is bound for a parameter: texts, integers as bigints, REALs as numbers. */
export type SqliteValue = string | bigint | number | Uint8Array | null;

/** A prepared statement. Its parameters are `?`, in their order. */
export interface Statement<Row = unknown> {
  /** True where it gives rows. */
  readonly reader: boolean;
  run(...values: readonly SqliteValue[]): { readonly changes: number };
  get(...values: readonly SqliteValue[]): Row | undefined;
  all(...values: readonly SqliteValue[]): Row[];
}

/** A function that SQL may call; it gets what SQLite hands it. */
export type SqlFunction = (...values: unknown[]) => number;

/** An open database. Errors carry SQLite's extended result code by its name, as `code`. */
export interface SqliteConnection {
  readonly readonly: boolean;
  readonly open: boolean;
  readonly inTransaction: boolean;
  exec(sql: string): void;
  /** Throws a `RangeError` where `sql` holds more than one statement. */
  prepare<Row = unknown>(sql: string): Statement<Row>;
  /** Whether a statement that SQLite accepts has parameters. */
  hasParameters(sql: string): boolean;
  /** Makes `call`, with as many arguments as it declares, callable from our statements and from no schema. */
  function(name: string, call: SqlFunction): void;
  close(): void;
}

/** How a file is opened. It is never waited for: a locked file is an error at once. */
export interface OpenMode {
  readonly readonly: boolean;
  /** Makes the file where there is none. */
  readonly create: boolean;
}

/** A driver that has proved to load. */
export interface SqliteDriver {
  readonly name: string;
  /** Of the library: `3.51.0`. */
  readonly version: string;
  openFile(path: string, mode: OpenMode): SqliteConnection;
  /** An empty database of its own, on disk where it grows, gone when it is closed. */
  openPrivate(): SqliteConnection;
}

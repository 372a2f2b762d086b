/**
 * The driver that is part of Node, `node:sqlite`, made to answer as `connection.ts` asks. What it has learned since 22.13
 * is done without where it is missing.
 */
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import type {
  OpenMode,
  SqlFunction,
  SqliteConnection,
  SqliteDriver,
  SqliteValue,
  Statement,
} from "./connection.ts";
import type { NodeDatabase, NodeSqlite, NodeStatement } from "./node-sqlite-types.ts";
import { resultCodeName, SqliteError } from "./result-codes.ts";

/** Loads the driver; `null` where this Node has none, or only behind a flag. */
export function loadNodeSqlite(): SqliteDriver | null {
  const module = withoutWarning(() => builtin("node:sqlite"));
  if (module === undefined) return null;
  const memory = new module.DatabaseSync(":memory:");
  const version = String(memory.prepare("select sqlite_version() as version").get()?.["version"]);
  memory.close();
  return {
    name: "node:sqlite",
    version,
    openFile: (path, mode) => openFile(module, path, mode),
    // SQLite's name for a private file.
    openPrivate: () =>
      renamed(() => new NodeConnection(new module.DatabaseSync("", { defensive: true }), false)),
  };
}

/** What was added to `process` in Node 20.16; the types say that it is always there. */
interface Builtins {
  getBuiltinModule?(name: string): object | undefined;
}

function builtin(name: string): NodeSqlite | undefined {
  return (process as Builtins).getBuiltinModule?.(name) as NodeSqlite | undefined;
}

/** Node calls the module experimental on stderr, where only what concerns the load belongs. */
function withoutWarning<T>(work: () => T): T {
  const own = Object.getOwnPropertyDescriptor(process, "emitWarning");
  if (own === undefined) return work();
  process.emitWarning = () => {};
  try {
    return work();
  } finally {
    Object.defineProperty(process, "emitWarning", own);
  }
}

function openFile(
  module: NodeSqlite,
  path: string,
  { readonly, create }: OpenMode,
): NodeConnection {
  // The driver makes what is missing.
  if (!create && !existsSync(path)) {
    throw new SqliteError("unable to open database file", "SQLITE_CANTOPEN");
  }
  const options = { readOnly: readonly, timeout: 0, defensive: true };
  // Only a path that begins with a slash or a drive is never taken for a URI.
  return renamed(
    () => new NodeConnection(new module.DatabaseSync(resolve(path), options), readonly),
  );
}

/** Runs `work`; an error of SQLite's gets the name of its code. */
function renamed<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw sqliteError(error);
  }
}

function sqliteError(error: unknown): unknown {
  if (!(error instanceof Error) || !("errcode" in error)) return error;
  const { errcode } = error;
  if (typeof errcode !== "number") return error;
  return new SqliteError(error.message, resultCodeName(errcode), { cause: error });
}

class NodeConnection implements SqliteConnection {
  readonly readonly: boolean;
  readonly #db: NodeDatabase;
  #open = true;

  constructor(db: NodeDatabase, readonly: boolean) {
    this.#db = db;
    this.readonly = readonly;
  }

  get open(): boolean {
    return this.#open;
  }

  get inTransaction(): boolean {
    return this.#db.isTransaction ?? this.#refusesToBegin();
  }

  /** SQLite begins no transaction inside another; one that is deferred takes no lock. */
  #refusesToBegin(): boolean {
    try {
      this.#db.exec("begin deferred");
    } catch {
      return true;
    }
    this.#db.exec("rollback");
    return false;
  }

  exec(sql: string): void {
    renamed(() => this.#db.exec(sql));
  }

  prepare<Row>(sql: string): Statement<Row> {
    return new NodeRun<Row>(this.#db, this.#prepared(sql));
  }

  hasParameters(sql: string): boolean {
    // It is expanded by putting `NULL` for each parameter without a value.
    const { sourceSQL, expandedSQL } = this.#prepared(sql);
    return sourceSQL !== expandedSQL;
  }

  #prepared(sql: string): NodeStatement {
    const statement = renamed(() => this.#db.prepare(sql));
    // The driver takes the first statement and drops the rest without a word.
    const rest = sql.slice(statement.sourceSQL.length);
    if (rest.replace(/--[^\n]*|\/\*[^]*?(?:\*\/|$)|[\s;]/g, "") !== "") {
      throw new RangeError("the supplied SQL string contains more than one statement");
    }
    return statement;
  }

  function(name: string, call: SqlFunction): void {
    const options = {
      deterministic: false,
      directOnly: true,
      useBigIntArguments: true,
      varargs: true,
    };
    // As a bigint any integer can be handed over.
    this.#db.function(name, options, (...values) => call(...values.map(asNumber)));
  }

  close(): void {
    this.#open = false;
    this.#db.close();
  }
}

class NodeRun<Row> implements Statement<Row> {
  readonly #db: NodeDatabase;
  readonly #statement: NodeStatement;

  constructor(db: NodeDatabase, statement: NodeStatement) {
    this.#db = db;
    this.#statement = statement;
    // Otherwise an integer past 2^53 is an error, also one that is only the rowid of what was written.
    statement.setReadBigInts(true);
  }

  get reader(): boolean {
    const columns = this.#statement.columns?.();
    if (columns !== undefined) return columns.length > 0;
    const program = this.#db.prepare(`explain ${this.#statement.sourceSQL}`).all();
    return program.some(({ opcode }) => opcode === "ResultRow");
  }

  run(...values: readonly SqliteValue[]): { readonly changes: number } {
    try {
      return { changes: Number(this.#statement.run(...values).changes) };
    } catch (error) {
      throw sqliteError(error);
    }
  }

  get(...values: readonly SqliteValue[]): Row | undefined {
    const row = renamed(() => this.#statement.get(...values));
    return row === undefined ? undefined : (numbered(row) as Row);
  }

  all(...values: readonly SqliteValue[]): Row[] {
    return renamed(() => this.#statement.all(...values)).map((row) => numbered(row) as Row);
  }
}

function numbered(row: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, asNumber(value)]));
}

function asNumber(value: unknown): unknown {
  return typeof value === "bigint" ? Number(value) : value;
}

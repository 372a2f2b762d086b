/**
 * Database files for tests, straight from whatever driver this Node has: the tests that hold a load against its table run
 * under each Node and each driver, and do not look through what they test.
 */
import Database from "better-sqlite3";

/** An open file. */
export interface SqliteFile {
  exec(sql: string): void;
  /** Integers as bigints. */
  rows(sql: string): unknown[][];
  close(): void;
}

interface NodeFile {
  exec(sql: string): void;
  prepare(sql: string): {
    setReadBigInts(on: boolean): void;
    /** Since 22.16. */
    setReturnArrays?(on: boolean): void;
    all(): unknown[];
  };
  close(): void;
}

interface NodeModule {
  readonly DatabaseSync: new (path: string) => NodeFile;
}

/** Opens a file, and makes it where there is none. */
export function openSqliteFile(path: string): SqliteFile {
  const module = loads() ? undefined : process.getBuiltinModule("node:sqlite");
  return module === undefined ? viaBetter(path) : viaNode(module as NodeModule, path);
}

/** The installed addon is made for one version of Node. */
function loads(): boolean {
  try {
    new Database(":memory:").close();
    return true;
  } catch {
    return false;
  }
}

function viaBetter(path: string): SqliteFile {
  const db = new Database(path);
  return {
    exec: (sql) => void db.exec(sql),
    rows: (sql) => db.prepare(sql).raw().safeIntegers().all() as unknown[][],
    close: () => void db.close(),
  };
}

function viaNode({ DatabaseSync }: NodeModule, path: string): SqliteFile {
  const db = new DatabaseSync(path);
  return {
    exec: (sql) => named(() => db.exec(sql)),
    rows: (sql) =>
      named(() => {
        const statement = db.prepare(sql);
        statement.setReadBigInts(true);
        statement.setReturnArrays?.(true);
        return statement
          .all()
          .map((row) => (Array.isArray(row) ? row : Object.values(Object(row))));
      }),
    close: () => db.close(),
  };
}

/** The codes that the tests' own account of a load tells refusals by. */
const NAMES = new Map([
  [19, "SQLITE_CONSTRAINT"],
  [20, "SQLITE_MISMATCH"],
]);

/** Runs `work`; an error gets the name of its code, as the other driver gives it. */
function named<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    const name = NAMES.get(Number(Object(error).errcode) & 0xff);
    throw name === undefined ? error : Object.assign(new Error(String(error)), { code: name });
  }
}

/** The two drivers answer alike: each test runs over those that this Node has, against what SQLite itself would say. */
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { loadBetterSqlite3 } from "../../../../src/targets/sqlite/connect/better-sqlite3.ts";
import type {
  OpenMode,
  SqliteConnection,
  SqliteDriver,
} from "../../../../src/targets/sqlite/connect/connection.ts";
import { loadNodeSqlite } from "../../../../src/targets/sqlite/connect/node-sqlite.ts";
import { resultCodeName } from "../../../../src/targets/sqlite/connect/result-codes.ts";
import { tempDir } from "../../../helpers/temp-dir.ts";

const found = [await loadBetterSqlite3().catch(() => null), loadNodeSqlite()];
const DRIVERS = found.filter((driver) => driver !== null);

const CREATE: OpenMode = { readonly: false, create: true };

/** The code of what `work` throws. */
function codeOf(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return Object(error).code ?? error;
  }
  return "nothing was thrown";
}

test("this Node has a driver", () => {
  expect(DRIVERS.length).toBeGreaterThan(0);
});

/** Opens files of the driver, in a folder of the test's own. */
function useFiles(driver: SqliteDriver): (name?: string, mode?: OpenMode) => SqliteConnection {
  let folder = "";
  beforeEach(() => {
    folder = tempDir();
  });
  const open: SqliteConnection[] = [];
  afterEach(() => {
    for (const db of open.splice(0)) if (db.open) db.close();
  });
  return (name = "a.db", mode = CREATE) => {
    const db = driver.openFile(join(folder, name), mode);
    open.push(db);
    return db;
  };
}

describe.each(DRIVERS)("$name: values", (driver: SqliteDriver) => {
  const file = useFiles(driver);

  test("binds integers of 64 bits, REALs, and texts with NUL, each as it is", () => {
    const db = file();
    db.exec("create table t (v)");
    const insert = db.prepare("insert into t values (?)");
    for (const value of [2n ** 63n - 1n, -(2n ** 63n), 5, 5n, 0.1, "a\0b", "5", null])
      expect(insert.run(value).changes).toBe(1);

    const kept = db.prepare<object>("select typeof(v) as type, quote(v) as v from t").all();
    expect(kept.map((row) => Object.values(row).join(" "))).toEqual([
      "integer 9223372036854775807",
      "integer -9223372036854775808",
      "real 5.0",
      "integer 5",
      "real 0.1",
      expect.stringMatching(/^text .*a/),
      "text '5'",
      "null NULL",
    ]);
    expect(
      db
        .prepare<object>("select hex(v) as hex from t where v like 'a%' and typeof(v) = 'text'")
        .get(),
    ).toEqual({ hex: "610062" });
  });

  test("reads an integer past 2^53 as the nearest number", () => {
    const db = file();

    expect(db.prepare("select 9007199254740993 as n, 1 as one").get()).toEqual({
      n: 9007199254740992,
      one: 1,
    });
    expect(db.prepare("select 1 as one where 0").get()).toBeUndefined();
  });

  test("writes a row whose rowid is past 2^53", () => {
    const db = file();
    db.exec("create table t (id integer primary key)");

    expect(db.prepare("insert into t values (?)").run(9007199254740993n)).toMatchObject({
      changes: 1,
    });
    expect(db.prepare("select cast(id as text) as id from t").get()).toEqual({
      id: "9007199254740993",
    });
  });

  test("hands a function whatever SQLite has", () => {
    const db = file();
    const seen: unknown[] = [];
    db.function("hear", (a, b) => seen.push(a, b));
    db.prepare("select hear(9007199254740993, null), hear(1, 'x')").get();

    expect(seen).toEqual([9007199254740992, null, 1, "x"]);
    db.exec("create table t (v int)");
    expect(codeOf(() => db.exec("create view w as select hear(1, 2); select * from w"))).toBe(
      "SQLITE_ERROR",
    );
  });

  test("errors carry extended codes", () => {
    const db = file();
    db.exec("pragma foreign_keys = on");
    db.exec("create table p (id integer primary key)");
    db.exec("create table t (a int not null unique, b int check (b > 0), c references p)");
    db.exec("insert into t values (1, 1, null)");

    const codes = ["(1, 1, null)", "(null, 1, null)", "(2, 0, null)", "(3, 1, 9)"].map((row) =>
      codeOf(() => db.prepare(`insert into t values ${row}`).run()),
    );
    expect(codes).toEqual([
      "SQLITE_CONSTRAINT_UNIQUE",
      "SQLITE_CONSTRAINT_NOTNULL",
      "SQLITE_CONSTRAINT_CHECK",
      "SQLITE_CONSTRAINT_FOREIGNKEY",
    ]);
    expect(codeOf(() => db.prepare("insert into p values ('x')").run())).toBe("SQLITE_MISMATCH");
    expect(codeOf(() => db.prepare("select nothing from t"))).toBe("SQLITE_ERROR");
  });
});

describe.each(DRIVERS)("$name: files and statements", (driver: SqliteDriver) => {
  const file = useFiles(driver);

  test("a file that is locked, is none, may not be written or does not exist", () => {
    const db = file();
    db.exec("create table t (a)");
    db.exec("begin exclusive");
    expect(codeOf(() => file().exec("begin immediate"))).toBe("SQLITE_BUSY");
    db.exec("rollback");

    const other = tempDir({ "none.db": "no database at all, of some length".repeat(99) });
    const none = driver.openFile(join(other, "none.db"), CREATE);
    expect(codeOf(() => none.prepare("select * from sqlite_schema").get())).toBe("SQLITE_NOTADB");
    none.close();
    const only = file("a.db", { readonly: true, create: false });
    expect([only.readonly, codeOf(() => only.exec("insert into t values (1)"))]).toEqual([
      true,
      "SQLITE_READONLY",
    ]);
    expect(codeOf(() => file("gone.db", { readonly: false, create: false }))).toBe(
      "SQLITE_CANTOPEN",
    );
  });

  test("knows whether a transaction is open, and whether itself is", () => {
    const db = file();
    db.exec("create table t (a)");
    const states = [db.inTransaction];
    db.exec("begin");
    states.push(db.inTransaction, db.inTransaction);
    db.exec("rollback");
    states.push(db.inTransaction, db.open);
    db.close();
    expect([...states, db.open]).toEqual([false, true, true, false, true, false]);
  });

  test("takes one statement, and tells whether it has parameters and rows", () => {
    const db = file();
    db.exec("create table t (a)");

    expect(() => db.prepare("select 1; select 2")).toThrow(RangeError);
    expect(db.prepare("select 1 as n; -- one").get()).toEqual({ n: 1 });
    const statements = ["select ?", "select :a", "select '?' -- ?", "select 0 and ?"];
    expect(statements.map((sql) => db.hasParameters(sql))).toEqual([true, true, false, true]);
    const sql = ["select 1", "insert into t values (1)", "insert into t values (1) returning a"];
    expect(sql.map((text) => db.prepare(text).reader)).toEqual([true, false, true]);
  });
});

test("result codes have SQLite's names", () => {
  const codes = [1, 5, 517, 1555, 2067, 2579, 3091, 522, 26, 266, 5 | (99 << 8)];
  expect(codes.map(resultCodeName)).toEqual([
    "SQLITE_ERROR",
    "SQLITE_BUSY",
    "SQLITE_BUSY_SNAPSHOT",
    "SQLITE_CONSTRAINT_PRIMARYKEY",
    "SQLITE_CONSTRAINT_UNIQUE",
    "SQLITE_CONSTRAINT_ROWID",
    "SQLITE_CONSTRAINT_DATATYPE",
    "SQLITE_IOERR_SHORT_READ",
    "SQLITE_NOTADB",
    "SQLITE_IOERR_READ",
    "SQLITE_BUSY",
  ]);
});

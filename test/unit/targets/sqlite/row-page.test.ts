/** Pages that are written as SQLite stores them hold what a driver would have been given; each test runs over the drivers of this Node. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { loadBetterSqlite3 } from "../../../../src/targets/sqlite/connect/better-sqlite3.ts";
import type {
  SqliteConnection,
  SqliteDriver,
  SqliteValue,
} from "../../../../src/targets/sqlite/connect/connection.ts";
import { loadNodeSqlite } from "../../../../src/targets/sqlite/connect/node-sqlite.ts";
import { PAGED_ROWS, PageFile } from "../../../../src/targets/sqlite/stage/page-file.ts";
import { PageRecord } from "../../../../src/targets/sqlite/stage/page-record.ts";
import { pageColumn } from "../../../../src/targets/sqlite/stage/row-page.ts";
import { tempDir } from "../../../helpers/temp-dir.ts";

const found = [await loadBetterSqlite3().catch(() => null), loadNodeSqlite()];
const DRIVERS = found.filter((driver) => driver !== null);

/** The powers of two at which a number takes more bytes, and what is around them. */
const EDGES = [7, 8, 15, 16, 23, 24, 31, 32, 47, 48, 49]
  .flatMap((bits) => [2 ** bits - 1, 2 ** bits, -(2 ** bits), -(2 ** bits) - 1])
  .concat([0, 1, -1, 2, 999_999_999_999_999, -999_999_999_999_999]);

/** Lengths at which a type, and a whole row, takes more bytes to tell. */
const LENGTHS = [0, 1, 3, 4, 5, 57, 58, 120, 8185, 8186, 20_000];

const value: fc.Arbitrary<SqliteValue> = fc.oneof(
  fc.constant(null),
  fc.constantFrom(...EDGES.map(BigInt)),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.double({ noNaN: true }),
  fc.string({ unit: "binary" }),
  fc.constantFrom(...LENGTHS).map((length) => "x".repeat(length)),
  fc.uint8Array().map((bytes) => Buffer.from(bytes)),
);

/** What SQLite holds of values, to the last bit. */
function seen(db: SqliteConnection, values: readonly string[], from: string): string[] {
  const told = values.map((each) => `typeof(${each}) || ' ' || quote(${each})`);
  const lines = told.map((each, at) => `select ${at} as at, ${each} as told from ${from}`);
  const rows = db.prepare<{ readonly told: string }>(`${lines.join(" union all ")} order by at`);
  return rows.all().map(({ told: one }) => one);
}

/** The same for what a driver is given. */
function given(db: SqliteConnection, values: readonly SqliteValue[]): string[] {
  const names = values.map((_, at) => pageColumn(at));
  db.exec(`create temp table given (${names.join(", ")})`);
  db.prepare(`insert into given values (${values.map(() => "?").join(", ")})`).run(...values);
  const rows = seen(db, names, "temp.given");
  db.exec("drop table temp.given");
  return rows;
}

/** A database of the driver's in which a transaction has begun, in a folder of the test's own. */
function useDatabase(driver: SqliteDriver): {
  readonly db: SqliteConnection;
  readonly folder: string;
} {
  const own = { db: driver.openPrivate(), folder: "" };
  beforeEach(() => {
    own.folder = tempDir();
    own.db = driver.openFile(join(own.folder, "a.db"), { readonly: false, create: true });
    own.db.exec("create table t (a); begin immediate");
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    own.db.close();
  });
  return own;
}

function openPage(db: SqliteConnection, columns: number): PageFile {
  const file = PageFile.open(db, columns);
  if (file === null) throw new Error("there is no page");
  return file;
}

/** What is read of the values when they are the only row. */
function throughPage(
  db: SqliteConnection,
  file: PageFile,
  values: readonly SqliteValue[],
): string[] {
  const record = new PageRecord(values.length);
  for (const [at, each] of values.entries()) record.value(at, each);
  file.page.clear();
  expect(file.page.add(record)).toBe(true);
  expect(file.write()).toBe(true);
  const names = values.map((_, at) => pageColumn(at));
  return seen(db, names, PAGED_ROWS);
}

describe.each(DRIVERS)("$name: the rows of a page", (driver: SqliteDriver) => {
  const own = useDatabase(driver);

  test("a page holds any values", () => {
    const file = openPage(own.db, 12);
    const rows = fc.array(value, { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(
        rows.filter((row) => row.filter((one) => String(one).length > 8000).length < 3),
        (row) => {
          expect(throughPage(own.db, file, row)).toEqual(given(own.db, row));
        },
      ),
      { numRuns: 300 },
    );
    file.close();
  });

  test("whole numbers are integers where they may be, and else what they are", () => {
    const file = openPage(own.db, 2);
    for (const number of EDGES) {
      const record = new PageRecord(2);
      record.number(0, number, true);
      record.number(1, number, false);
      file.page.clear();
      file.page.add(record);
      expect(file.write()).toBe(true);
      expect(seen(own.db, ["c0", "c1"], PAGED_ROWS)).toEqual(
        given(own.db, [BigInt(number), number]),
      );
    }
    file.close();
  });

  test.each([126, 127, 128, 300, 500])("a row of %d columns", (columns) => {
    const file = openPage(own.db, columns);
    const row = Array.from({ length: columns }, (_, at) => (at % 3 === 0 ? `v${at}` : BigInt(at)));
    // A query of so many parts would be too long: all at once.
    const all = row.map((_, at) => `quote(${pageColumn(at)})`).join(" || ',' || ");
    const record = new PageRecord(columns);
    for (const [at, each] of row.entries()) record.value(at, each);
    file.page.clear();
    file.page.add(record);
    file.write();
    const [read] = own.db
      .prepare<{ readonly told: string }>(`select ${all} as told from ${PAGED_ROWS}`)
      .all();
    expect(read?.told).toBe(
      row.map((each) => (typeof each === "string" ? `'${each}'` : String(each))).join(","),
    );
    file.close();
  });
});

describe.each(DRIVERS)("$name: the file of a page", (driver: SqliteDriver) => {
  const own = useDatabase(driver);

  test("a page is a sound database, full or not, and each is read anew", () => {
    const file = openPage(own.db, 1);
    const record = new PageRecord(1);
    for (const length of [10, 100, 65_000]) {
      record.value(0, "y".repeat(length));
      file.page.clear();
      let rows = 0;
      while (file.page.add(record)) rows += 1;
      expect(rows).toBeGreaterThan(0);
      expect(file.write()).toBe(true);
      const sql = `select count(*) as n, max(length(c0)) as longest from ${PAGED_ROWS}`;
      expect(own.db.prepare(sql).all()).toEqual([{ n: rows, longest: length }]);
      expect(own.db.prepare("pragma upsurge_page.integrity_check").all()).toEqual([
        { integrity_check: "ok" },
      ]);
    }
    record.value(0, "z".repeat(66_000));
    file.page.clear();
    expect(file.page.add(record)).toBe(false);
    file.close();
  });

  test("the file is gone from its folder at once, and the database when it is closed", () => {
    vi.stubEnv("TMPDIR", own.folder);
    const file = openPage(own.db, 1);
    expect(readdirSync(own.folder).filter((name) => name.startsWith("upsurge"))).toEqual([]);
    own.db.exec("commit");
    file.close();
    expect(
      own.db.prepare("select name from pragma_database_list where name like 'up%'").all(),
    ).toEqual([]);
  });

  test("there is no page where no file can be made, and none where texts are UTF-16", () => {
    vi.stubEnv("TMPDIR", join(own.folder, "nowhere"));
    expect(PageFile.open(own.db, 1)).toBe(null);
    vi.stubEnv("TMPDIR", own.folder);
    const wide = driver.openFile(join(own.folder, "wide.db"), { readonly: false, create: true });
    wide.exec("pragma encoding = 'UTF-16'; create table t (a); begin immediate");
    expect(PageFile.open(wide, 1)).toBe(null);
    wide.close();
    expect(readdirSync(own.folder).filter((name) => name.startsWith("upsurge"))).toEqual([]);
  });

  test("a page that SQLite remembers from before is told", () => {
    const file = openPage(own.db, 1);
    own.db.exec("pragma upsurge_page.cache_size = 100");
    const record = new PageRecord(1);
    record.value(0, 7n);
    const told = [1, 2].map(() => {
      file.page.clear();
      file.page.add(record);
      return file.write();
    });
    expect(told).toContain(false);
    file.close();
  });
});

/** What records bring along: values that do not fit, numbers beyond JavaScript, and the less common flags. */
import { ITEMS } from "./case.ts";
import type { Case } from "./case.ts";

/** Records enough to be worth a page of SQLite's. */
function manyRecords(mode: "insert" | "upsert"): Case {
  const [from, flags, counts] =
    mode === "insert"
      ? ([3, ["--mode", "insert"], { inserted: 60 }] as const)
      : // The first is of a row that is there.
        ([2, ["--key", "id"], { inserted: 59, updated: 1 }] as const);
  const rows = Array.from({ length: 60 }, (_, at) => [`${from + at}`, `item ${at}`, `${at}`]);
  return {
    title: `many records: ${mode}`,
    setup: ITEMS,
    csv: `id,name,qty\n${rows.map((row) => `${row.join(",")}\n`).join("")}`,
    flags,
    counts,
    check: `select * from t where id >= ${from} order by 1`,
    rows,
  };
}

/** Records enough, in a table whose rowids are too high to be counted with. */
function manyBeyondDoubles(): Case {
  const far = "insert into t (rowid, id, name) values (9007199254740993, 1000, 'far');";
  const many = manyRecords("upsert");
  return {
    ...many,
    title: "many records: upsert where rowids are very high",
    engines: ["sqlite"],
    setup: `${ITEMS} ${far}`,
    check: "select * from t where id between 2 and 999 order by 1",
  };
}

/** Numbers that come out of a function: the database draws them as rows are inserted, and nothing tells that they count up. */
const NUMBERED =
  "create sequence s; create function f() returns int language sql volatile as $$ select nextval('s')::int $$;";

export const ROW_CASES: readonly Case[] = [
  manyRecords("insert"),
  manyRecords("upsert"),
  manyBeyondDoubles(),
  {
    title: "a load whose first record cannot be read is planned all the same",
    setup: ITEMS,
    ndjson: '{"id":1\n{"id":2}\n',
    flags: ["--key", "id", "--set", "qty = target.qty + 1"],
    counts: { updated: 1, rejected: 1 },
    rejects: [{ record: 1, code: "ROW_JSON", dbCode: null }],
    rows: [
      ["1", "bolt", "5"],
      ["2", "nut", "7"],
    ],
  },
  {
    title: "a load of which no record can be read is planned all the same",
    setup: ITEMS,
    ndjson: '{"id":1\n',
    flags: ["--key", "id", "--set", "qty = target.qty + 1"],
    counts: { rejected: 1 },
    rejects: [{ record: 1, code: "ROW_JSON", dbCode: null }],
    rows: [
      ["1", "bolt", "5"],
      ["2", "nut", "6"],
    ],
  },
  {
    title: "bad records are rejected one by one, the others load",
    setup: {
      sqlite:
        "create table t (id int primary key, n int not null, s text, check (n < 100)) strict;",
      postgres: "create table t (id int primary key, n int not null, s text, check (n < 100));",
      sqlserver:
        "create table t (id int primary key, n int not null, s nvarchar(20), check (n < 100));",
    },
    csv: "id,n,s\n1,1,a\n2,x,b\n3,,c\n4,100,d\n5,5,e\n1,100,f\n1,,g\n1,2,h\n",
    flags: ["--key", "id"],
    counts: { inserted: 2, updated: 1, rejected: 5 },
    rejects: {
      sqlite: [
        { record: 2, code: "ROW_TYPE", dbCode: "SQLITE_CONSTRAINT_DATATYPE" },
        { record: 3, code: "ROW_NOT_NULL", dbCode: "SQLITE_CONSTRAINT_NOTNULL" },
        { record: 4, code: "ROW_CHECK", dbCode: "SQLITE_CONSTRAINT_CHECK" },
        { record: 6, code: "ROW_CHECK", dbCode: "SQLITE_CONSTRAINT_CHECK" },
        { record: 7, code: "ROW_NOT_NULL", dbCode: "SQLITE_CONSTRAINT_NOTNULL" },
      ],
      postgres: [
        { record: 2, code: "ROW_TYPE", dbCode: "22P02" },
        { record: 3, code: "ROW_NOT_NULL", dbCode: "23502" },
        { record: 4, code: "ROW_CHECK", dbCode: "23514" },
        { record: 6, code: "ROW_CHECK", dbCode: "23514" },
        { record: 7, code: "ROW_NOT_NULL", dbCode: "23502" },
      ],
      sqlserver: [
        { record: 2, code: "ROW_TYPE", dbCode: "245" },
        { record: 3, code: "ROW_NOT_NULL", dbCode: "515" },
        { record: 4, code: "ROW_CHECK", dbCode: "547" },
        { record: 6, code: "ROW_CHECK", dbCode: "547" },
        { record: 7, code: "ROW_NOT_NULL", dbCode: "515" },
      ],
    },
    rows: [
      ["1", "2", "h"],
      ["5", "5", "e"],
    ],
  },
  {
    title: "a row that meets a target row must be insertable all the same",
    setup:
      "create table t (id int primary key, v int, must text not null); insert into t values (1, 5, 'x');",
    ndjson: '{"id":1,"v":6}\n{"id":1,"v":7,"must":"y"}\n{"id":2,"v":1}\n',
    flags: ["--key", "id"],
    counts: { rejected: 2, updated: 1 },
    rejects: {
      sqlite: [
        { record: 1, code: "ROW_NOT_NULL", dbCode: "SQLITE_CONSTRAINT_NOTNULL" },
        { record: 3, code: "ROW_NOT_NULL", dbCode: "SQLITE_CONSTRAINT_NOTNULL" },
      ],
      postgres: [
        { record: 1, code: "ROW_NOT_NULL", dbCode: "23502" },
        { record: 3, code: "ROW_NOT_NULL", dbCode: "23502" },
      ],
      sqlserver: [
        { record: 1, code: "ROW_NOT_NULL", dbCode: "515" },
        { record: 3, code: "ROW_NOT_NULL", dbCode: "515" },
      ],
    },
    rows: [["1", "7", "y"]],
  },
  {
    title: "numbers beyond what JavaScript can count travel whole",
    setup: "create table t (id bigint primary key, n numeric(30, 10));",
    ndjson:
      '{"id":9007199254740993,"n":1.10}\n{"id":9007199254740992,"n":null}\n{"id":9007199254740993,"n":2.5}\n',
    flags: ["--key", "id"],
    counts: { inserted: 2, updated: 1 },
    rows: {
      sqlite: [
        ["9007199254740992", null],
        ["9007199254740993", "2.5"],
      ],
      postgres: [
        ["9007199254740992", null],
        ["9007199254740993", "2.5000000000"],
      ],
      sqlserver: [
        ["9007199254740992", null],
        ["9007199254740993", "2.5000000000"],
      ],
    },
  },
  {
    title: "a partial unique index, by its name",
    notNative: ["sqlserver"],
    setup:
      "create table t (email text, gone int, v int); create unique index live on t (email) where gone = 0; insert into t values ('a', 0, 1), ('a', 1, 2);",
    csv: "email,gone,v\na,0,5\na,1,6\nb,0,7\nb,0,8\n",
    flags: ["--constraint", "live"],
    counts: { updated: 2, inserted: 2 },
    check: "select * from t order by v",
    rows: [
      ["a", "1", "2"],
      ["a", "0", "5"],
      ["a", "1", "6"],
      ["b", "0", "8"],
    ],
  },
  {
    title: "values that the database makes come in file order, whatever columns records have",
    engines: ["postgres"],
    setup: `${NUMBERED} create table t (id int primary key, v text, n int default f());`,
    ndjson: '{"id":1,"v":"a"}\n{"id":2}\n{"id":3,"v":"b"}\n{"id":4}\n{"v":"c","id":5}\n',
    flags: ["--key", "id"],
    counts: { inserted: 5 },
    rows: [
      ["1", "a", "1"],
      ["2", null, "2"],
      ["3", "b", "3"],
      ["4", null, "4"],
      ["5", "c", "5"],
    ],
  },
  {
    title: "a row that an update takes out of a partial key is not found again",
    engines: ["postgres"],
    setup: `${NUMBERED} create table t (id int, gone int, n int default f()); create unique index live on t (id) where gone = 0;`,
    csv: "id,gone\n1,0\n1,0\n1,0\n2,0\n2,0\n",
    flags: ["--constraint", "live", "--set", "gone = 1"],
    counts: { updated: 2, inserted: 3 },
    // An upsert uses numbers up for rows that it updates.
    check: "select id, gone from t order by n",
    rows: [
      ["1", "1"],
      ["1", "0"],
      ["2", "1"],
    ],
  },
  {
    title: "a unique index on an expression, by its name",
    setup: {
      sqlite:
        "create table t (k text, v int); create unique index folded on t (lower(k)); insert into t values ('Ann', 1);",
      postgres:
        "create table t (k text, v int); create unique index folded on t (lower(k)); insert into t values ('Ann', 1);",
      // Without expressions in indexes, the collation folds.
      sqlserver:
        "create table t (k nvarchar(20), v int); create unique index folded on t (k); insert into t values ('Ann', 1);",
    },
    csv: "k,v\nANN,2\nbob,3\nBob,4\n",
    flags: ["--constraint", "folded"],
    counts: { updated: 2, inserted: 1 },
    check: "select v from t order by v",
    rows: [["2"], ["4"]],
  },
  {
    title: "unchanged rows are written again on request",
    setup: ITEMS,
    csv: "id,name,qty\n1,bolt,5\n",
    flags: ["--key", "id", "--rewrite-unchanged"],
    counts: { updated: 1 },
    rows: [
      ["1", "bolt", "5"],
      ["2", "nut", "6"],
    ],
  },
  {
    title: "a dry run tells the counts and keeps nothing",
    setup: ITEMS,
    csv: "id,name,qty\n1,x,5\n3,y,1\n",
    flags: ["--key", "id", "--dry-run"],
    counts: { updated: 1, inserted: 1 },
    rows: [
      ["1", "bolt", "5"],
      ["2", "nut", "6"],
    ],
  },
  {
    title: "a subquery in an expression sees the rows before it",
    setup: ITEMS,
    csv: "id,name,qty\n1,x,0\n2,y,0\n3,z,0\n3,z,0\n",
    flags: ["--key", "id", "--set", "qty = (select count(*) from t)"],
    counts: { updated: 3, inserted: 1 },
    rows: [
      ["1", "x", "2"],
      ["2", "y", "2"],
      ["3", "z", "3"],
    ],
  },
  {
    title: "names that need quotes, everywhere",
    setup: {
      sqlite: `create table "Odd table" ("Key Column" int primary key, "select" text, "a""b" text);`,
      postgres: `create table "Odd table" ("Key Column" int primary key, "select" text, "a""b" text);`,
      sqlserver: `create table [Odd table] ([Key Column] int primary key, [select] nvarchar(9), [a"b] nvarchar(9));`,
    },
    table: "Odd table",
    csv: 'Key Column,select,"a""b"\n1,x,y\n1,x,z\n',
    flags: ["--key", "Key Column"],
    counts: { inserted: 1, updated: 1 },
    check: `select * from "Odd table"`,
    rows: [["1", "x", "z"]],
  },
];

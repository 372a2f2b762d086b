/** What the flags mean: modes, conditions, expressions, absent columns, NULL keys. */
import { ITEMS } from "./case.ts";
import type { Case } from "./case.ts";

const NULL_KEYS = [
  [null, "a"],
  [null, "b"],
  ["1", "d"],
  [null, "x"],
];

export const MODE_CASES: readonly Case[] = [
  {
    title: "upsert inserts, updates and leaves alone",
    setup: ITEMS,
    csv: "id,name,qty\n1,bolt,5\n2,nut,7\n3,gear,8\n",
    flags: ["--key", "id"],
    counts: { unchanged: 1, updated: 1, inserted: 1 },
    rows: [
      ["1", "bolt", "5"],
      ["2", "nut", "7"],
      ["3", "gear", "8"],
    ],
  },
  {
    title: "the same key many times: every record counts, the last one stays",
    setup: ITEMS,
    csv: "id,name,qty\n3,a,1\n1,b,1\n3,c,1\n3,c,1\n1,d,1\n03,e,1\n",
    flags: ["--key", "id"],
    counts: { inserted: 1, updated: 4, unchanged: 1 },
    rows: [
      ["1", "d", "1"],
      ["2", "nut", "6"],
      ["3", "e", "1"],
    ],
  },
  {
    title: "a condition decides which updates happen; NULL is no",
    setup: `${ITEMS} insert into t values (4, null, 0);`,
    csv: "id,name,qty\n1,new,4\n2,new,7\n4,new,9\n5,new,0\n",
    flags: [
      "--key",
      "id",
      "--update-where",
      "excluded.qty > target.qty and target.name is not null",
    ],
    counts: { skipped: 2, updated: 1, inserted: 1 },
    rows: [
      ["1", "bolt", "5"],
      ["2", "new", "7"],
      ["4", null, "0"],
      ["5", "new", "0"],
    ],
  },
  {
    title: "ignore leaves target rows alone, those of the same file too",
    setup: ITEMS,
    csv: "id,name,qty\n1,x,0\n3,first,0\n3,second,0\n",
    flags: ["--key", "id", "--ignore"],
    counts: { ignored: 2, inserted: 1 },
    rows: [
      ["1", "bolt", "5"],
      ["2", "nut", "6"],
      ["3", "first", "0"],
    ],
  },
  {
    title: "ignoring on a key does not hide another unique key; ignoring on any key does",
    notNative: ["sqlserver"],
    setup: "create table t (id int primary key, email text unique); insert into t values (1, 'a');",
    csv: "id,email\n1,z\n2,a\n3,c\n",
    flags: ["--ignore", "--any-constraint"],
    counts: { ignored: 2, inserted: 1 },
    rows: [
      ["1", "a"],
      ["3", "c"],
    ],
  },
  {
    title: "insert rejects a key that exists",
    setup: ITEMS,
    csv: "id,name,qty\n3,a,1\n1,b,1\n3,c,1\n4,d,1\n",
    flags: ["--mode", "insert"],
    counts: { inserted: 2, rejected: 2 },
    rejects: {
      sqlite: [
        { record: 2, code: "ROW_UNIQUE", dbCode: "SQLITE_CONSTRAINT_PRIMARYKEY" },
        { record: 3, code: "ROW_UNIQUE", dbCode: "SQLITE_CONSTRAINT_PRIMARYKEY" },
      ],
      postgres: [
        { record: 2, code: "ROW_UNIQUE", dbCode: "23505" },
        { record: 3, code: "ROW_UNIQUE", dbCode: "23505" },
      ],
      sqlserver: [
        { record: 2, code: "ROW_UNIQUE", dbCode: "2627" },
        { record: 3, code: "ROW_UNIQUE", dbCode: "2627" },
      ],
    },
    rows: [
      ["1", "bolt", "5"],
      ["2", "nut", "6"],
      ["3", "a", "1"],
      ["4", "d", "1"],
    ],
  },
  {
    title: "update never inserts, and takes rows that could not be inserted",
    setup:
      "create table t (id int primary key, name text not null, qty int); insert into t values (1, 'bolt', 5);",
    csv: "id,qty\n1,6\n1,6\n2,7\n",
    flags: ["--key", "id", "--mode", "update"],
    counts: { updated: 1, unchanged: 1, skipped: 1 },
    rows: [["1", "bolt", "6"]],
  },
  {
    title: "expressions see the target row and the incoming row, record by record",
    setup: ITEMS,
    csv: "id,name,qty\n1,x,10\n3,y,1\n1,z,100\n3,y,1\n",
    flags: ["--key", "id", "--set", "qty = target.qty + excluded.qty"],
    counts: { updated: 3, inserted: 1 },
    rows: [
      ["1", "z", "115"],
      ["2", "nut", "6"],
      ["3", "y", "2"],
    ],
  },
  {
    title: "a bare name in an expression is the target row",
    setup: ITEMS,
    csv: "id,qty\n1,0\n2,0\n2,0\n",
    flags: ["--key", "id", "--update-columns", "none", "--set", "qty = qty * 2"],
    counts: { updated: 3 },
    rows: [
      ["1", "bolt", "10"],
      ["2", "nut", "24"],
    ],
  },
  {
    title: "columns that a record lacks keep their value, and take their default in a new row",
    setup: ITEMS,
    ndjson: '{"id":1,"name":"x"}\n{"id":2,"qty":9}\n{"id":3,"name":"y"}\n{"id":1}\n{"id":4}\n',
    flags: ["--key", "id"],
    counts: { updated: 2, inserted: 2, ignored: 1 },
    rows: [
      ["1", "x", "5"],
      ["2", "nut", "9"],
      ["3", "y", "1"],
      ["4", null, "1"],
    ],
  },
  {
    title: "what a record lacks is left out, or NULL, as the flag says: default",
    setup: ITEMS,
    ndjson: '{"id":1,"name":"x"}\n{"id":2,"qty":9}\n{"id":3}\n',
    flags: ["--key", "id", "--missing-fields", "default"],
    counts: { updated: 2, inserted: 1 },
    rows: [
      ["1", "x", "5"],
      ["2", "nut", "9"],
      ["3", null, "1"],
    ],
  },
  {
    title: "what a record lacks is left out, or NULL, as the flag says: null",
    setup: ITEMS.replace(" not null", ""),
    ndjson: '{"id":1,"name":"x"}\n{"id":2,"qty":9}\n{"id":3}\n',
    flags: ["--key", "id", "--missing-fields", "null"],
    counts: { updated: 2, inserted: 1 },
    rows: [
      ["1", "x", null],
      ["2", null, "9"],
      ["3", null, null],
    ],
  },
  {
    title: "a column that is not in the file stays as it is",
    setup: ITEMS,
    csv: "id,name\n1,x\n3,y\n",
    flags: ["--key", "id"],
    counts: { updated: 1, inserted: 1 },
    rows: [
      ["1", "x", "5"],
      ["2", "nut", "6"],
      ["3", "y", "1"],
    ],
  },
  {
    title: "NULL never overwrites a value under --null-keeps",
    setup: ITEMS,
    csv: "id,name,qty\n1,,9\n2,,6\n3,,1\n",
    flags: ["--key", "id", "--null-keeps"],
    counts: { updated: 1, unchanged: 1, inserted: 1 },
    rows: [
      ["1", "bolt", "9"],
      ["2", "nut", "6"],
      ["3", null, "1"],
    ],
  },
  {
    title: "a NULL key is rejected by default",
    setup: "create table t (k int unique, v text); insert into t values (null, 'x');",
    csv: "k,v\n,a\n1,b\n",
    flags: ["--key", "k"],
    counts: { rejected: 1, inserted: 1 },
    rejects: [{ record: 1, code: "ROW_NULL_KEY", dbCode: null }],
    check: "select * from t order by v",
    rows: [
      ["1", "b"],
      [null, "x"],
    ],
  },
  {
    title: "a NULL key inserts on request",
    setup: "create table t (k int unique, v text); insert into t values (null, 'x');",
    csv: "k,v\n,a\n,b\n1,c\n1,d\n",
    flags: ["--key", "k", "--null-key", "insert"],
    counts: {
      sqlite: { inserted: 3, updated: 1 },
      postgres: { inserted: 3, updated: 1 },
      // A unique index of SQL Server takes one NULL.
      sqlserver: { inserted: 1, updated: 1, rejected: 2 },
    },
    rejects: {
      sqlite: [],
      postgres: [],
      sqlserver: [
        { record: 1, code: "ROW_UNIQUE", dbCode: "2627" },
        { record: 2, code: "ROW_UNIQUE", dbCode: "2627" },
      ],
    },
    check: "select * from t order by v",
    rows: {
      sqlite: NULL_KEYS,
      postgres: NULL_KEYS,
      sqlserver: [
        ["1", "d"],
        [null, "x"],
      ],
    },
  },
  {
    title: "repeats: empty values keep what the record before has left",
    setup: ITEMS,
    csv: "id,name,qty\n3,a,1\n3,,2\n3,,2\n1,,9\n1,x,9\n1,,9\n",
    flags: ["--key", "id", "--null-keeps"],
    counts: { inserted: 1, updated: 3, unchanged: 2 },
    rows: [
      ["1", "x", "9"],
      ["2", "nut", "6"],
      ["3", "a", "2"],
    ],
  },
  {
    title: "repeats: unchanged rows are rewritten on request",
    setup: ITEMS,
    csv: "id,name,qty\n3,a,1\n3,a,1\n3,a,1\n1,bolt,5\n",
    flags: ["--key", "id", "--rewrite-unchanged"],
    counts: { inserted: 1, updated: 3 },
    rows: [
      ["1", "bolt", "5"],
      ["2", "nut", "6"],
      ["3", "a", "1"],
    ],
  },
  {
    title: "repeats: the stored image decides what is unchanged, not equality",
    engines: ["postgres"],
    setup: "create table t (id int primary key, d json, n numeric, c char(3));",
    csv: 'id,d,n,c\n1,"{""a"":1}",1.0,x\n1,"{""a"": 1}",1.0,x\n1,"{""a"": 1}",1.00,x\n1,"{""a"": 1}",1.00,"x "\n',
    flags: ["--key", "id"],
    counts: { inserted: 1, updated: 2, unchanged: 1 },
    rows: [["1", '{"a": 1}', "1.00", "x  "]],
  },
  {
    title: "repeats: columns of a partition key and of an index with a condition",
    engines: ["postgres"],
    setup:
      "create table t (id int, region int, n int, primary key (id, region)) partition by list (region); create table t_1 partition of t for values in (1); create table t_2 partition of t for values in (2); create index on t_1 ((100 / n)) where n < 50;",
    csv: "id,region,n\n1,1,1\n1,1,60\n1,1,0\n1,2,3\n1,1,70\n1,2,4\n1,2,4\n",
    flags: ["--key", "id,region"],
    counts: { inserted: 2, updated: 3, unchanged: 1, rejected: 1 },
    rejects: [{ record: 3, code: "ROW_TYPE", dbCode: "22012" }],
    rows: [
      ["1", "1", "70"],
      ["1", "2", "4"],
    ],
  },
];

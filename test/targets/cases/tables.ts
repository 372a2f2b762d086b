/** What tables bring along: other keys, references, triggers, generated columns, the database's own equality, views. */
import { ITEMS, setupFor } from "./case.ts";
import type { Case } from "./case.ts";

const TSQL_ITEMS = setupFor(ITEMS, "sqlserver");

/** Triggers that drop rows of less than nothing. */
const SQLITE_DROPS =
  "create trigger a before insert on t when new.qty < 0 begin select raise(ignore); end;";
const POSTGRES_DROPS =
  "create function f() returns trigger language plpgsql as $$ begin if new.qty < 0 then return null; end if; return new; end $$; create trigger a before insert on t for each row execute function f();";

/** The third record breaks a check. */
const CHECK_OF_RECORD_3 = {
  sqlite: [{ record: 3, code: "ROW_CHECK", dbCode: "SQLITE_CONSTRAINT_CHECK" }],
  postgres: [{ record: 3, code: "ROW_CHECK", dbCode: "23514" }],
  sqlserver: [{ record: 3, code: "ROW_CHECK", dbCode: "547" }],
};

export const TABLE_CASES: readonly Case[] = [
  {
    title: "two unique keys: a conflict on the other one rejects the record",
    setup:
      "create table t (id int primary key, email text, constraint t_email unique (email)); insert into t values (1, 'a'), (2, 'b');",
    csv: "id,email\n1,b\n3,a\n2,c\n4,b\n1,e\n",
    flags: ["--key", "id"],
    counts: { rejected: 2, updated: 2, inserted: 1 },
    rejects: {
      sqlite: [
        { record: 1, code: "ROW_UNIQUE", dbCode: "SQLITE_CONSTRAINT_UNIQUE" },
        { record: 2, code: "ROW_UNIQUE", dbCode: "SQLITE_CONSTRAINT_UNIQUE" },
      ],
      postgres: [
        { record: 1, code: "ROW_UNIQUE", dbCode: "23505" },
        { record: 2, code: "ROW_UNIQUE", dbCode: "23505" },
      ],
      sqlserver: [
        { record: 1, code: "ROW_UNIQUE", dbCode: "2627" },
        { record: 2, code: "ROW_UNIQUE", dbCode: "2627" },
      ],
    },
    rows: [
      ["1", "e"],
      ["2", "c"],
      ["4", "b"],
    ],
  },
  {
    title: "a value that a later record frees is not free yet",
    setup: "create table t (id int primary key, email text unique); insert into t values (4, 'a');",
    csv: "id,email\n1,a\n4,b\n",
    flags: ["--key", "id"],
    counts: { rejected: 1, updated: 1 },
    rejects: {
      sqlite: [{ record: 1, code: "ROW_UNIQUE", dbCode: "SQLITE_CONSTRAINT_UNIQUE" }],
      postgres: [{ record: 1, code: "ROW_UNIQUE", dbCode: "23505" }],
      sqlserver: [{ record: 1, code: "ROW_UNIQUE", dbCode: "2627" }],
    },
    rows: [["4", "b"]],
  },
  {
    title: "updating: a value that a later record frees is not free yet",
    setup:
      "create table t (id int primary key, email text unique); insert into t values (1, 'x'), (4, 'a');",
    csv: "id,email\n1,a\n4,b\n",
    flags: ["--key", "id", "--mode", "update"],
    counts: { rejected: 1, updated: 1 },
    rejects: {
      sqlite: [{ record: 1, code: "ROW_UNIQUE", dbCode: "SQLITE_CONSTRAINT_UNIQUE" }],
      postgres: [{ record: 1, code: "ROW_UNIQUE", dbCode: "23505" }],
      sqlserver: [{ record: 1, code: "ROW_UNIQUE", dbCode: "2627" }],
    },
    rows: [
      ["1", "x"],
      ["4", "b"],
    ],
  },
  {
    title: "a row may refer only to rows before it",
    setup: "create table t (id int primary key, boss int references t (id));",
    csv: "id,boss\n2,1\n1,\n3,1\n4,4\n",
    flags: ["--key", "id"],
    counts: { rejected: 1, inserted: 3 },
    rejects: {
      sqlite: [{ record: 1, code: "ROW_FOREIGN_KEY", dbCode: "SQLITE_CONSTRAINT_FOREIGNKEY" }],
      postgres: [{ record: 1, code: "ROW_FOREIGN_KEY", dbCode: "23503" }],
      sqlserver: [{ record: 1, code: "ROW_FOREIGN_KEY", dbCode: "547" }],
    },
    rows: [
      ["1", null],
      ["3", "1"],
      ["4", "4"],
    ],
  },
  {
    title: "an audit trigger sees real changes only",
    setup: {
      sqlite: `${ITEMS} create table log (n integer primary key, what text); create trigger a after update on t begin insert into log (what) values (old.qty || '-' || new.qty); end;`,
      postgres: `${ITEMS} create table log (n serial, what text); create function f() returns trigger language plpgsql as $$ begin insert into log (what) values (old.qty || '-' || new.qty); return null; end $$; create trigger a after update on t for each row execute function f();`,
      sqlserver: `${TSQL_ITEMS} create table log (n int identity(1,1), what nvarchar(20)); go
create trigger a on t after update as begin insert into log (what) select convert(nvarchar(9), d.qty) + '-' + convert(nvarchar(9), i.qty) from inserted as i inner join deleted as d on d.id = i.id; end;`,
    },
    csv: "id,name,qty\n1,bolt,5\n1,bolt,6\n3,x,1\n1,bolt,7\n2,nut,6\n",
    flags: ["--key", "id"],
    counts: { unchanged: 2, updated: 2, inserted: 1 },
    check: "select what from log order by n",
    rows: [["5-6"], ["6-7"]],
  },
  {
    title: "a trigger that drops rows: suppressed",
    engines: ["sqlite", "postgres"],
    setup: {
      sqlite: `${ITEMS} ${SQLITE_DROPS}`,
      postgres: `${ITEMS} ${POSTGRES_DROPS}`,
      sqlserver: "",
    },
    csv: "id,name,qty\n3,x,-1\n4,y,1\n1,z,-1\n2,z,2\n",
    flags: ["--key", "id"],
    counts: { suppressed: 2, inserted: 1, updated: 1 },
    rows: [
      ["1", "bolt", "5"],
      ["2", "z", "2"],
      ["4", "y", "1"],
    ],
  },
  {
    title: "a trigger that drops rows, where rows are ignored by an id that the database makes",
    engines: ["postgres"],
    setup: `create table t (id int generated always as identity primary key, name text, qty int); insert into t (name, qty) values ('bolt', 5); ${POSTGRES_DROPS}`,
    csv: "id,name,qty\n3,x,-1\n4,y,1\n1,z,9\n4,y,2\n",
    flags: ["--key", "id", "--mode", "ignore", "--keep-identity"],
    counts: { suppressed: 1, inserted: 1, ignored: 2 },
    rows: [
      ["1", "bolt", "5"],
      ["4", "y", "1"],
    ],
  },
  {
    title: "a trigger that drops rows, where rows are ignored by their key",
    engines: ["sqlite", "postgres"],
    setup: {
      sqlite: `${ITEMS} ${SQLITE_DROPS}`,
      postgres: `${ITEMS} ${POSTGRES_DROPS}`,
      sqlserver: "",
    },
    csv: "id,name,qty\n3,x,-1\n4,y,1\n1,z,9\n4,y,2\n",
    flags: ["--key", "id", "--mode", "ignore"],
    counts: { suppressed: 1, inserted: 1, ignored: 2 },
    rows: [
      ["1", "bolt", "5"],
      ["2", "nut", "6"],
      ["4", "y", "1"],
    ],
  },
  {
    title: "triggers before inserting fire for rows that end as an update",
    engines: ["sqlite", "postgres"],
    setup: {
      sqlite: `${ITEMS} create table log (n integer primary key, what text); create trigger a before insert on t begin insert into log (what) values (new.id || new.name); end;`,
      postgres: `${ITEMS} create table log (n serial, what text); create function f() returns trigger language plpgsql as $$ begin insert into log (what) values (new.id || new.name); return new; end $$; create trigger a before insert on t for each row execute function f();`,
      sqlserver: "",
    },
    csv: "id,name,qty\n1,x,5\n3,y,1\n3,z,1\n",
    flags: ["--key", "id"],
    counts: { updated: 2, inserted: 1 },
    check: "select what from log order by n",
    rows: [["1x"], ["3y"], ["3z"]],
  },
  {
    title: "a stamp is set when a row is inserted or really changes",
    setup:
      "create table t (id int primary key, v text, at text); insert into t values (1, 'a', 'old'), (2, 'b', 'old');",
    csv: "id,v\n1,a\n2,c\n3,d\n",
    flags: ["--key", "id", "--stamp", "at = concat('new ', excluded.v)"],
    counts: { unchanged: 1, updated: 1, inserted: 1 },
    rows: [
      ["1", "a", "old"],
      ["2", "c", "new c"],
      ["3", "d", "new d"],
    ],
  },
  {
    title: "a stamp reads fields that a record lacks, and columns that no record has",
    setup:
      "create table t (id int primary key, v int default 5, w int default 2, at int, check (id < 9)); insert into t (id, v, at) values (1, 1, 7);",
    ndjson: '{"id":1,"v":3}\n{"id":2}\n{"id":9,"v":1}\n{"id":3,"v":4}\n',
    flags: ["--key", "id", "--stamp", "at = excluded.v * 10 + excluded.w"],
    counts: { updated: 1, inserted: 2, rejected: 1 },
    rejects: CHECK_OF_RECORD_3,
    rows: [
      ["1", "3", "2", "32"],
      ["2", "5", "2", "52"],
      ["3", "4", "2", "42"],
    ],
  },
  {
    title: "so it does of rows that are only inserted",
    setup:
      "create table t (id int primary key, v int default 5, w int default 2, at int, check (id < 9));",
    ndjson: '{"id":1,"v":3}\n{"id":2}\n{"id":9,"v":1}\n{"id":3,"v":4}\n',
    flags: ["--mode", "insert", "--stamp", "at = excluded.v * 10 + excluded.w"],
    counts: { inserted: 3, rejected: 1 },
    rejects: CHECK_OF_RECORD_3,
    rows: [
      ["1", "3", "2", "32"],
      ["2", "5", "2", "52"],
      ["3", "4", "2", "42"],
    ],
  },
  {
    title: "a stamp reads a generated column",
    engines: ["postgres", "sqlite"],
    setup:
      "create table t (id int primary key, v int default 5, g int generated always as (v * 2) stored, at int, check (id < 9)); insert into t (id, v, at) values (1, 1, 7);",
    ndjson: '{"id":1,"v":3}\n{"id":2}\n{"id":9,"v":1}\n{"id":3,"v":4}\n',
    flags: ["--key", "id", "--stamp", "at = excluded.g + 1"],
    counts: { updated: 1, inserted: 2, rejected: 1 },
    rejects: CHECK_OF_RECORD_3,
    rows: [
      ["1", "3", "6", "7"],
      ["2", "5", "10", "11"],
      ["3", "4", "8", "9"],
    ],
  },
  {
    title: "generated columns follow",
    setup: {
      sqlite:
        "create table t (id int primary key, a int, twice int generated always as (a * 2) stored); insert into t (id, a) values (1, 2);",
      postgres:
        "create table t (id int primary key, a int, twice int generated always as (a * 2) stored); insert into t (id, a) values (1, 2);",
      sqlserver:
        "create table t (id int primary key, a int, twice as (a * 2)); insert into t (id, a) values (1, 2);",
    },
    csv: "id,a\n1,5\n2,7\n",
    flags: ["--key", "id"],
    counts: { updated: 1, inserted: 1 },
    rows: [
      ["1", "5", "10"],
      ["2", "7", "14"],
    ],
  },
  {
    title: "a key in two columns, named in any order",
    setup:
      "create table t (a int, b text, v int, primary key (a, b)); insert into t values (1, 'x', 0);",
    csv: "v,b,a\n1,x,1\n2,y,1\n3,x,2\n4,x,1\n",
    flags: ["--key", "b,a"],
    counts: { updated: 2, inserted: 2 },
    check: "select * from t order by a, b",
    rows: [
      ["1", "x", "4"],
      ["1", "y", "2"],
      ["2", "x", "3"],
    ],
  },
  {
    title: "keys are equal when the database says so; the first spelling stays",
    setup: {
      sqlite: "create table t (k text collate nocase primary key, v int);",
      postgres: "create extension citext; create table t (k citext primary key, v int);",
      sqlserver: "create table t (k nvarchar(20) primary key, v int);",
    },
    csv: "k,v\nBob,1\nBOB,2\nbob,2\nann,3\n",
    flags: ["--key", "k"],
    counts: { inserted: 2, updated: 1, unchanged: 1 },
    check: "select * from t order by v",
    rows: [
      ["Bob", "2"],
      ["ann", "3"],
    ],
  },
  {
    title: "a change of spelling is a change",
    setup: {
      sqlite:
        "create table t (k int primary key, v text collate nocase); insert into t values (1, 'Bob');",
      postgres:
        "create extension citext; create table t (k int primary key, v citext); insert into t values (1, 'Bob');",
      sqlserver:
        "create table t (k int primary key, v nvarchar(20)); insert into t values (1, 'Bob');",
    },
    csv: "k,v\n1,BOB\n1,BOB\n",
    flags: ["--key", "k"],
    counts: { updated: 1, unchanged: 1 },
    rows: [["1", "BOB"]],
  },
];

/** Loads into a view; only select-then-write can do that everywhere. */
export const VIEW_CASE: Case = {
  title: "a view",
  setup: {
    sqlite: `${ITEMS} create view v as select id, name from t; create trigger vi instead of insert on v begin insert into t (id, name) values (new.id, new.name); end; create trigger vu instead of update on v begin update t set name = new.name where id = old.id; end;`,
    postgres: `${ITEMS} create view v as select id, name from t;`,
    sqlserver: `${TSQL_ITEMS} go
create view v as select id, name from t;`,
  },
  table: "v",
  csv: "id,name\n1,x\n2,nut\n3,y\n3,z\n",
  flags: ["--key", "id"],
  counts: { updated: 2, unchanged: 1, inserted: 1 },
  check: "select id, name from t order by 1",
  rows: [
    ["1", "x"],
    ["2", "nut"],
    ["3", "z"],
  ],
};

/** The errors of `--delete-missing`, each with a command that follows its fix; `every-fix.test.ts` runs them. */

const LOAD = "in.csv --to t.db --table t";
const TABLE = "create table t (id integer primary key, name text)";

/** The cases. */
export const DELETE_FIXES = [
  {
    code: "DELETE_LIMIT",
    sql: `${TABLE}; insert into t (id) values (7), (8)`,
    run: `${LOAD} --key id --delete-missing`,
    fix: /--max-delete 100%; nothing was kept/,
    next: `${LOAD} --key id --delete-missing --max-delete 100%`,
  },
  {
    code: "DELETE_FORBIDDEN",
    sql: `${TABLE}; create table u (t integer references t); insert into t (id) values (1), (7), (8); insert into u values (7)`,
    run: `${LOAD} --key id --delete-missing`,
    fix: /keep those that are referred to out of --delete-where/,
    next: `${LOAD} --key id --delete-missing --delete-where id<>7`,
  },
  {
    code: "DELETE_KEY_UNKNOWN",
    sql: "create table t (id text primary key default (hex(randomblob(4))), name text); insert into t values ('1', 'a'), ('2', 'b')",
    files: { "in.ndjson": '{"id":"1"}\n{"name":"b"}\n' },
    run: "in.ndjson --to t.db --table t --key id --null-key insert --delete-missing",
    fix: /give each record a value for id, or leave --delete-missing out/,
    next: "in.ndjson --to t.db --table t --key id --null-key insert",
  },
];

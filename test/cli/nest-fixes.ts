/** The errors of `--nest`, each with a command that follows its fix; `every-fix.test.ts` runs them. */

const LOAD = "in.ndjson --to t.db --table t --key id";
const TABLES =
  "create table t (id integer primary key, a integer); create table lines (t integer references t (id), n integer, other integer references t (id), primary key (t, n)); create table loose (t integer, n integer, primary key (t, n)); create table ids (i integer unique, t integer references t (id), c integer); create table more (i integer references ids (i), n integer, primary key (i, n))";
const files = { "in.ndjson": '{"id":1,"lines":[{"n":1}]}\n' };

/** The cases. */
export const NEST_FIXES = [
  {
    code: "PLAN_NEST_TABLE",
    sql: TABLES,
    files,
    run: `${LOAD} --nest lines:looze`,
    fix: /did you mean loose\?/,
    next: `${LOAD} --nest {"lines":{"table":"loose","link":{"t":"id"}}}`,
  },
  {
    code: "PLAN_NEST_LINK",
    sql: TABLES,
    files,
    run: `${LOAD} --nest lines:lines`,
    fix: /--nest 'lines: \{ table: lines, link: \{ t: id \} \}'/,
    next: `${LOAD} --nest {"lines":{"table":"lines","link":{"t":"id"}}}`,
  },
  {
    code: "PLAN_NEST_KEY",
    sql: TABLES,
    files: { "in.ndjson": '{"id":1,"lines":[{"c":1,"more":[{"n":1}]}]}\n' },
    run: `${LOAD} --nest lines:ids --nest lines.more:more`,
    fix: /give the records i, with mode: insert/,
    next: `${LOAD} --nest {"lines":{"table":"ids","const":{"i":"5"},"nest":{"more":"more"}}}`,
  },
  {
    code: "PLAN_NO_CONFLICT_TARGET",
    sql: TABLES,
    files: { "in.ndjson": '{"id":1,"lines":[{"c":1}]}\n' },
    run: `${LOAD} --nest {"lines":{"table":"ids","key":["t","c"]}}`,
    fix: /, or --strategy select-then-write, or among the options of lines in --nest: pass key: i;/,
    next: `${LOAD} --nest {"lines":{"table":"ids","key":["t","c"]}} --strategy select-then-write`,
  },
];

/** The errors of `--lookup`, each with a command that follows its fix; `every-fix.test.ts` runs them. */

const LOAD = "in.csv --to t.db --table t";
const TABLES =
  "create table t (id integer primary key, author integer); create table authors (id integer primary key, email text unique, name text)";
const files = { "in.csv": "id,mail\n1,a\n" };

/** The cases. */
export const LOOKUP_FIXES = [
  {
    code: "PLAN_LOOKUP_TABLE",
    sql: TABLES,
    files,
    run: `${LOAD} --lookup author=author(email=mail)->id --lookup-missing null`,
    fix: /did you mean authors\?/,
    next: `${LOAD} --lookup author=authors(email=mail)->id --lookup-missing null`,
  },
  {
    code: "PLAN_LOOKUP_REFERENCE",
    sql: TABLES,
    files,
    run: `${LOAD} --lookup author=authors(email=mail) --lookup-missing null`,
    fix: /--lookup 'author=authors\(email=mail\) -> id'/,
    next: `${LOAD} --lookup author=authors(email=mail)->id --lookup-missing null`,
  },
  {
    code: "PLAN_LOOKUP_INSERT",
    sql: TABLES,
    files,
    run: `${LOAD} --lookup author=authors(name=mail)->id --lookup-missing insert`,
    fix: /create unique index "authors_name_key" on "authors" \("name"\)/,
    next: `${LOAD} --lookup author=authors(email=mail)->id --lookup-missing insert`,
  },
];

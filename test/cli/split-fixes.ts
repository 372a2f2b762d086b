/** The errors of `upsurge split` and of its pieces, each with a command that follows its fix; `every-fix.test.ts` runs them. */

const SPLIT = "split in.csv --shards 2";

/** The cases. */
export const SPLIT_FIXES = [
  {
    code: "SPLIT_KEY",
    run: `${SPLIT} --out p --key idd`,
    files: { "in.csv": "id\n1\n" },
    fix: /did you mean --key id\?/,
    next: `${SPLIT} --out p --key id`,
  },
  {
    code: "SPLIT_FOLDER",
    run: `${SPLIT} --out p --key id`,
    files: { "in.csv": "id\n1\n", p: "a file" },
    fix: /pass --out p-2/,
    next: `${SPLIT} --out p-2 --key id`,
  },
  {
    code: "SPLIT_SOURCE",
    run: `${SPLIT} --out p --key a,b`,
    files: { "in.csv": "a,b\n1,2024-01-02\n1,1/2/2024\n" },
    fix: /--key a;/,
    next: `${SPLIT} --out p --key a`,
  },
  {
    code: "PLAN_PIECE",
    sql: "create table t (id integer primary key, name text unique)",
    run: "in.csv --to t.db --table t --key id --piece",
    files: { "in.csv": "id,name\n1,a\n" },
    fix: /leave --piece out/,
    next: "in.csv --to t.db --table t --key id",
  },
];

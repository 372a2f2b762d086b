/** What a commit in SQLite is refused for is told: the rows that lack what they refer to, and not those that did before. */
import { expect, test } from "vitest";
import { ENGINES, useDatabase } from "../helpers/engines.ts";
import { runUpsurge } from "../helpers/run-upsurge.ts";
import { tempDir } from "../helpers/temp-dir.ts";

const sqlite = ENGINES.find(({ name }) => name === "sqlite");
if (sqlite === undefined) throw new Error("there is no SQLite");
const database = useDatabase(sqlite);

async function load(
  setup: string,
  { csv }: { readonly csv: string },
  flags: readonly string[],
): Promise<{ readonly exit: number; readonly output: string }> {
  await database.reset();
  await database.exec(setup);
  const words = ["in.csv", "--to", database.url, "--table", "t", ...flags];
  const { exitCode, stdout, stderr } = await runUpsurge(words, { cwd: tempDir({ "in.csv": csv }) });
  return { exit: exitCode, output: stdout + stderr };
}

const KEY = "deferrable initially deferred";
const LOST = `with recursive n (i) as (values (100) union all select i + 1 from n where i < 5100) insert into t select i, 'gone' || i from n;`;

test("also where thousands of later rows lacked their parents before", async () => {
  const setup = `create table p (code text primary key); create table t (k integer primary key, code text references p (code) ${KEY});
    pragma foreign_keys = off; ${LOST} pragma foreign_keys = on;`;
  for (const flags of [[], ["--dry-run"]]) {
    const { exit, output } = await load(setup, { csv: "k,code\n1,lost\n" }, [
      "--key",
      "k",
      ...flags,
    ]);
    expect(exit).toBe(4);
    expect(output).toContain("the row of t with k 1 has code 'lost', which no row of p has");
  }
});

test("of a table without rowids, whose keys refer to a primary key or to others", async () => {
  const setup = `create table p (a int, b text collate nocase, c text unique, primary key (b, a));
    insert into p values (1, 'x', 'c1');
    create table t (k text, n int, a int, b text, c text references p (c) ${KEY}, primary key (k, n), foreign key (b, a) references p ${KEY}) without rowid;
    pragma foreign_keys = off; insert into t values ('old', 1, 9, 'old', null); pragma foreign_keys = on;`;
  const csv = "k,n,a,b,c\nok,1,1,X,c1\nnull,1,,y,\nit's,2,2,x,c1\nit's,3,1,x,c2\n";
  const { exit, output } = await load(setup, { csv }, ["--key", "k,n"]);

  expect(exit).toBe(4);
  expect(output).toContain(
    "the row of t with k 'it''s', n 2 has b 'x', a 2, which no row of p has; the row of t with k 'it''s', n 3 has c 'c2', which no row of p has",
  );
  expect(output).not.toContain("'old'");
});

test("three of them, with how many more there are", async () => {
  const setup = `create table p (code text primary key); create table t (k integer primary key, code text references p (code) ${KEY});`;
  const csv = `k,code\n${[5, 1, 4, 2, 3].map((k) => `${k},lost\n`).join("")}`;
  const { output } = await load(setup, { csv }, ["--key", "k"]);

  expect(output).toMatch(
    /with k 1 has .*; the row of t with k 2 .*; the row of t with k 3 .*; and 2 more/,
  );
});

/** Fields that name a row of another table, beside a column that refers to it: the fix names the look-up. */
import Database from "better-sqlite3";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runUpsurge } from "../helpers/run-upsurge.ts";
import { tempDir } from "../helpers/temp-dir.ts";

const SCHEMA = `create table authors (id integer primary key, email text unique);
  create table books (isbn text primary key, author_id integer references authors, title text);
  insert into authors values (7, 'a@x');`;

test("the look-up that is printed fills the column", async () => {
  const cwd = tempDir({ "books.csv": "isbn,author_email,title\n1,a@x,T\n" });
  const database = new Database(join(cwd, "t.db"));
  database.exec(SCHEMA);
  const args = ["books.csv", "--to", "t.db", "--table", "books", "--key", "isbn"];

  const refused = await runUpsurge(args, { cwd });
  const [, lookup = ""] = /^fix: +--lookup '([^']*)' if it names/m.exec(refused.stderr) ?? [];
  const loaded = await runUpsurge([...args, "--lookup", lookup], {
    cwd,
  });

  expect(lookup).toBe("author_id = authors(email = author_email)");
  expect(loaded.exitCode, loaded.stderr).toBe(0);
  expect(database.prepare("select * from books").raw().all()).toEqual([["1", 7, "T"]]);
  database.close();
});

test("no look-up is named where the column is filled, or the field begins otherwise", async () => {
  const cwd = tempDir({
    "filled.csv": "isbn,author_id,author_email\n1,7,a@x\n",
    "other.csv": "isbn,writer_email\n1,a@x\n",
  });
  new Database(join(cwd, "t.db")).exec(SCHEMA).close();

  for (const file of ["filled.csv", "other.csv"]) {
    const { stderr } = await runUpsurge([file, "--to", "t.db", "--table", "books"], { cwd });

    expect(stderr).toContain("PLAN_UNKNOWN_FIELD");
    expect(stderr).not.toContain("--lookup");
  }
});

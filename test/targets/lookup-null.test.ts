/** `--lookup` of a row that is there and has NULL in the column that is referred to: it is as if there was none. */
import { describe, expect, test } from "vitest";
import { tableEngines, useDatabase } from "../helpers/engines.ts";
import { LookupShell } from "../helpers/lookup-shell.ts";

const AUTHORS =
  "create table authors (email varchar(9) not null primary key, code varchar(9), check (email <> 'none'))";
const BOOKS =
  "create table books (k int not null primary key, title varchar(30), author_id varchar(9))";
const FLAGS = ["--lookup", "author_id = authors(email = author) -> code", "--max-rejects", "9"];
const TEXT = "k,title,author\n1,One,a@x\n2,Two,b@x\n3,Three,a@x\n";

describe.each(tableEngines())("$title", (engine) => {
  const shell = new LookupShell(useDatabase(engine));

  test.each([
    ["reject", { inserted: 1, rejected: 2 }, ["ROW_LOOKUP author_id", "ROW_LOOKUP author_id"]],
    ["null", { inserted: 3 }, []],
    ["insert", { inserted: 1, rejected: 2 }, ["ROW_LOOKUP author_id", "ROW_LOOKUP author_id"]],
  ])("--lookup-missing %s", async (missing, counts, rejects) => {
    const rows = "insert into authors values ('a@x', null), ('b@x', 'B')";
    await shell.start(AUTHORS, BOOKS, rows);
    const ran = await shell.load(TEXT, [...FLAGS, "--lookup-missing", missing]);
    expect([ran.counts, ran.rejects], ran.output).toEqual([counts, rejects]);
    const found = (await shell.books()).map(([k, , author]) => `${k} ${author}`);
    expect(found).toEqual(missing === "null" ? ["1 null", "2 B", "3 null"] : ["2 B"]);
  });
});

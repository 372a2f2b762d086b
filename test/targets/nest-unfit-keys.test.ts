/** Texts that are no values of the column they are looked up by, or counted with: each is a reject of its record, and names it. */
import { describe, expect, test } from "vitest";
import { nestEngines, useDatabase, wayTitle } from "../helpers/engines.ts";
import { ANY_WAY, NestShell, nestWays } from "../helpers/nest/nest-shell.ts";
import type { NestReject } from "../helpers/nest/nest-load.ts";

const TABLES = [
  "create table people (id int not null primary key, code int not null unique)",
  "create table books (k int not null primary key, author_id int references people (id), pages int)",
  "create table notes (person_id int not null references people (id), n int not null, primary key (person_id, n))",
  "insert into people (id, code) values (1, 10), (2, 20)",
];

function told({ record, code, level, index, column }: NestReject): string {
  return [record, code, level ?? "-", (index ?? []).join(), column ?? "-"].join(" ");
}

describe.each(nestEngines())("$title", (engine) => {
  const shell = new NestShell(useDatabase(engine));
  // Without `strict` SQLite takes texts for numbers.
  const setup = TABLES.map((sql) =>
    engine.name === "sqlite" && sql.startsWith("create") ? `${sql} strict` : sql,
  );
  const ways = nestWays(engine).map((way) => [wayTitle(way), way] as const);

  test.each(ways)("a row that is only looked up: %s", async (_, way) => {
    await shell.start(...setup);
    const codes = ["10", "x", 20, "30", "", "1x", 10];
    const lines = codes.map(
      (code, at) => `{"k":${at + 1},"author":${JSON.stringify({ code, notes: [{ n: at + 1 }] })}}`,
    );
    const nest =
      "author: { table: people, key: code, mode: find, nest: { notes: { table: notes, key: [person_id, n] } } }";
    const ran = await shell.load(lines, "books", { flags: ["--key", "k", "--nest", nest], way });

    expect([ran.exit, ran.error], ran.output).toEqual([3, null]);
    expect(ran.rejects.map(told).toSorted(), ran.output).toEqual([
      "2 ROW_TYPE author  code",
      "4 ROW_LOOKUP author  -",
      "5 ROW_TYPE author  code",
      "6 ROW_TYPE author  code",
    ]);
    expect(ran.counts).toMatchObject({
      books: { inserted: 3, rejected: 4 },
      author: { rejected: 4 },
      notes: { inserted: 3, dropped: 4 },
    });
    expect(await shell.rows("select k, author_id from books order by k")).toEqual([
      "1 1",
      "3 2",
      "7 1",
    ]);
    const notes = "select person_id, n from notes order by n";
    expect(await shell.rows(notes)).toEqual(["1 1", "2 3", "1 7"]);
  });

  test.each(ways)("a row of a level with a look-up: %s", async (_, way) => {
    await shell.start(...setup);
    const lines = [10, "x", 20].map(
      (of, at) => `{"id":${at + 5},"code":${at + 50},"books":[{"k":${at + 1},"of":"${of}"}]}`,
    );
    const nest =
      "books: { table: books, key: k, link: { pages: code }, lookup: [ 'author_id = people(code = of)' ] }";
    const ran = await shell.load(lines, "people", { flags: ["--key", "id", "--nest", nest], way });

    expect(ran.rejects.map(told), ran.output).toEqual(["2 ROW_TYPE books 1 author_id"]);
    expect(await shell.rows("select k, author_id from books order by k")).toEqual(["1 1", "3 2"]);
  });

  test("a value that is counted with a text", async () => {
    await shell.start(...setup);
    const lines = ['{"k":1,"n":"7"}', '{"k":2,"n":"x"}', '{"k":3,"n":"8"}'];
    const value = `pages = cast(excluded.n as ${engine.name === "sqlite" ? "text" : "int"})`;
    const flags = ["--key", "k", "--map", "n:", "--value", value];
    const nest = "author: { table: people, key: code, mode: find }";
    const more = ["--nest", nest];
    const first = '{"k":0,"n":"6","author":{"code":10}}';
    const ran = await shell.load([first, ...lines], "books", {
      flags: [...flags, ...more],
      way: ANY_WAY,
    });

    expect(ran.rejects.map(told), ran.output).toEqual(["3 ROW_TYPE -  pages"]);
    expect(await shell.rows("select k, pages from books order by k")).toEqual([
      "0 6",
      "1 7",
      "3 8",
    ]);
  });
});

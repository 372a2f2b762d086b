/** Records that refer to equal rows, again and again in one batch: each such row is written once, and nothing tells. */
import { describe, expect, test } from "vitest";
import { ENGINES, tableEngines, useDatabase } from "../helpers/engines.ts";
import { ANY_WAY, NestShell } from "../helpers/nest/nest-shell.ts";
import { RunShell } from "../helpers/run-shell.ts";

const FLAGS = ["--key", "id", "--nest", "album: { table: albums, key: id }"];

function song(id: number, album: object): string {
  return JSON.stringify({ id, album });
}

describe.each(ENGINES)("$title", (engine) => {
  const { name } = engine;
  const shell = new NestShell(useDatabase(engine));
  const songs = "create table songs (id int primary key, album_id int references albums (id))";

  test("what is equal counts as unchanged, and what differs is written in its turn", async () => {
    await shell.start("create table albums (id int primary key, title varchar(9))", songs);
    const [old, again] = [
      { id: 1, title: "old" },
      { id: 1, title: "again" },
    ];
    const other = { id: 2, title: "same" };
    const lines = [old, other, again, other, old, other].map((album, at) => song(at + 1, album));
    const flags = FLAGS;
    const ran = await shell.load(lines, "songs", { flags, way: ANY_WAY });

    expect([ran.exit, ran.counts], ran.output).toEqual([
      0,
      { songs: { inserted: 6 }, album: { inserted: 2, updated: 2, unchanged: 2 } },
    ]);
    expect(await shell.rows("select id, title from albums order by id")).toEqual([
      "1 old",
      "2 same",
    ]);
  });

  test("a row at fault is a reject of every record that has it", async () => {
    await shell.start(
      "create table albums (id int primary key, stars int check (stars < 6))",
      songs,
    );
    const stars = [5, 5, 7, 7, 5];
    const lines = stars.map((each, at) => song(at + 1, { id: each, stars: each }));
    const ran = await shell.load(lines, "songs", { flags: FLAGS, way: ANY_WAY });

    expect(ran.rejects.map(({ record, level }) => [record, level])).toEqual([
      [3, "album"],
      [4, "album"],
    ]);
    expect(ran.counts, ran.output).toEqual({
      songs: { inserted: 3, rejected: 2 },
      album: { inserted: 1, unchanged: 2, rejected: 2 },
    });
  });

  test.runIf(name === "sqlite")("a value that is no number is counted each time", async () => {
    await shell.start("create table albums (id int primary key, year int)", songs);
    const lines = [1, 1, 1].map((id, at) => song(at + 1, { id, year: "unknown" }));
    const ran = await shell.load(lines, "songs", { flags: FLAGS, way: ANY_WAY });

    expect(ran.counts, ran.output).toEqual({
      songs: { inserted: 3 },
      album: { inserted: 1, unchanged: 2 },
    });
    expect(ran.output).toContain("3 values");
  });
});

/** A line that refers to one of three authors. */
function book(at: number): string {
  return `{"id":${at},"author":{"id":${(at % 3) + 1}}}\n`;
}

describe.each(tableEngines())("objects of nothing but a key, in a run on $title", (engine) => {
  const database = useDatabase(engine);

  test.each([2, 1000])("count as unchanged: %i records a batch", async (batchRows) => {
    const shell = new RunShell(database);
    await shell.start(
      "create table authors (id int not null primary key, name varchar(9))",
      "create table books (id int not null primary key, author_id int references authors (id))",
      "insert into authors (id) values (1), (2), (3)",
    );
    shell.write({
      "books.ndjson": Array.from({ length: 30 }, (_, at) => book(at)).join(""),
      "upsurge.yaml": `loads: [{ from: books.ndjson, table: books, nest: { author: { table: authors, key: id } } }]\n`,
    });
    const ran = await shell.run("upsurge.yaml", "--batch-rows", String(batchRows));
    const nested = ran.report.tables.flatMap((table) => table.nested ?? []);
    const told = nested.map(({ counts: { unchanged, ignored } }) => ({ unchanged, ignored }));
    expect([ran.exit, told], ran.output).toEqual([0, [{ unchanged: 30, ignored: 0 }]]);
  });
});

/**
 * The law of nested records whose lines are all alike, which are written without a row made of them: the same objects again
 * and again, some of them changed in between, are in large batches what they are one record at a time.
 */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { tableEngines, useDatabase } from "../helpers/engines.ts";
import type { Way } from "../helpers/engines.ts";
import type { CountsByLevel } from "../helpers/nest/model.ts";
import { ANY_WAY, NestShell } from "../helpers/nest/nest-shell.ts";
import { timesOf } from "../tiers/tiers.ts";

const TABLES = [
  "create table makers (id int not null primary key, name varchar(9))",
  "create table albums (id int not null primary key, title varchar(9), maker_id int references makers (id))",
  "create table songs (id int not null primary key, name varchar(20), album_id int references albums (id))",
  "create table words (song_id int not null references songs (id), place int not null, word varchar(9), primary key (song_id, place))",
];
const QUERIES = [
  "select id, name from makers order by id",
  "select id, title, maker_id from albums order by id",
  "select id, name, album_id from songs order by id",
  "select song_id, place, word from words order by song_id, place",
];

/** What a level of the file is like. */
const modes = fc.constantFrom("upsert", "ignore");
const text = (...texts: string[]): fc.Arbitrary<string> => fc.constantFrom(...texts);

/** A number as most sources write it, or in another spelling, or none. */
const ids = fc.oneof(
  { weight: 8, arbitrary: fc.constant(fc.constantFrom<number | string>(1, 2, 3)) },
  { weight: 1, arbitrary: fc.constant(fc.constantFrom<number | string>(1, 2, "1", "02", "x")) },
);

/** Few makers and albums: most are equal, some differ from time to time. */
const makers = ids.map((id) => fc.record({ id, name: text("x", "x", "x", "x", "x", "y") }));
const albums = ids.map((id) =>
  fc.record({
    id,
    title: fc.oneof(
      { weight: 30, arbitrary: text("t", "t", "t", "t", "u\n", "") },
      { weight: 1, arbitrary: fc.constant(null) },
    ),
  }),
);
const songs = fc.tuple(makers, albums).map(([maker, album]) =>
  fc.record({
    id: fc.integer({ min: 1, max: 12 }),
    name: text("one", "two"),
    album: fc.oneof(
      { weight: 20, arbitrary: fc.tuple(album, maker).map(([own, by]) => ({ ...own, maker: by })) },
      { weight: 1, arbitrary: fc.constant(null) },
    ),
    words: fc.array(fc.record({ word: text("la", "na") }), { maxLength: 3 }),
  }),
);
const graphs = fc.record({
  loads: songs.chain((song) =>
    fc.array(fc.array(song, { minLength: 1, maxLength: 30 }), { minLength: 1, maxLength: 2 }),
  ),
  maker: modes,
  album: modes,
});

/** Rows of rejected records in one figure: which of several faults is told of is not the law's. */
function withoutFault(counts: CountsByLevel): CountsByLevel {
  return Object.fromEntries(
    Object.entries(counts).map(([level, { rejected = 0, dropped = 0, ...fates }]) => [
      level,
      { ...fates, dropped: rejected + dropped },
    ]),
  );
}

describe.each(tableEngines())("$title", (engine) => {
  const shell = new NestShell(useDatabase(engine));
  const alone: Way = { ...ANY_WAY, batchRows: 1 };
  const ways: readonly Way[] = [alone, ANY_WAY];

  test("equal objects are written once, and count as repeats", async () => {
    const property = fc.asyncProperty(graphs, async (given) => {
      const nest = {
        album: {
          table: "albums",
          key: "id",
          mode: given.album,
          nest: { maker: { table: "makers", key: "id", mode: given.maker } },
        },
        words: { table: "words", key: ["song_id", "place"], position: "place" },
      };
      const flags = ["--key", "id", "--nest", JSON.stringify(nest)];
      const told: unknown[] = [];
      for (const way of ways) {
        await shell.start(...TABLES);
        const results = [];
        for (const load of given.loads) {
          const lines = load.map((record) => JSON.stringify(record));
          const { exit, counts, rejects } = await shell.load(lines, "songs", { flags, way });
          const rejected = rejects.map(({ record }) => record);
          results.push({ exit, counts: withoutFault(counts), rejected });
        }
        const tables = [];
        for (const sql of QUERIES) tables.push(await shell.rows(sql));
        told.push({ results, tables });
      }
      expect(told[1]).toEqual(told[0]);
    });
    const numRuns = timesOf(engine.name === "sqlserver" ? "nested, translated" : "nested, alike");
    await fc.assert(property, { numRuns });
  });
});

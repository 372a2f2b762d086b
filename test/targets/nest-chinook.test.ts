/**
 * Chinook, a shop for music as it is used in examples of databases: its tables are the same whether they come as flat files,
 * parents first, or as nested records that are made of these. Runs where the data are at hand, beside the project or at
 * UPSURGE_TEST_CHINOOK: a folder with `Artist.ndjson` and its like.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { tableEngines, useDatabase } from "../helpers/engines.ts";
import type { Way } from "../helpers/engines.ts";
import { runLoad } from "../helpers/load.ts";
import { linesOf, runNested } from "../helpers/nest/nest-load.ts";
import { useTempDir } from "../helpers/temp-dir.ts";
import type { Graph, Json } from "../helpers/nest/levels.ts";

const FOLDER = process.env["UPSURGE_TEST_CHINOOK"] ?? "../shared/data/chinook";
const IS_THERE = existsSync(join(FOLDER, "Artist.ndjson"));

const TABLES = {
  artist: "artist_id int not null primary key, name varchar(200)",
  album:
    "album_id int not null primary key, title varchar(200) not null, artist_id int not null references artist (artist_id)",
  track:
    "track_id int not null primary key, name varchar(200) not null, album_id int references album (album_id), media_type_id int not null, genre_id int, composer varchar(220), milliseconds int not null, bytes int, unit_price numeric(10, 2) not null",
  invoice:
    "invoice_id int not null primary key, customer_id int not null, invoice_date varchar(30) not null, billing_address varchar(70), billing_city varchar(40), billing_state varchar(40), billing_country varchar(40), billing_postal_code varchar(10), total numeric(10, 2) not null",
  invoice_line:
    "invoice_line_id int not null primary key, invoice_id int not null references invoice (invoice_id), track_id int not null references track (track_id), unit_price numeric(10, 2) not null, quantity int not null",
  playlist: "playlist_id int not null primary key, name varchar(120)",
  playlist_track:
    "playlist_id int not null references playlist (playlist_id), track_id int not null references track (track_id), primary key (playlist_id, track_id)",
} as const;

type Table = keyof typeof TABLES;

const NAMES = Object.keys(TABLES) as readonly Table[];

const KEYS: Readonly<Record<Table, string>> = {
  artist: "artist_id",
  album: "album_id",
  track: "track_id",
  invoice: "invoice_id",
  invoice_line: "invoice_line_id",
  playlist: "playlist_id",
  playlist_track: "playlist_id,track_id",
};

/** The records of a table, under the names of its columns. */
function flat(table: Table): readonly Graph[] {
  const file = table.replaceAll(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase());
  const lines = readFileSync(join(FOLDER, `${file}.ndjson`), "utf8")
    .trimEnd()
    .split("\n");
  return lines.map((line) => {
    const members = Object.entries(JSON.parse(line) as Graph);
    return Object.fromEntries(members.map(([name, value]) => [snake(name), value]));
  });
}

function snake(name: string): string {
  return name.replaceAll(/(?<!^)([A-Z])/g, "_$1").toLowerCase();
}

/** The rows of each value of a column, without the column. */
function grouped(rows: readonly Graph[], column: string): ReadonlyMap<Json, readonly Graph[]> {
  const groups = new Map<Json, Graph[]>();
  for (const row of rows) {
    const { [column]: value = null, ...rest } = row;
    const group = groups.get(value) ?? [];
    groups.set(value, group);
    group.push(rest);
  }
  return groups;
}

/** Parents with their children as a member. */
function nested(
  parents: readonly Graph[],
  { key, member, children }: { key: string; member: string; children: readonly Graph[] },
): readonly Graph[] {
  const groups = grouped(children, key);
  return parents.map((each) => ({ ...each, [member]: groups.get(each[key] ?? null) ?? [] }));
}

/** A file of nested records, and where it goes. */
interface NestedFile {
  readonly table: Table;
  readonly nest: string;
  readonly records: () => readonly Graph[];
}

const ARTISTS: NestedFile = {
  table: "artist",
  nest: "albums: { table: album, key: album_id, nest: { tracks: { table: track, key: track_id } } }",
  records: () => {
    const albums = nested(flat("album"), {
      key: "album_id",
      member: "tracks",
      children: flat("track"),
    });
    return nested(flat("artist"), { key: "artist_id", member: "albums", children: albums });
  },
};

const INVOICES: NestedFile = {
  table: "invoice",
  nest: "lines: { table: invoice_line, key: invoice_line_id }",
  records: () =>
    nested(flat("invoice"), {
      key: "invoice_id",
      member: "lines",
      children: flat("invoice_line"),
    }),
};

const PLAYLISTS: NestedFile = {
  table: "playlist",
  nest: "tracks: { table: playlist_track, key: [playlist_id, track_id] }",
  records: () =>
    nested(flat("playlist"), {
      key: "playlist_id",
      member: "tracks",
      children: flat("playlist_track"),
    }),
};

/** Each track with its album, and that with its artist. */
const TRACKS: NestedFile = {
  table: "track",
  nest: "album: { table: album, key: album_id, nest: { artist: { table: artist, key: artist_id } } }",
  records: () => {
    const artists = byKey(flat("artist"), "artist_id");
    const albums = byKey(
      flat("album").map(({ artist_id: id = null, ...album }) => ({
        ...album,
        artist: artists.get(id) ?? null,
      })),
      "album_id",
    );
    return flat("track").map(({ album_id: id = null, ...track }) => ({
      ...track,
      album: albums.get(id) ?? null,
    }));
  },
};

function byKey(rows: readonly Graph[], key: string): ReadonlyMap<Json, Graph> {
  return new Map(rows.map((row) => [row[key] ?? null, row]));
}

const WAY: Way = { strategy: "auto", rowSource: "auto", batchRows: 1000 };

describe.skipIf(!IS_THERE)(
  `chinook (${IS_THERE ? FOLDER : "not at hand: UPSURGE_TEST_CHINOOK names its folder"})`,
  () => {
    describe.each(tableEngines())("$title", (engine) => {
      const database = useDatabase(engine);
      const temporary = useTempDir();

      const text = engine.name === "sqlserver" ? "nvarchar" : "varchar";
      const start = async (): Promise<void> => {
        await database.reset();
        for (const name of NAMES)
          await database.exec(`create table ${name} (${TABLES[name].replaceAll("varchar", text)})`);
      };
      const contents = async (): Promise<Readonly<Record<string, unknown>>> => {
        const found: Record<string, unknown> = {};
        for (const name of NAMES)
          found[name] = await database.rows(`select * from ${name} order by ${KEYS[name]}`);
        return found;
      };
      const load = async ({ table, nest, records }: NestedFile): Promise<string> => {
        const input = linesOf(records());
        const flags = ["--key", KEYS[table], "--nest", nest, "--max-rejects", "0"];
        const ran = await runNested(database, { folder: temporary.path, table, input, flags }, WAY);
        expect(ran.exit, ran.output).toBe(0);
        return JSON.stringify(ran.counts);
      };
      const loadFlat = async (table: Table): Promise<void> => {
        const input = linesOf(flat(table));
        const flags = ["--key", KEYS[table], "--max-rejects", "0"];
        const from = { folder: temporary.path, table, extension: "ndjson", input, flags } as const;
        const ran = await runLoad(database, from, WAY);
        expect(ran.exit, ran.output).toBe(0);
      };

      test("nested files give the tables of flat ones, and again nothing new", async () => {
        await start();
        for (const table of NAMES) await loadFlat(table);
        const expected = await contents();

        await start();
        for (const file of [ARTISTS, INVOICES, PLAYLISTS]) await load(file);
        expect(await contents()).toEqual(expected);
        for (const file of [ARTISTS, INVOICES, PLAYLISTS]) {
          expect(await load(file)).not.toMatch(/inserted|updated/);
        }
      });

      test("tracks that carry album and artist give the tables of flat files", async () => {
        await start();
        for (const table of ["artist", "album", "track"] as const) await loadFlat(table);
        const expected = await contents();
        // Whoever has no track comes in no record.
        const held = new Set(flat("track").map(({ album_id: id }) => id));
        const artists = new Set(
          flat("album").flatMap(({ album_id: id, artist_id: artist }) =>
            held.has(id) ? [JSON.stringify(artist ?? null)] : [],
          ),
        );

        await start();
        await load(TRACKS);
        const found = await contents();
        expect([found["album"], found["track"]]).toEqual([expected["album"], expected["track"]]);
        expect(found["artist"]).toEqual(
          (expected["artist"] as string[][]).filter(([id = ""]) => artists.has(id)),
        );
      });
    });
  },
);

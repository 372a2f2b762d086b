/** Nested records and the flat files that hold the same rows: what `bench/nested.ts` loads, made once into the cache. */
import { createWriteStream, existsSync, mkdirSync, renameSync } from "node:fs";
import { once } from "node:events";
import { finished } from "node:stream/promises";
import { join } from "node:path";
import { CACHE } from "../rig/folders.ts";

/** One way of nesting, with all that is needed to load it nested and flat. */
export interface NestedCase {
  readonly name: string;
  /** Parents first: name and columns. */
  readonly tables: readonly (readonly [name: string, columns: string])[];
  readonly root: string;
  readonly key: string;
  readonly nest: string;
  /** How many times the time of the flat files nested ones may take. */
  readonly limit: number;
  readonly records: (count: number) => Generator<object>;
  /** The rows of each table, in the order of the tables. */
  readonly flat: readonly ((count: number) => Generator<object>)[];
}

const CHILDREN = 5;
const REPEATS = 10;

/** Both. */
export const NESTED_CASES: readonly NestedCase[] = [
  {
    name: "parents with five children each",
    tables: [
      ["parents", "id bigint not null primary key, n int not null, note varchar(60) not null"],
      [
        "children",
        "parent_id bigint not null references parents (id), no int not null, qty int not null, note varchar(60) not null, primary key (parent_id, no)",
      ],
    ],
    root: "parents",
    key: "id",
    nest: "children: { table: children, key: [parent_id, no] }",
    limit: 1.6,
    records: function* (count) {
      for (let id = 1; id <= count; id += 1)
        yield { ...parent(id), children: [...range(CHILDREN)].map((no) => child(id, no)) };
    },
    flat: [
      function* (count) {
        for (let id = 1; id <= count; id += 1) yield parent(id);
      },
      function* (count) {
        for (let id = 1; id <= count; id += 1)
          for (const no of range(CHILDREN)) yield { parent_id: id, ...child(id, no) };
      },
    ],
  },
  {
    name: "tracks with their album and its artist, each ten times",
    tables: [
      ["artists", "id bigint not null primary key, name varchar(60) not null"],
      [
        "albums",
        "id bigint not null primary key, title varchar(60) not null, artist_id bigint references artists (id)",
      ],
      [
        "tracks",
        "id bigint not null primary key, name varchar(60) not null, n int not null, album_id bigint references albums (id)",
      ],
    ],
    root: "tracks",
    key: "id",
    nest: "album: { table: albums, key: id, nest: { artist: { table: artists, key: id } } }",
    limit: 2,
    records: function* (count) {
      for (let id = 1; id <= count; id += 1) {
        const { artist_id: artist, ...rest } = album(above(id));
        yield { ...track(id), album: { ...rest, artist: artistOf(artist) } };
      }
    },
    flat: [
      function* (count) {
        for (let id = 1; id <= above(above(count)); id += 1) yield artistOf(id);
      },
      function* (count) {
        for (let id = 1; id <= above(count); id += 1) yield album(id);
      },
      function* (count) {
        for (let id = 1; id <= count; id += 1) yield { ...track(id), album_id: above(id) };
      },
    ],
  },
];

/** The files of a case: nested, and a folder of flat ones, which have the names of their tables. */
export async function nestedFiles(
  one: NestedCase,
  count: number,
): Promise<{ readonly nested: string; readonly flat: string }> {
  const folder = join(CACHE, "data", `nested-${one.root}-${count}`);
  const flat = join(folder, "flat");
  mkdirSync(flat, { recursive: true });
  const nested = join(folder, `${one.root}.ndjson`);
  await makeOnce(nested, one.records(count));
  for (const [at, [table]] of one.tables.entries()) {
    const rows = one.flat[at];
    if (rows !== undefined) await makeOnce(join(flat, `${table}.ndjson`), rows(count));
  }
  return { nested, flat };
}

function parent(id: number): object {
  return { id, n: id % 977, note: `a parent with the number ${id}` };
}

function child(id: number, no: number): object {
  return { no, qty: (id * no) % 991, note: `the child ${no} of ${id}` };
}

function track(id: number): object {
  return { id, name: `a track with the number ${id}`, n: id % 977 };
}

function album(id: number): { id: number; title: string; artist_id: number } {
  return { id, title: `an album with the number ${id}`, artist_id: above(id) };
}

function artistOf(id: number): object {
  return { id, name: `an artist with the number ${id}` };
}

/** The number of the row above, of which each stands over ten. */
function above(id: number): number {
  return Math.ceil(id / REPEATS);
}

function* range(length: number): Generator<number> {
  for (let at = 1; at <= length; at += 1) yield at;
}

/** Writes records as lines; a run that is stopped leaves no half file under that name. */
async function makeOnce(path: string, records: Iterable<object>): Promise<void> {
  if (existsSync(path)) return;
  const unfinished = `${path}.${process.pid}`;
  const file = createWriteStream(unfinished);
  for (const record of records)
    if (!file.write(`${JSON.stringify(record)}\n`)) await once(file, "drain");
  file.end();
  await finished(file);
  renameSync(unfinished, path);
}

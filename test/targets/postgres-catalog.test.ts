/**
 * The shape of a table is read by parts, and only those that PostgreSQL's own flags say it has. A server that may not keep its
 * flags is asked for all of them: both must come to the same, whatever a table is made of.
 */
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { TableShape } from "../../src/model/table-shape.ts";
import { readTableShape } from "../../src/targets/postgres/catalog/table-shape.ts";
import { sendingAhead } from "../../src/targets/postgres/connect/run-together.ts";
import { ENGINES, useDatabase } from "../helpers/engines.ts";
import type { Engine } from "../helpers/engines.ts";

const database = useDatabase(ENGINES.find(({ name }) => name === "postgres") as Engine);

const TABLES = `
  create table plain (id int primary key, name text, n numeric(10, 2) default 1);
  create table bare (a int, b text);
  create table "We""ird.x" ("a b" int, "C""d" varchar(20) collate "POSIX", unique ("a b", "C""d"));
  create table counted (id serial primary key, g int generated always as identity, t text default 'x');
  create sequence lone;
  create table drawing (id int default nextval('lone'), owner int);
  alter sequence lone owned by drawing.owner;
  create table made (id int primary key, a text, b text generated always as (upper(a)) stored);
  create table checked (id int primary key, n int check (n > 0));
  create domain positive as int check (value > 0);
  create table typed (id positive primary key, a int[], b positive[]);
  create table parent (id int primary key, u int unique, v text collate "C" unique);
  create table child (id int primary key, p int references parent on delete cascade, s int references child);
  create table indexed (a int, b text, c text, d int[], e int4range, exclude using gist (e with &&));
  create unique index on indexed (lower(b));
  create unique index on indexed (a) where c is not null;
  create unique index on indexed (b collate "C", c text_pattern_ops);
  create unique index on indexed (a, (b || c)) include (c);
  create index on indexed using gin (d);
  create table watched (id int primary key, n int);
  create function one() returns trigger language plpgsql as 'begin new.n := 1; return new; end';
  create trigger before_insert before insert on watched for each row execute function one();
  create table parts (id int, n int, primary key (id, n)) partition by range (n);
  create table part partition of parts for values from (0) to (10);
  create trigger on_part before insert on part for each row execute function one();
  create table of_parts (id int primary key, i int, n int, foreign key (i, n) references parts);
  create table heir (x int) inherits (plain);
  create view seen as select * from plain;
  create rule nothing as on delete to bare do instead nothing;
  create table secured (id int primary key);
  alter table secured enable row level security;
  create table shrunk (a int, b text, c text unique);
  alter table shrunk drop column b;
  create table once_watched (id int primary key, n int);
  create trigger gone before insert on once_watched for each row execute function one();
  drop trigger gone on once_watched;`;

/** What a server of this version can make besides. */
const NEWER: readonly (readonly [version: number, sql: string])[] = [
  [150_000, "create table together (a int, b text unique nulls not distinct)"],
  [
    180_000,
    `create table unforced (id int primary key, p int, c int check (c > 0) not enforced,
       foreign key (p) references parent (u) not enforced);
     create table shown (id int, w int generated always as (id + 1) virtual)`,
  ],
];

const open: Client[] = [];

/** What is read of a table; `relied`: on the word of the server's flags. */
async function shapeOf(name: string, relied = true): Promise<object | null> {
  const [client] = open;
  if (client === undefined) throw new Error("there is no connection");
  const shape = await sendingAhead(client, () => readTableShape(client, name, relied));
  if (relied) expect(shape?.version, name).toMatch(/^-?\d+$/);
  return comparable(shape);
}

describe("the shape of a table", () => {
  beforeAll(async () => {
    await database.reset();
    await database.exec(TABLES);
    const [[version]] = (await database.rows("show server_version_num")) as [[string]];
    for (const [least, sql] of NEWER) if (Number(version) >= least) await database.exec(sql);
    const client = new Client({ connectionString: database.url });
    await client.connect();
    open.push(client);
  });
  afterAll(async () => {
    for (const client of open.splice(0)) await client.end();
  });

  test("is the same whether the server's flags are relied on or not", async () => {
    const kinds = "relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v')";
    const tables = await database.rows(`select relname from pg_class where ${kinds}`);
    expect(tables.length).toBeGreaterThan(20);

    for (const [name = ""] of tables as string[][]) {
      expect(await shapeOf(name), name).toEqual(await shapeOf(name, false));
    }
  });

  test.each([1, 2, 3])("altered after answer %d, it has another version", async (nth) => {
    const [client] = open;
    if (client === undefined) throw new Error("there is no connection");
    const altered = `create trigger later_${nth} before insert on plain for each row execute function one()`;
    const alter = async (): Promise<void> => await database.exec(altered);
    const read = await readTableShape(disturbed(client, nth, alter), "plain", true);
    const now = await sendingAhead(client, () => readTableShape(client, "plain", true));

    expect(now?.triggers.map(({ name }) => name)).toContain(`later_${nth}`);
    expect(read?.version).not.toBe(now?.version);
  });

  test("has the parts that the table has", async () => {
    expect(await shapeOf("parent")).toMatchObject({
      uniqueKeys: [{ columns: ["id"] }, { columns: ["u"] }, { columns: ["v"], standard: true }],
      referredBy: expect.arrayContaining([
        expect.objectContaining({ columns: ["p"], onDelete: "cascade" }),
      ]),
      images: { indexed: ["v"] },
    });
    expect(await shapeOf("child")).toMatchObject({
      foreignKeys: [{ columns: ["p"] }, { columns: ["s"], selfReferencing: true }],
    });
    expect(await shapeOf("indexed")).toMatchObject({
      uniqueKeys: [
        { columns: ["a", null], keyExpressions: ['"a"', "((b || c))"] },
        { columns: ["a"], predicate: "(c IS NOT NULL)" },
        { columns: ["b", "c"], collations: ['pg_catalog."C"', null], standard: false },
        { kind: "exclusion" },
        { keyExpressions: ["lower(b)"], standard: false },
      ],
      images: { seen: expect.arrayContaining(['"d"', '"e"', "lower(b)"]) },
    });
    expect(await shapeOf("counted")).toMatchObject({
      columns: [
        { identity: "by-default", sequence: { name: '"public"."counted_id_seq"' } },
        { identity: "always", sequence: { name: '"public"."counted_g_seq"' } },
        { identity: null },
      ],
    });
    expect(await shapeOf("parts")).toMatchObject({
      triggers: [{ name: "on_part" }],
      referredBy: expect.arrayContaining([
        expect.objectContaining({ table: { schema: "public", name: "of_parts" } }),
      ]),
    });
  });
});

/** A connection on which `meanwhile` happens between the answer to the `nth` question and the next question. */
function disturbed(client: Client, nth: number, meanwhile: () => Promise<void>): Client {
  let asked = 0;
  let last: Promise<unknown> = Promise.resolve();
  const query = async (sql: string, values: unknown[]): Promise<unknown> => {
    const answer = await client.query(sql, values);
    asked += 1;
    if (asked === nth) await meanwhile();
    return answer;
  };
  const inTurn = (sql: string, values: unknown[]): Promise<unknown> => {
    last = last.then(async () => await query(sql, values));
    return last;
  };
  return { query: inTurn } as unknown as Client;
}

/** Without what is told of the table anew with each change of it; rules as sets, in which names may be quoted or not. */
function comparable(shape: TableShape | null): object | null {
  if (shape === null) return null;
  const { version: _, images, ...rest } = shape;
  if (images === null || images === undefined) return { ...rest, images };
  const seen = images.seen.filter(Boolean).map((text) => (/^\w+$/.test(text) ? `"${text}"` : text));
  return {
    ...rest,
    images: { ...images, seen: seen.toSorted(), indexed: images.indexed.toSorted() },
  };
}

/**
 * Nested records in which a row is found and not written, or has no key of its own: what Hasura's nested mutations refuse
 * (its issues 6026, 6428, 1531, 9709 and 8143). The keys flow all the same.
 */
import { describe, expect, test } from "vitest";
import { nestEngines, useDatabase, wayTitle } from "../helpers/engines.ts";
import type { Engine, Way } from "../helpers/engines.ts";
import { NestShell, nestWays } from "../helpers/nest/nest-shell.ts";

/** Where a test runs. */
interface Place {
  readonly shell: NestShell;
  readonly engine: Engine["name"];
  readonly way: Way;
}

const NUMBERED = {
  sqlite: "integer primary key",
  postgres: "bigint generated always as identity primary key",
  sqlserver: "bigint identity primary key",
} as const;

const FIELDS =
  "create table fields (form_id bigint not null references forms (id), name varchar(9) not null, kind varchar(9), primary key (form_id, name))";
const ARTICLES =
  "create table articles (id int not null primary key, title varchar(20), author_id bigint references authors (id))";
const FORMS_AND_FIELDS =
  "select code, edition, name, kind from forms join fields on form_id = id order by code, name";

function forms(engine: Engine["name"]): string {
  return `create table forms (id ${NUMBERED[engine]}, code varchar(9) not null unique, edition int)`;
}

async function ignoredParent({ shell, engine, way }: Place): Promise<void> {
  await shell.start(forms(engine), FIELDS);
  const lines = [
    '{"code":"a","edition":1,"fields":[{"name":"x","kind":"int"}]}',
    '{"code":"a","edition":2,"fields":[{"name":"x","kind":"text"},{"name":"y","kind":"int"}]}',
    '{"code":"b","fields":[{"name":"x","kind":"int"}]}',
  ];
  const flags = ["--key", "code", "--mode", "ignore"];
  const always = [...flags, "--nest", "fields: { table: fields, mode: ignore }"];
  const ran = await shell.load(lines, "forms", { flags: always, way });

  expect([ran.exit, ran.counts], ran.output).toEqual([
    0,
    { forms: { inserted: 2, ignored: 1 }, fields: { inserted: 3, ignored: 1 } },
  ]);
  expect(await shell.rows(FORMS_AND_FIELDS)).toEqual(["a 1 x int", "a 1 y int", "b - x int"]);

  const again = await shell.load(lines, "forms", { flags: always, way });
  expect([again.exit, again.counts], again.output).toEqual([
    0,
    { forms: { ignored: 3 }, fields: { ignored: 4 } },
  ]);
}

function formLine(edition: number, kind: string): string {
  return `{"code":"a","edition":${edition},"fields":[{"name":"x","kind":"${kind}"},{"name":"y${edition}"}]}`;
}

async function conditionFalse({ shell, engine, way }: Place): Promise<void> {
  await shell.start(forms(engine), FIELDS);
  const flags = ["--key", "code", "--update-where", "excluded.edition > target.edition"];
  const lines = [formLine(2, "int"), formLine(1, "text"), formLine(3, "text")];
  const ran = await shell.load(lines, "forms", {
    flags: [...flags, "--nest", "fields:fields"],
    way,
  });

  expect([ran.exit, ran.counts], ran.output).toEqual([
    0,
    {
      forms: { inserted: 1, skipped: 1, updated: 1 },
      fields: { inserted: 4, updated: 1, unchanged: 1 },
    },
  ]);
  expect(await shell.rows(FORMS_AND_FIELDS)).toEqual([
    "a 3 x text",
    "a 3 y1 -",
    "a 3 y2 -",
    "a 3 y3 -",
  ]);
}

async function objectOfIgnored({ shell, engine, way }: Place): Promise<void> {
  await shell.start(
    `create table authors (id ${NUMBERED[engine]}, name varchar(9) not null unique)`,
    ARTICLES,
  );
  const lines = [
    '{"id":1,"title":"one","author":{"name":"Ann"}}',
    '{"id":1,"title":"two","author":{"name":"Bob"}}',
  ];
  const nest = ["--key", "id", "--nest", "author: { table: authors, key: name }"];
  const rows = "select t.id, title, name from articles t join authors a on author_id = a.id";
  const ignored = await shell.load(lines, "articles", {
    flags: [...nest, "--mode", "ignore"],
    way,
  });

  expect([ignored.exit, ignored.counts], ignored.output).toEqual([
    0,
    { articles: { inserted: 1, ignored: 1 }, author: { inserted: 2 } },
  ]);
  expect(await shell.rows(rows)).toEqual(["1 one Ann"]);

  const updated = await shell.load(lines, "articles", {
    flags: [...nest, "--update-columns", "author_id"],
    way,
  });
  expect([updated.exit, updated.counts], updated.output).toEqual([
    0,
    { articles: { unchanged: 1, updated: 1 }, author: { ignored: 2 } },
  ]);
  expect(await shell.rows(rows)).toEqual(["1 one Bob"]);
}

async function levelsOfNumbers({ shell, engine, way }: Place): Promise<void> {
  await shell.start(
    `create table a (id ${NUMBERED[engine]}, word varchar(9) not null unique)`,
    "create table b (id bigint not null primary key references a (id))",
    "create table c (id bigint not null primary key references b (id), x varchar(20))",
  );
  const lines = [
    '{"word":"one","b":[{"c":[{"x":"Hello world"}]}]}',
    '{"word":"one","b":[{"c":[]}]}',
    '{"word":"two","b":[]}',
  ];
  const ran = await shell.load(lines, "a", {
    flags: ["--key", "word", "--nest", "b: { table: b, nest: { c: c } }"],
    way,
  });

  expect([ran.exit, ran.counts], ran.output).toEqual([
    0,
    { a: { inserted: 2, ignored: 1 }, b: { inserted: 1, ignored: 1 }, c: { inserted: 1 } },
  ]);
  const joined =
    "select word, case when b.id = a.id then 'b' end, x from a left join b on b.id = a.id left join c on c.id = b.id order by word";
  expect(await shell.rows(joined)).toEqual(["one b Hello world", "two - -"]);
}

function appleLine(...places: readonly [number, number][]): string {
  return `{"id":1,"oranges":[${places.map(([orange, place]) => `{"orange_id":${orange},"place":${place}}`).join(",")}]}`;
}

async function swappedPlaces({ shell, engine, way }: Place): Promise<void> {
  await shell.start(
    "create table apples (id int not null primary key)",
    "create table apple_oranges (apple_id int not null references apples (id), orange_id int not null, place int not null, primary key (apple_id, orange_id), constraint apple_places unique (apple_id, place))",
  );
  const nest = "oranges: { table: apple_oranges, key: [apple_id, orange_id] }";
  const flags = ["--key", "id", "--nest", nest];
  const first = await shell.load([appleLine([1, 1], [2, 2])], "apples", { flags, way });
  expect([first.exit, first.counts], first.output).toEqual([
    0,
    { apples: { inserted: 1 }, oranges: { inserted: 2 } },
  ]);

  const lines = [appleLine([2, 1], [1, 2]), appleLine([2, 3], [1, 1])];
  const swapped = await shell.load(lines, "apples", { flags, way });
  expect([swapped.exit, swapped.counts], swapped.output).toEqual([
    3,
    {
      apples: { ignored: 1, rejected: 1 },
      oranges: { updated: 1, unchanged: 1, rejected: 1, dropped: 1 },
    },
  ]);
  expect(
    swapped.rejects.map(({ record, code, level, index }) => [record, code, level, index]),
  ).toEqual([[1, "ROW_UNIQUE", "oranges", [1]]]);
  expect(swapped.rejected).toBe(`${lines[0]}\n`);
  expect(swapped.output).toContain(
    engine === "postgres"
      ? "rows of one record that swap a key need a DEFERRABLE constraint"
      : "cannot swap a key here, where no constraint is DEFERRABLE: load them with free values of it first",
  );
  const places = async () =>
    await shell.rows("select orange_id, place from apple_oranges order by 1");
  expect(await places()).toEqual(["1 1", "2 3"]);

  // What the message says where a constraint cannot wait; it holds everywhere.
  const free = await shell.load([appleLine([2, 91], [1, 92])], "apples", { flags, way });
  const then = await shell.load([appleLine([2, 1], [1, 3])], "apples", { flags, way });
  expect([free.exit, then.exit], then.output).toEqual([0, 0]);
  expect(await places()).toEqual(["1 3", "2 1"]);
}

const TESTS: readonly (readonly [title: string, body: (place: Place) => Promise<void>])[] = [
  ["6026: a parent that is there and ignored takes children", ignoredParent],
  [
    "6428: a parent whose condition does not hold stays as it is, and its children come",
    conditionFalse,
  ],
  [
    "1531: an object of a row that is not updated is written, and the row keeps its reference; to update it is said",
    objectOfIgnored,
  ],
  ["9709: a number that comes down through more than one level", levelsOfNumbers],
  ["8143: places that are swapped are refused row by row, and the record with them", swappedPlaces],
];

describe.each(nestEngines())("$title", (engine) => {
  const shell = new NestShell(useDatabase(engine));
  const cases = nestWays(engine).flatMap((way) =>
    TESTS.map(([title, body]) => [`${title}: ${wayTitle(way)}`, body, way] as const),
  );

  test.each(cases)("%s", async (_, body, way) => {
    await body({ shell, engine: engine.name, way });
  });
});

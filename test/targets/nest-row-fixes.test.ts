/** Fixes of rejects on a level of `--nest`: they name options of that level, and typed there they let the record in. */
import { describe, expect, test } from "vitest";
import { ENGINES, useDatabase } from "../helpers/engines.ts";
import { ANY_WAY, NestShell } from "../helpers/nest/nest-shell.ts";

const TABLES = [
  "create table people (id integer not null primary key, email text unique)",
  "create table orders (id integer not null primary key, n integer)",
  "create table lines (order_id integer references orders (id), n integer, sku text not null, kind text not null default 'plain', person_id integer not null default 1 references people (id), unique (order_id, n))",
  "insert into people values (1, 'ann')",
];

/** The options of lines, the line that is refused, its fix, and those options that it says; `null`: it is about the record. */
const CASES: readonly (readonly [
  code: string,
  options: string,
  line: string,
  fix: string,
  typed: string | null,
])[] = [
  [
    "ROW_NOT_NULL",
    "",
    '{"n":1,"sku":null,"kind":"a"}',
    "fill the field; or among the options of lines in --nest: leave it out with map: [ 'sku:' ] and give the column a value with const: [ sku=VALUE ]",
    "map: [ 'sku:' ], const: [ sku=VALUE ]",
  ],
  [
    "ROW_NOT_NULL",
    "",
    '{"n":1,"sku":"a","kind":null}',
    "leave the member out of the record, so that the database fills kind; or fill it",
    null,
  ],
  [
    "ROW_NULL_KEY",
    "key: [ order_id, n ]",
    '{"n":null,"sku":"a"}',
    "fill the key; or among the options of lines in --nest: pass null-key: insert to insert such a record on every run, or null-key: match to find the row whose key is NULL",
    "key: [ order_id, n ], null-key: insert",
  ],
  [
    "ROW_NOT_NULL",
    "nest: { person: people }",
    '{"n":1,"sku":"a","person":null}',
    "give the record the row whose key person_id takes: it can be NULL in no row",
    null,
  ],
  [
    "ROW_LOOKUP",
    "lookup: [ 'person_id = people(email = who)' ]",
    '{"n":1,"sku":"a","who":"bob"}',
    "load people first, or correct the record; among the options of lines in --nest: lookup-missing: insert makes the row",
    "lookup: [ 'person_id = people(email = who)' ], lookup-missing: insert",
  ],
];

// Fixes are the same on all databases.
describe.each(ENGINES.slice(0, 1))("$title", (engine) => {
  const shell = new NestShell(useDatabase(engine));
  const load = async (line: string, options: string) => {
    await shell.start(...TABLES);
    const nest = `lines: { table: lines${options === "" ? "" : `, ${options}`} }`;
    const flags = ["--key", "id", "--nest", nest];
    return await shell.load([`{"id":1,"n":1,"lines":[${line}]}`], "orders", {
      flags,
      way: ANY_WAY,
    });
  };

  test.each(CASES)("%s with %s of %s", async (...each) => {
    const [code, options, line, fix, typed] = each;
    const refused = await load(line, options);
    const [told = ""] = /(?<="fix":")(?:[^"\\]|\\.)*/.exec(refused.output) ?? [];
    expect([refused.exit, refused.rejects[0]?.code, told], refused.output).toEqual([3, code, fix]);
    if (typed === null) return;

    const taken = await load(line, typed);
    expect([taken.exit, taken.counts["lines"]], taken.output).toEqual([0, { inserted: 1 }]);
  });

  test("a row that is only looked up has a key to fill, and no option for a NULL", async () => {
    await shell.start(...TABLES);
    const nest = "person: { table: people, key: email, mode: find }";
    const flags = ["--key", "order_id,n", "--nest", nest];
    const line = '{"order_id":null,"n":1,"sku":"a","person":{"email":null}}';
    const ran = await shell.load([line], "lines", {
      flags: [...flags, "--null-key", "match"],
      way: ANY_WAY,
    });
    expect(ran.rejects.map(({ code, level }) => [code, level])).toEqual([
      ["ROW_NULL_KEY", "person"],
    ]);
    expect(ran.output).toContain(
      "the key column email is NULL or missing; no row is found by a NULL key",
    );
    expect(ran.output).toContain(
      '"fix":"fill the key, by which the row is looked up; or write null in its place where there is none"',
    );
  });
});

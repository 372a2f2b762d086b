/** `--nest` with rows whose keys the database makes, and that have no other key: identities, serials, defaults. */
import { describe, expect, test } from "vitest";
import { ENGINES, useDatabase, wayTitle } from "../helpers/engines.ts";
import type { Engine } from "../helpers/engines.ts";
import { ANY_WAY, NestShell, nestWays } from "../helpers/nest/nest-shell.ts";

/** A number that is always the database's. */
const IDS = {
  sqlite: "integer primary key autoincrement",
  postgres: "int generated always as identity primary key",
  sqlserver: "int identity(1, 1) primary key",
};

/** A key by an expression. */
const UUIDS = {
  sqlite: "text not null default (lower(hex(randomblob(16)))) primary key",
  postgres: "uuid not null default gen_random_uuid() primary key",
  sqlserver: "uniqueidentifier not null default newid() primary key",
};

const UUID_TYPES = { sqlite: "text", postgres: "uuid", sqlserver: "uniqueidentifier" };

/** Visits with their steps; a step may have notes. */
async function start(shell: NestShell, name: Engine["name"]): Promise<void> {
  await shell.start(
    `create table visits (id ${IDS[name]}, page varchar(20))`,
    `create table steps (token ${UUIDS[name]}, visit_id int not null references visits (id), what varchar(20), at_no int check (at_no > 0))`,
    `create table notes (step_token ${UUID_TYPES[name]} not null references steps (token), body varchar(20))`,
  );
}

const NEST = [
  "--nest",
  "steps: { table: steps, position: at_no, nest: { notes: { table: notes, value: body } } }",
];

const VISITS =
  "select page, at_no, what, body from visits v left join steps s on s.visit_id = v.id left join notes n on n.step_token = s.token order by page, coalesce(at_no, 0), body";

describe.each(ENGINES)("rows without any key on $title", (engine) => {
  const shell = new NestShell(useDatabase(engine));
  const { name } = engine;

  test.each(nestWays(engine).map((way) => [wayTitle(way), way] as const))(
    "rows without any key take the database's: %s",
    async (_, way) => {
      await start(shell, name);
      const lines = [
        '{"page":"a","steps":[{"what":"in","notes":["x","y"]},{"what":"out"}]}',
        '{"page":"b","steps":[]}',
        '{"page":"c","steps":[{"what":"in","notes":["z"]}]}',
        '{"page":"c"}',
        '{"page":"d","steps":[{"what":"in","notes":[["x"]]}]}',
      ];
      const ran = await shell.load(lines, "visits", { flags: NEST, way });
      expect([ran.exit, ran.counts], ran.output).toEqual([
        3,
        {
          visits: { inserted: 4, rejected: 1 },
          steps: { inserted: 3, dropped: 1 },
          notes: { inserted: 3, rejected: 1 },
        },
      ]);
      expect(await shell.rows(VISITS)).toEqual([
        "a 1 in x",
        "a 1 in y",
        "a 2 out -",
        "b - - -",
        "c - - -",
        "c 1 in z",
      ]);
    },
  );

  test("an object without any key is inserted, and its number goes into the row", async () => {
    await shell.start(
      `create table shots (id ${IDS[name]}, url varchar(20))`,
      "create table posts (k int not null primary key, shot_id int references shots (id))",
    );
    const lines = [
      '{"k":1,"shot":{"url":"a"}}',
      '{"k":2,"shot":{"url":"a"}}',
      '{"k":3,"shot":null}',
    ];
    const flags = ["--key", "k", "--nest", "shot:shots"];
    const ran = await shell.load(lines, "posts", { flags, way: ANY_WAY });
    expect([ran.exit, ran.counts], ran.output).toEqual([
      0,
      { posts: { inserted: 3 }, shot: { inserted: 2 } },
    ]);
    expect(
      await shell.rows(
        "select k, url, case when shot_id = (select min(id) from shots) then 1 else 2 end from posts left join shots on id = shot_id order by k",
      ),
    ).toEqual(["1 a 1", "2 a 2", "3 - 2"]);
  });
});

describe.each(ENGINES.filter(({ name }) => name === "sqlserver"))(
  "keys whose texts lose nothing on $title",
  (engine) => {
    const shell = new NestShell(useDatabase(engine));

    test.each([["varbinary(16)", "convert(varbinary(16), newid())"]])("%s", async (type, value) => {
      await shell.start(
        `create table visits (id ${type} not null default (${value}) primary key, page varchar(20))`,
        `create table steps (visit_id ${type} not null references visits (id), what varchar(20))`,
      );
      const lines = ['{"page":"a","steps":[{"what":"in"},{"what":"on"}]}'];
      const flags = ["--nest", "steps:steps"];
      const ran = await shell.load(lines, "visits", { flags, way: ANY_WAY });
      expect([ran.exit, ran.counts], ran.output).toEqual([
        0,
        { visits: { inserted: 1 }, steps: { inserted: 2 } },
      ]);
      expect(
        await shell.rows("select page, what from steps join visits on id = visit_id order by what"),
      ).toEqual(["a in", "a on"]);
    });
  },
);

describe.each(ENGINES)("rows with a key of sorts on $title", (engine) => {
  const shell = new NestShell(useDatabase(engine));
  const { name } = engine;

  test("a record that brings its number keeps it, and one that does not gets one", async () => {
    await start(shell, name);
    const lines = [
      '{"id":7,"page":"a","steps":[{"what":"in"}]}',
      '{"page":"b","steps":[{"what":"on"}]}',
    ];
    const ran = await shell.load(lines, "visits", {
      flags: [...NEST, "--keep-identity"],
      way: ANY_WAY,
    });
    expect([ran.exit, ran.counts], ran.output).toEqual([
      0,
      { visits: { inserted: 2 }, steps: { inserted: 2 } },
    ]);
    expect(await shell.rows(VISITS)).toEqual(["a 1 in -", "b 1 on -"]);
    expect(await shell.rows("select page from visits where id = 7")).toEqual(["a"]);
  });

  test("records and their rows bring numbers of their own", async () => {
    await shell.start(
      `create table visits (id ${IDS[name]}, page varchar(20))`,
      `create table steps (id ${IDS[name]}, visit_id int not null references visits (id), what varchar(20))`,
    );
    const lines = [
      '{"id":7,"page":"a","steps":[{"id":70,"what":"in"},{"id":71,"what":"on"}]}',
      '{"id":8,"page":"b","steps":[{"id":80,"what":"in"}]}',
    ];
    const ran = await shell.load(lines, "visits", {
      flags: ["--nest", "steps: { table: steps, keep-identity: true }", "--keep-identity"],
      way: ANY_WAY,
    });
    expect([ran.exit, ran.counts], ran.output).toEqual([
      0,
      { visits: { inserted: 2 }, steps: { inserted: 3 } },
    ]);
    expect(await shell.rows("select visit_id, id, what from steps order by id")).toEqual([
      "7 70 in",
      "7 71 on",
      "8 80 in",
    ]);
  });

  test("a key that may be NULL does not find its row again, and the number does", async () => {
    await shell.start(
      `create table visits (id ${IDS[name]}, code varchar(20) ${name === "sqlserver" ? "" : "unique"})`,
      "create table steps (visit_id int not null references visits (id), n int not null, primary key (visit_id, n))",
    );
    const lines = [
      '{"code":"a","steps":[{"n":1}]}',
      '{"code":null,"steps":[{"n":2}]}',
      '{"steps":[{"n":3}]}',
    ];
    const flags = ["--nest", "steps:steps"];
    const ran = await shell.load(lines, "visits", { flags, way: ANY_WAY });
    expect([ran.exit, ran.counts], ran.output).toEqual([
      0,
      { visits: { inserted: 3 }, steps: { inserted: 3 } },
    ]);
    expect(
      await shell.rows("select n, code from steps join visits on id = visit_id order by n"),
    ).toEqual(["1 a", "2 -", "3 -"]);
  });
});

/** Drops rows of the page `x` before they are inserted. */
const DROPS = {
  sqlite: [
    "create trigger drops before insert on visits when new.page = 'x' begin select raise(ignore); end",
  ],
  postgres: [
    "create or replace function drops() returns trigger language plpgsql as $$ begin if new.page = 'x' then return null; end if; return new; end $$",
    "create trigger drops before insert on visits for each row execute function drops()",
  ],
  sqlserver: [],
};

describe.each(ENGINES.filter(({ name }) => name !== "sqlserver"))(
  "rows that a trigger drops on $title",
  (engine) => {
    const database = useDatabase(engine);
    const shell = new NestShell(database);

    test("have no number, and what refers to them is skipped", async () => {
      await start(shell, engine.name);
      for (const sql of DROPS[engine.name]) await database.exec(sql);
      const lines = ["a", "x", "b"].map((page) => `{"page":"${page}","steps":[{"what":"in"}]}`);
      const ran = await shell.load(lines, "visits", { flags: NEST, way: ANY_WAY });
      expect([ran.exit, ran.counts], ran.output).toEqual([
        0,
        { visits: { inserted: 2, suppressed: 1 }, steps: { inserted: 2, skipped: 1 } },
      ]);
      expect(await shell.rows(VISITS)).toEqual(["a 1 in -", "b 1 in -"]);
    });
  },
);

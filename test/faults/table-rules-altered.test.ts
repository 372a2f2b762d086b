/** Triggers, keys and rules that appear on the table after the load was planned, which no longer holds then. */
import { describe, expect, test } from "vitest";
import { ENGINES, useDatabase } from "../helpers/engines.ts";
import type { Report } from "../../src/report/report.ts";
import { heldAt } from "./torture/scenario.ts";
import { TableShell } from "./torture/table-shell.ts";
import type { LoadEnd } from "./torture/table-shell.ts";

const COUNT = 120;
const NUMBERS = Array.from({ length: COUNT }, (_, at) => at + 1);
const CSV = `id,a,parent\n${NUMBERS.map((id) => `${id},${id % 7},\n`).join("")}`;

const TABLE = "create table t (id int not null primary key, a int, parent int, extra int);";

/** Each row has the number of those before it: no two may be written by one statement. */
const TRIGGERS = {
  postgres: `create function count_t() returns trigger language plpgsql as
    'begin new.extra := (select count(*) from t); return new; end';
    create trigger counts before insert on t for each row execute function count_t()`,
  sqlite: `create trigger counts after insert on t begin
    update t set extra = (select count(*) from t) where id = new.id; end`,
  sqlserver: `create trigger counts on t after insert as
    update t set extra = (select count(*) from t) where id in (select id from inserted)`,
};

type Name = keyof typeof TRIGGERS;

const added = (what: string): string => `alter table t add ${what}`;

/** What appears, and what is said of it. */
const APPEARING: Readonly<Record<Name, readonly [sql: string, said: string][]>> = {
  postgres: [
    [TRIGGERS.postgres, "its trigger counts was not there"],
    ["create unique index more on t (id, a)", "its unique key more"],
    [added("constraint own foreign key (parent) references t (id)"), "its foreign key own"],
    [added("constraint small check (a < 100)"), "it has a check"],
    ["alter table t alter a set not null", "its column a took NULL"],
  ],
  sqlite: [
    [TRIGGERS.sqlite, "its trigger counts was not there"],
    ["create unique index more on t (id, a)", "its unique key more"],
    [
      "drop table t; create table t (id int not null primary key, a int, parent int references t (id), extra int)",
      "its foreign key",
    ],
    ["create index odd on t (abs(a))", "an index or a default of it has an expression"],
  ],
  sqlserver: [
    [TRIGGERS.sqlserver, "its trigger counts was not there"],
    ["create unique index more on t (id, a)", "its unique key more"],
    [added("constraint own foreign key (parent) references t (id)"), "its foreign key own"],
    [added("constraint small check (a < 100)"), "it has a check"],
    [
      "drop table t; create table t (id int not null primary key, a int not null, parent int, extra int)",
      "its column a took NULL",
    ],
    [
      "drop table t; create table t (id int not null primary key, a varchar(9), parent int, extra int)",
      "its column a was int when the load was planned, and is varchar(9) now",
    ],
    [
      "drop table t; create table t (id int not null primary key, b int, parent int, extra int)",
      "its column a was int when the load was planned, and is gone now",
    ],
  ],
};

/** What makes no difference to the plan. */
const HARMLESS = {
  postgres: [
    "create index plain on t (a)",
    "drop index known",
    "alter table t disable trigger old",
    "analyze t",
    "alter table t add column more text default 'x'",
    "alter table t alter extra set default 5",
  ],
  sqlite: ["create index plain on t (a)", "drop index known", "drop trigger old"],
  sqlserver: [
    "create index plain on t (a)",
    "drop trigger old",
    "drop table t; create table t (id int not null primary key, a int, parent int, extra int)",
  ],
};

const OLD = {
  postgres: `create function nothing() returns trigger language plpgsql as 'begin return new; end';
    create trigger old before update on t for each row execute function nothing()`,
  sqlite: "create trigger old after update on t begin select 1; end",
  sqlserver: "create trigger old on t after update as update t set extra = 1 where 1 = 0",
};

function expectAltered({ exit, stdout, stderr }: LoadEnd, said: string): void {
  const { error } = JSON.parse(stdout) as Report;
  expect([exit, error?.code], stdout + stderr).toEqual([4, "TARGET_ALTERED"]);
  expect(error?.cause).toContain(said);
}

function expectLoaded({ exit, stdout, stderr }: LoadEnd): void {
  expect(exit, stdout + stderr).toBe(0);
}

/** Straight into a table without rows, and beside a row that is there. */
const WAYS = [
  { flags: [], rows: [] },
  { flags: ["--key", "id"], rows: [["5", "0"]] },
];

describe.each(ENGINES.filter(({ name }) => name === "postgres"))("$title", (engine) => {
  const database = useDatabase(engine);

  test("a rule that appears: copied rows are not kept", async () => {
    const shell = new TableShell(database, CSV);
    await database.reset();
    await database.exec(TABLE);
    const rule = "create rule also as on delete to t do also select 1";
    expectAltered(await shell.load(["--before", rule]), "it has rules");
    expect(await database.rows("select count(*) from t")).toEqual([["0"]]);
  });
});

describe.each(["postgres", "sqlite", "sqlserver"] as const)("%s", (name) => {
  const [engine] = ENGINES.filter((each) => each.name === name);
  if (engine === undefined) throw new Error(`there is no engine ${name}`);
  const database = useDatabase(engine);
  const count = async (): Promise<unknown> => await database.rows("select count(*) from t");

  test.each(APPEARING[name])("%s: %s", async (sql, said) => {
    const shell = new TableShell(database, CSV);
    for (const { flags, rows } of WAYS) {
      await database.reset();
      await database.exec(TABLE);
      for (const row of rows) {
        await database.exec(`insert into t (id, a) values (${row.join(", ")})`);
      }
      expectAltered(await shell.load([...flags, "--before", sql]), said);
      expect(await database.rows("select id, a from t")).toEqual(rows);
    }
  });

  test("by a script that has run before the load, it is what the load is planned by", async () => {
    const shell = new TableShell(database, CSV);
    await database.reset();
    await database.exec(TABLE);
    await database.exec(TRIGGERS[name]);
    expectLoaded(await shell.load(["--key", "id"]));
    const wrong = "select count(*) from t where extra not in (id, id - 1)";
    expect(await database.rows(wrong)).toEqual([["0"]]);
  });

  test.each(HARMLESS[name])("%s is no matter", async (sql) => {
    const shell = new TableShell(database, CSV);
    await database.reset();
    await database.exec(`${TABLE} create index known on t (parent)`);
    await database.exec(OLD[name]);
    expectLoaded(await shell.load(["--key", "id", "--commit", "30", "--before", sql]));
    expect(await count()).toEqual([[`${COUNT}`]]);
  });

  test("a table that the load creates is what was planned", async () => {
    const shell = new TableShell(database, CSV);
    await database.reset();
    expectLoaded(await shell.load(["--key", "id", "--create", "--commit", "30"]));
    expect(await count()).toEqual([[`${COUNT}`]]);
  });

  test.each(["begin:1", "committed:1"])(
    "by somebody else at %s: the same command goes on from there",
    async (moment) => {
      const shell = new TableShell(database, CSV);
      await database.reset();
      await database.exec(TABLE);
      const job = ["--key", "id", "--commit", "60", "--job", "j"];
      const ended = await heldAt(shell, shell.command(job), moment, async () => {
        await database.exec(TRIGGERS[name]);
      });
      expectAltered(ended, "its trigger counts was not there");
      expectLoaded(await shell.load(job));
      expect(await count()).toEqual([[`${COUNT}`]]);
    },
  );
});

/** A column that gets another type after the load was planned: no value is stored as what its bytes were not. */
import { describe, expect, test } from "vitest";
import { ENGINES, useDatabase } from "../helpers/engines.ts";
import type { Report } from "../../src/report/report.ts";
import { heldAt } from "./torture/scenario.ts";
import { TableShell } from "./torture/table-shell.ts";
import type { LoadEnd } from "./torture/table-shell.ts";

const COUNT = 120;
const NUMBERS = Array.from({ length: COUNT }, (_, at) => at + 1);
const CSV = `id,a,b\n${NUMBERS.map((id) => `${id},${id},${id}.50\n`).join("")}`;
const ROWS = NUMBERS.map((id) => [`${id}`, `${id}`, `${id}.50`]);

/** The types of `a` and `b` before, and after. */
interface Types {
  readonly before: readonly [a: string, b: string];
  readonly after: readonly [a: string, b: string];
}

/** Eight bytes are eight bytes. */
const POSTGRES: Types = { before: ["bigint", "numeric"], after: ["double precision", "numeric"] };
const SQLITE: Types = { before: ["integer", "real"], after: ["integer", "text"] };

const tableOf = ([a, b]: Types["before"]): string =>
  `create table t (id int not null primary key, a ${a}, b ${b})`;

/** SQLite alters no type: the table is made again there, under its own name. */
function alter(engine: string, { after }: Types): string {
  if (engine === "postgres") return `alter table t alter a type ${after[0]}`;
  return `create table u as select * from t; drop table t; ${tableOf(after)}; insert into t select * from u; drop table u`;
}

function expectAltered({ exit, stdout, stderr }: LoadEnd): void {
  const { error } = JSON.parse(stdout) as Report;
  expect([exit, error?.code], stdout + stderr).toEqual([4, "TARGET_ALTERED"]);
}

function expectLoaded({ exit, stdout, stderr }: LoadEnd): void {
  expect(exit, stdout + stderr).toBe(0);
}

const TYPED = [
  ["postgres", POSTGRES],
  ["sqlite", SQLITE],
] as const;

describe.each(TYPED)("%s", (name, types) => {
  const [engine] = ENGINES.filter((each) => each.name === name);
  if (engine === undefined) throw new Error(`there is no engine ${name}`);
  const database = useDatabase(engine);
  const altered = alter(name, types);
  const rows = async (): Promise<unknown> =>
    await database.rows("select id, a, cast(b as varchar(20)) from t order by id");

  test.each([[[]], [["--key", "id"]], [["--key", "id", "--batch-rows", "50"]]])(
    "by a script of the load %j: it is refused, and goes on once the script has run by itself",
    async (flags) => {
      const shell = new TableShell(database, CSV);
      await database.reset();
      await database.exec(tableOf(types.before));
      expectAltered(await shell.load([...flags, "--before", altered]));
      expect(await database.rows("select count(*) from t")).toEqual([["0"]]);
      await database.exec(altered);
      expectLoaded(await shell.load(flags));
      expect(await rows()).toEqual(ROWS);
    },
  );

  test("over rows that are there, which are staged", async () => {
    const shell = new TableShell(database, CSV);
    await database.reset();
    await database.exec(tableOf(types.before));
    await database.exec("insert into t values (1, 0, 0)");
    expectAltered(await shell.load(["--key", "id", "--before", altered]));
    expect(await database.rows("select a from t")).toEqual([["0"]]);
  });

  test("a type that takes the same values, and a column that is not loaded, are no matter", async () => {
    const shell = new TableShell(database, CSV);
    await database.reset();
    await database.exec(tableOf(types.before));
    expectLoaded(await shell.load(["--before", "alter table t add column c int"]));
    expect(await database.rows("select count(*) from t")).toEqual([[`${COUNT}`]]);
  });
});

describe.each(ENGINES.filter(({ name }) => name === "postgres"))("$title", (engine) => {
  const database = useDatabase(engine);

  /** Of the same size or another, of the same form or another. */
  const OTHERS = [
    ["int", "bigint"],
    ["bigint", "int"],
    ["numeric", "int"],
    ["int", "text"],
    ["text", "int"],
  ] as const;

  test.each(
    OTHERS.flatMap((types) => [[], ["--key", "id"]].map((key) => [...types, key] as const)),
  )(
    "from %s to %s, whose bytes the database may not read at all: %j",
    async (before, after, key) => {
      const shell = new TableShell(database, CSV);
      const change = `alter table t alter a type ${after} using a::${after}`;
      for (const row of ["", "insert into t values (1000, '0', 0)"]) {
        await database.reset();
        await database.exec(tableOf([before, "numeric"]));
        await database.exec(row);
        expectAltered(await shell.load([...key, "--before", change]));
        await database.exec(change);
        expectLoaded(await shell.load(key));
        expect(await database.rows("select count(*) from t where a::text = id::text")).toEqual([
          [`${COUNT}`],
        ]);
      }
    },
  );

  const WAYS = [
    [],
    ["--key", "id"],
    ["--key", "id", "--row-source", "arrays"],
    ["--key", "id", "--row-source", "values"],
    ["--key", "id", "--strategy", "select-then-write"],
    ["--key", "id", "--mode", "update"],
    ["--key", "id", "--ignore"],
  ];

  test.each(
    WAYS.flatMap((flags) =>
      ["drop column a", "rename column a to z"].map((sql) => [sql, flags] as const),
    ),
  )("%s: no record is rejected for a column that is gone: %j", async (sql, flags) => {
    const shell = new TableShell(database, CSV);
    await database.reset();
    await database.exec(tableOf(["int", "numeric"]));
    const tolerant = [...flags, "--max-rejects", "100%", "--before", `alter table t ${sql}`];
    const { exit, stdout, stderr } = await shell.load(tolerant);
    const { error, counts } = JSON.parse(stdout) as Report;
    expect([4, 2], stdout + stderr).toContain(exit);
    expect(["TARGET_ALTERED", "TARGET_STATEMENT"]).toContain(error?.code);
    expect(counts.rejected).toBe(0);
    await database.exec("insert into t (id, a) values (0, 0)");
  });

  test.each([["begin:1"], ["committed:1"]])(
    "by somebody else at %s: the same command goes on from there",
    async (moment) => {
      const shell = new TableShell(database, CSV);
      await database.reset();
      await database.exec(tableOf(POSTGRES.before));
      const job = ["--key", "id", "--commit", "60", "--job", "j"];
      const ended = await heldAt(shell, shell.command(job), moment, async () => {
        await database.exec(alter("postgres", POSTGRES));
      });
      expectAltered(ended);
      expectLoaded(await shell.load(job));
      expect(await database.rows("select id, a, b from t order by id")).toEqual(ROWS);
    },
  );
});

/**
 * SQL Server as it is met elsewhere: databases of older compatibility levels, servers of another maker, names that stand for
 * something in another place, columns that nobody can compare, and what batches have to do with locks.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ENGINES, useDatabase } from "../helpers/engines.ts";
import type { TestDatabase } from "../helpers/engines.ts";
import { runLoad } from "../helpers/load.ts";
import { runUpsurge } from "../helpers/run-upsurge.ts";
import { openTranslated, REAL_SERVER } from "../helpers/sqlserver-database.ts";
import { useTempDir } from "../helpers/temp-dir.ts";
import { MICROSOFT } from "../support/tsql/profile.ts";
import type { ServerProfile } from "../support/tsql/profile.ts";

const [sqlserver] = ENGINES.filter(({ name }) => name === "sqlserver");
if (sqlserver === undefined) throw new Error("there is no engine sqlserver");
const temporary = useTempDir();
const MAKE = "create table t (id int primary key, s nvarchar(3))";

/** What a command says; the source is `id,s` with two records unless it is given. */
async function run(
  database: TestDatabase,
  args: readonly string[],
  input = "id,s\n1,a\n2,b\n",
): Promise<{ exit: number; said: string }> {
  const source = join(temporary.path, "in.csv");
  writeFileSync(source, input);
  const [command, ...rest] = args;
  const line = command === "load" ? [source, ...rest] : [command ?? "", source, ...rest];
  const { exitCode, stdout, stderr } = await runUpsurge([...line, "--to", database.url]);
  return { exit: exitCode, said: stdout + stderr };
}

/** How a table is loaded and planned. */
const INTO_T = ["--table", "t", "--key", "id"];

describe(`${sqlserver.title}, the size of batches`, () => {
  const database = useDatabase(sqlserver);
  beforeEach(async () => {
    await database.reset();
    await database.exec(MAKE);
  });

  test("keeps a statement below the locks from which on the server locks the table", async () => {
    const { exit, said } = await run(database, ["plan", ...INTO_T]);
    expect(exit).toBe(0);
    expect(said).toMatch(/^row source +staged, batches of 1,600$/m);
    expect(said).toContain(
      "batches of 1,600: up to 4,800 locks a statement; with 5,000 the server tries to lock the whole table until the commit",
    );
    expect(said).not.toContain("warnings:");
  });

  test.each([
    ["1666", false],
    ["1667", true],
    ["10000", true],
  ])("of %s rows is warned of where it takes too many: %s", async (rows, warned) => {
    const { said } = await run(database, ["plan", ...INTO_T, "--batch-rows", rows]);
    expect(said.includes("pass --batch-rows 1666 or less, or leave it out")).toBe(warned);
  });

  test("says nothing of locks where rows go one at a time", async () => {
    await database.exec(
      "create table log (n int)\ngo\ncreate trigger a on t after insert as insert into log (n) select id from inserted",
    );
    const { said } = await run(database, ["plan", ...INTO_T, "--batch-rows", "10000"]);
    expect(said).toContain("one row at a time");
    expect(said).not.toContain("locks a statement");
  });
});

describe(`${sqlserver.title}, columns that cannot be compared`, () => {
  const database = useDatabase(sqlserver);
  beforeEach(() => database.reset());

  test.each(["text", "ntext", "image", ...(REAL_SERVER === null ? [] : ["xml", "geography"])])(
    "a key of type %s is refused before anything is read",
    async (type) => {
      await database.exec(`create table t (id ${type} not null, s nvarchar(3))`);
      for (const strategy of ["native", "select-then-write"]) {
        const flags = [...INTO_T, "--strategy", strategy];
        const { exit, said } = await run(database, ["load", ...flags]);
        expect(exit, said).toBe(2);
        expect(said).toContain(`a key with the column id of type ${type} is not possible here`);
        expect(said).toContain("name other columns with --key");
      }
    },
  );

  test("as values they are loaded, and unchanged ones are known", async () => {
    await database.exec(
      "create table t (id int primary key, a text, b ntext, c image); insert into t values (1, 'a', N'b', 0x0c)",
    );
    const input = "id,a,b,c\n1,a,b,0x0c\n2,d,e,0x0f\n1,a,B,0x0c\n";
    const { said } = await run(database, ["load", ...INTO_T, "--json", "-q"], input);
    expect(JSON.parse(said)).toMatchObject({ counts: { inserted: 1, updated: 1, unchanged: 1 } });
  });
});

describe(`${sqlserver.title}, computed columns of a check`, () => {
  const database = useDatabase(sqlserver);
  beforeEach(() => database.reset());

  test("have the collation of the database in the stage, where tempdb has another", async () => {
    await database.exec(
      "create table t (id int primary key, s nvarchar(3), kind as (N'a') persisted, check (kind <> s))",
    );
    const { exit, said } = await run(
      database,
      ["load", ...INTO_T, "--json", "-q", "--max-rejects", "5"],
      "id,s\n1,A\n2,b\n",
    );
    expect(exit, said).toBe(3);
    expect(said).toContain('"inserted":1');
    expect(said).toContain('"rejected":1');
  });
});

describe(`${sqlserver.title}, names that mean something else`, () => {
  const database = useDatabase(sqlserver);
  let here = "";
  beforeEach(async () => {
    await database.reset();
    await database.exec(MAKE);
    here = new URL(database.url).pathname.slice(1);
    await database.exec(
      `create synonym near for dbo.t; create synonym nearer for [${here}].[dbo].[t]; create synonym far for other.dbo.[t t]; create synonym linked for srv.other.dbo.t`,
    );
  });

  test.each([
    ["near", "it is a synonym for [dbo].[t]", "pass --table dbo.t"],
    ["dbo.nearer", "it is a synonym for [HERE].[dbo].[t]", "pass --table dbo.t"],
    [
      "far",
      "it is a synonym for [other].[dbo].[t t]",
      "let --to name the database other instead of HERE, and pass --table 'dbo.[t t]'",
    ],
    [
      "linked",
      "it is a synonym for [srv].[other].[dbo].[t]",
      "let --to name that server and the database other, and pass --table dbo.t",
    ],
    ["HERE.dbo.t", "the name has the database HERE in it", "pass --table dbo.t"],
    [
      "[other].dbo.[t]",
      "the name has the database other in it",
      "let --to name the database other instead of HERE, and pass --table dbo.t",
    ],
    ["other..t", "the name has the database other in it", "and pass --table t"],
    ["srv.other.dbo.t", "the name has the server srv in it", "let --to name that server"],
  ])("%s is no table, and it is said why", async (name, reason, fix) => {
    const [table = "", ...texts] = [name, reason, fix].map((text) => text.replaceAll("HERE", here));
    for (const command of ["load", "plan"]) {
      const { exit, said } = await run(database, [command, "--table", table, "--key", "id"]);
      expect(exit).toBe(2);
      for (const text of texts) expect(said).toContain(text);
    }
    const looked = await runUpsurge(["inspect", "--to", database.url, "--table", table]);
    expect(looked.exitCode).toBe(2);
    for (const text of texts) expect(looked.stderr).toContain(text);
  });

  test("none of them is made by --create", async () => {
    for (const table of ["near", `${here}.dbo.u`]) {
      const { exit, said } = await run(database, ["load", "--create", "--table", table]);
      expect(exit, said).toBe(2);
      expect(said).toContain("PLAN_NO_TABLE");
    }
  });

  test("a table whose name has dots in it is found by them", async () => {
    await database.exec("create table [a.b.c] (id int primary key, s nvarchar(3))");
    const flags = ["--table", "a.b.c", "--key", "id"];
    expect(await run(database, ["load", ...flags])).toMatchObject({ exit: 0 });
    expect(await database.rows("select count(*) from [a.b.c]")).toEqual([["2"]]);
  });
});

describe.runIf(REAL_SERVER === null)("a server like another", () => {
  let database: TestDatabase | null = null;

  /** A database of such a server, with the table `t`. */
  async function open(profile: Partial<ServerProfile>): Promise<TestDatabase> {
    const opened = await openTranslated({ ...MICROSOFT, ...profile });
    database = opened;
    await opened.exec(MAKE);
    return opened;
  }

  afterEach(async () => {
    await database?.close();
    database = null;
  });

  test("a database of level 100 has no TRY_CONVERT: it is refused, with the statement that helps", async () => {
    const old = await open({ level: 100 });
    for (const command of ["load", "plan"]) {
      const { exit, said } = await run(old, [command, ...INTO_T]);
      const name = new URL(old.url).pathname.slice(1);
      expect(exit).toBe(2);
      expect(said).toContain("a load into a database of compatibility level 100");
      expect(said).toContain(`ALTER DATABASE [${name}] SET COMPATIBILITY_LEVEL = 110;`);
    }
  });

  test.each([110, 120])("a database of level %i is loaded without OPENJSON", async (level) => {
    const old = await open({ level });
    const { exit, said } = await run(old, ["load", ...INTO_T]);
    expect(exit, said).toBe(0);
    const refused = await run(old, ["load", ...INTO_T, "--row-source", "arrays"]);
    expect(refused.said).toContain("this target has staged, values");
  });

  test.each([
    [140, "8152"],
    [150, "2628"],
  ])("a text that is too long has the number of level %i: %s", async (level, number) => {
    const old = await open({ level });
    await old.exec("create table u (id int primary key, w nvarchar(9), s nvarchar(3))");
    const loads = [
      ["id,s\n7,long\n", "--key", "id"],
      ["id,w\n7,long\n", "--key", "id", "--stamp", "s = excluded.w"],
      ["id,s\n7,long\n", "--mode", "insert"],
    ];
    for (const [input = "", ...flags] of loads) {
      const load = { folder: temporary.path, table: "u", extension: "csv", input, flags } as const;
      const way = { strategy: "auto", rowSource: "auto", batchRows: 10 };
      const { rejects, output } = await runLoad(old, load, way);
      expect(rejects, output).toMatchObject([{ code: "ROW_LENGTH", dbCode: number }]);
    }
  });

  test("of another maker takes select-then-write, and the plan says why", async () => {
    const foreign = await open({
      product: "PostgreSQL-compatible T-SQL server",
      lacks: ["MERGE", "SYNONYMS"],
    });
    const absent = await run(foreign, ["plan", "--table", "nothing", "--key", "id"]);
    expect(absent.said).toContain("PLAN_NO_TABLE");
    const { said } = await run(foreign, ["plan", ...INTO_T]);
    expect(said).toMatch(/^strategy +select-then-write$/m);
    expect(said).toContain(
      "strategy select-then-write: the server is not Microsoft's, and may have no MERGE or another one",
    );
    // Nobody knows of its locks.
    expect(said).not.toContain("locks a statement");
    for (const flags of [[], ["--mode", "ignore"], ["--mode", "update"]]) {
      expect(await run(foreign, ["load", ...INTO_T, ...flags])).toMatchObject({ exit: 0 });
    }
  });

  test("without MERGE refuses --strategy native, and its fix is one that loads", async () => {
    const foreign = await open({ product: "another", lacks: ["MERGE", "SYNONYMS"] });
    const { exit, said } = await run(foreign, ["load", ...INTO_T, "--strategy", "native"]);
    expect(exit).toBe(2);
    expect(said).toContain("pass --strategy select-then-write, or leave --strategy out");
    for (const flags of [["--strategy", "select-then-write"], []]) {
      expect(await run(foreign, ["load", ...INTO_T, ...flags])).toMatchObject({ exit: 0 });
    }
  });

  test("of another maker with MERGE takes --strategy native at its word", async () => {
    const foreign = await open({ product: "another" });
    const { exit, said } = await run(foreign, ["load", ...INTO_T, "--strategy", "native"]);
    expect(exit, said).toBe(0);
  });
});

/**
 * What only a Microsoft server has: locks between sessions and their escalation, deadlocks, databases of other collations, logins that
 * may do little, and loads whose process is killed. Skipped where UPSURGE_TEST_SQLSERVER names none.
 */
import { randomBytes } from "node:crypto";
import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { AT_FAIL_POINT } from "../faults/torture/launch.ts";
import { useDatabase } from "../helpers/engines.ts";
import type { Engine, TestDatabase } from "../helpers/engines.ts";
import { runUpsurge } from "../helpers/run-upsurge.ts";
import { spawnUpsurge } from "../helpers/spawn-upsurge.ts";
import type { Spawned } from "../helpers/spawn-upsurge.ts";
import { once, openReal, REAL_SERVER } from "../helpers/sqlserver-database.ts";
import type { RealDatabase } from "../helpers/sqlserver-database.ts";
import { tempDir } from "../helpers/temp-dir.ts";
import { until } from "../helpers/until.ts";
import { Asking } from "../support/questions/ask.ts";

const SKIPPED =
  REAL_SERVER === null ? " (skipped: UPSURGE_TEST_SQLSERVER names no Microsoft server)" : "";
const SERVER = REAL_SERVER ?? "";

/** A suite with a database of its own on the Microsoft server; without one it is skipped by its name. */
function onServer(title: string, how: RealDatabase, body: (database: TestDatabase) => void): void {
  const engine: Engine = {
    name: "sqlserver",
    title,
    rowSources: [],
    open: () => openReal(SERVER, how),
  };
  describe.skipIf(REAL_SERVER === null)(`sqlserver: ${title}${SKIPPED}`, () => {
    body(useDatabase(engine));
  });
}

/** A load of a file into `t`, by its key `id`. */
async function load(
  database: Pick<TestDatabase, "url">,
  input: string,
  flags: readonly string[] = [],
): Promise<{ exit: number; counts: Record<string, number>; said: string }> {
  const cwd = tempDir({ "in.csv": input });
  const into = ["--to", database.url, "--table", "t", "--key", "id", "--json", "-q"];
  const { exitCode, stdout, stderr } = await runUpsurge(["in.csv", ...into, ...flags], { cwd });
  const { counts = {} } = JSON.parse(stdout || "{}") as { counts?: Record<string, number> };
  const some = Object.entries(counts).filter(([name, n]) => n !== 0 && name !== "read");
  return { exit: exitCode, counts: Object.fromEntries(some), said: stdout + stderr };
}

/** A load that has written all of its rows, or those of some commits, and is held there. */
interface HeldLoad extends Spawned {
  readonly cwd: string;
  /** The command line, to run it again. */
  readonly args: readonly string[];
  /** Lets it go on. */
  readonly release: () => void;
}

/** Sets `n` to 9 for these ids, and holds the load before its `nth` commit. */
async function held(
  database: Pick<TestDatabase, "url">,
  ids: readonly number[],
  { flags = [], nth = 1 }: { readonly flags?: readonly string[]; readonly nth?: number } = {},
): Promise<HeldLoad> {
  const cwd = tempDir({ "in.csv": `id,n\n${ids.map((id) => `${id},9\n`).join("")}`, gate: "" });
  const gate = join(cwd, "gate");
  const into = ["--to", database.url, "--table", "t", "--key", "id", "-q"];
  const args = ["in.csv", ...into, ...flags];
  const env = { UPSURGE_FAULT: `commit:${nth}:wait`, UPSURGE_FAULT_GATE: gate };
  const spawned = spawnUpsurge(args, cwd, { preload: AT_FAIL_POINT, env });
  let isOver = false;
  void spawned.ended.finally(() => (isOver = true));
  await until("the load is at its commit", () => isOver || existsSync(`${gate}.reached`));
  if (isOver) throw new Error(`it has ended: ${(await spawned.ended).stderr}`);
  return { ...spawned, cwd, args, release: () => rmSync(gate) };
}

/** 1, 2, 3, … */
function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, at) => at + 1);
}

/** Does something over a connection of its own. */
async function meanwhile<T>(
  database: TestDatabase,
  work: (asking: Asking) => Promise<T>,
): Promise<T> {
  const asking = await Asking.open(database.url);
  try {
    return await work(asking);
  } finally {
    await asking.close();
  }
}

/** A table of 100 rows, all of them 0. */
const HUNDRED =
  "create table t (id int primary key, n int not null); insert into t select top (100) row_number() over (order by object_id), 0 from sys.all_objects";

for (const strategy of ["native", "select-then-write"]) {
  const flags = ["--strategy", strategy];

  onServer(
    `a case-sensitive database, ${strategy}`,
    { collation: "Latin1_General_100_CS_AS_SC" },
    (database) => {
      test("takes keys apart by their case, and computes in the stage as in the table", async () => {
        await database.exec(
          "create table t (id nvarchar(20) not null primary key, s varchar(10), kind as (N'a') persisted, check (kind <> s))",
        );
        const first = await load(database, "id,s\nk,1\nK,2\nx,a\n", [
          ...flags,
          "--max-rejects",
          "1",
        ]);
        expect(first.counts, first.said).toEqual({ inserted: 2, rejected: 1 });
        const second = await load(database, "id,s\nk,1\nK,A\n", flags);
        expect(second.counts, second.said).toEqual({ unchanged: 1, updated: 1 });
      });
    },
  );

  onServer(
    `a UTF-8 database, ${strategy}`,
    { collation: "Latin1_General_100_CI_AS_SC_UTF8" },
    (database) => {
      test.each(["staged", "arrays", "values"])(
        "holds any text in a varchar, by bytes: %s",
        async (source) => {
          await database.reset();
          await database.exec("create table t (id int primary key, s varchar(6))");
          const how = [...flags, "--row-source", source, "--max-rejects", "1"];
          const { counts, said } = await load(database, "id,s\n1,日本\n2,日本x\n3,a😀\n4,é\n", how);
          expect(counts, said).toEqual({ inserted: 3, rejected: 1 });
          expect(await database.rows("select s from t order by id")).toEqual([
            ["日本"],
            ["a😀"],
            ["é"],
          ]);
          expect(await load(database, "id,s\n1,日本\n3,a😀\n", flags)).toMatchObject({
            counts: { unchanged: 2 },
          });
        },
      );
    },
  );
}

onServer("a login with the least privileges", {}, (database) => {
  const login = `upsurge_${randomBytes(6).toString("hex")}`;
  const password = `Up-${randomBytes(9).toString("hex")}-9`;

  beforeAll(async () => {
    await once(SERVER, `CREATE LOGIN [${login}] WITH PASSWORD = N'${password}'`);
    await database.exec(`CREATE USER [${login}] FOR LOGIN [${login}]`);
  });
  afterAll(() => once(SERVER, `DROP LOGIN [${login}]`));

  test("loads with what `plan --grants` prints, and not without", async () => {
    const as = new URL(database.url);
    as.username = login;
    as.password = password;
    const loader = { url: as.href };
    await database.exec("create table t (id int primary key, n int check (n < 90))");
    expect((await load(loader, "id,n\n1,1\n")).exit).toBe(2);
    await database.exec(`GRANT VIEW DEFINITION ON [dbo].[t] TO [${login}]`);
    expect((await load(loader, "id,n\n1,1\n")).exit).toBe(2);

    const cwd = tempDir({ "in.csv": "id,n\n1,1\n" });
    const into = ["--to", loader.url, "--table", "t", "--key", "id"];
    const { stdout, exitCode } = await runUpsurge(["plan", "in.csv", ...into, "--grants"], { cwd });
    expect(exitCode, stdout).toBe(0);
    await database.exec(stdout);

    for (const strategy of ["native", "select-then-write"]) {
      const { exit, said } = await load(loader, "id,n\n1,1\n2,2\n", ["--strategy", strategy]);
      expect(exit, said).toBe(0);
    }
    expect(await database.rows("select count(*) from t")).toEqual([["2"]]);
  });
});

for (const rowVersions of [true, false]) {
  const title = `a reader, READ_COMMITTED_SNAPSHOT ${rowVersions ? "on" : "off"}`;
  onServer(title, { rowVersions }, (database) => {
    test("of a row that a load has written", async () => {
      await database.exec(HUNDRED);
      const { ended, release } = await held(database, numbers(25), { flags: ["-b", "10"] });
      const seen = await meanwhile(database, (asking) =>
        asking.tell("SET LOCK_TIMEOUT 0; SELECT n FROM t WHERE id = 1"),
      );
      release();
      expect(await ended).toMatchObject({ exitCode: 0, stderr: "" });
      expect(seen).toEqual(rowVersions ? [["0"]] : ["error 1222"]);
      expect(await database.rows("select count(*) from t where n = 9")).toEqual([["25"]]);
    });
  });
}

onServer("a load that is killed", {}, (database) => {
  beforeEach(async () => {
    await database.reset();
    await database.exec(HUNDRED);
  });

  test("leaves nothing, and keeps nobody from loading again", async () => {
    const { child, ended } = await held(database, numbers(25), { flags: ["-b", "10"] });
    child.kill("SIGKILL");
    await ended;
    expect(await database.rows("select count(*) from t where n = 9")).toEqual([["0"]]);
    const again = await load(database, "id,n\n1,9\n2,9\n");
    expect(again.counts, again.said).toEqual({ updated: 2 });
  });

  test("leaves what it has committed, and its job goes on there", async () => {
    const flags = ["--commit", "20", "-b", "10", "--job", "nightly"];
    const { child, ended, args, cwd } = await held(database, numbers(100), { flags, nth: 3 });
    child.kill("SIGKILL");
    await ended;
    expect(await database.rows("select count(*) from t where n = 9")).toEqual([["40"]]);
    const again = await runUpsurge([...args, "--json"], { cwd });
    expect(again.exitCode, again.stderr).toBe(0);
    expect(JSON.parse(again.stdout)).toMatchObject({ counts: { read: 100, updated: 100 } });
    expect(await database.rows("select count(*) from t where n = 9")).toEqual([["100"]]);
  });
});

onServer("a deadlock with another application", {}, (database) => {
  test("costs the load a try, and none of its rows", async () => {
    await database.exec(
      "create table t (id int primary key, n int); insert into t values (1, 0), (2, 0)",
    );
    const holding = await Asking.open(database.url);
    // The load is the one that gives way.
    await holding.tell(
      "SET DEADLOCK_PRIORITY HIGH; BEGIN TRANSACTION; UPDATE t SET n = 5 WHERE id = 2",
    );
    const loading = load(database, "id,n\n1,9\n2,9\n", [
      "--batch-rows",
      "1",
      "--retry-timeout",
      "10m",
    ]);
    const blocked =
      "select count(*) from sys.dm_exec_requests where blocking_session_id > 0 and database_id = db_id()";
    await until(
      "the load waits for the other",
      async () => (await database.rows(blocked))[0]?.[0] !== "0",
    );
    expect(await holding.tell("UPDATE t SET n = 6 WHERE id = 1; COMMIT TRANSACTION;")).toEqual([]);
    await holding.close();
    const { exit, counts, said } = await loading;
    expect([exit, counts], said).toEqual([0, { updated: 2 }]);
    expect(await database.rows("select n from t")).toEqual([["9"], ["9"]]);
  });
});

onServer("the escalation of locks", {}, (database) => {
  /** A table in which looking up 1,600 rows costs less than reading it: 300,000 rows, some 20 to a page. */
  const LARGE = `create table t (id int primary key, n int not null, pad char(400) not null default '');
insert into t (id, n) select top (300000) 10 * row_number() over (order by a.object_id), 0 from sys.all_objects as a cross join sys.all_objects as b;
update statistics t with fullscan;`;

  const LOCKED = `select count(*) from sys.dm_tran_locks where resource_database_id = db_id() and resource_type = N'OBJECT'
and resource_associated_entity_id = object_id(N'dbo.t') and request_mode in (N'S', N'U', N'X')`;

  test("does not come about by batches of the usual size: others write to the table", async () => {
    await database.exec(LARGE);
    const ids = numbers(8000).map((at) => 300 * at);
    const { ended, release } = await held(database, ids);
    expect(await database.rows(LOCKED)).toEqual([["0"]]);
    const told = await meanwhile(database, (asking) =>
      asking.tell("SET LOCK_TIMEOUT 0; UPDATE t SET n = 1 WHERE id = 10"),
    );
    expect(told).toEqual([]);
    release();
    expect(await ended).toMatchObject({ exitCode: 0 });
  });
});

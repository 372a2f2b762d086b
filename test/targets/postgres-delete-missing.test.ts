/** `--delete-missing` on PostgreSQL: what only it has, who waits for whom, and what it takes to be allowed. */
import { randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Report } from "../../src/report/report.ts";
import { ENGINES, useDatabase } from "../helpers/engines.ts";
import type { Engine } from "../helpers/engines.ts";
import { untilLockWaits } from "../helpers/lock-waits.ts";
import { MissingShell } from "../helpers/missing-shell.ts";
import { runUpsurge } from "../helpers/run-upsurge.ts";
import { spawnUpsurge } from "../helpers/spawn-upsurge.ts";
import { tempDir } from "../helpers/temp-dir.ts";
import { AT_FAIL_POINT, launch } from "../faults/torture/launch.ts";

const postgres = ENGINES.find(({ name }) => name === "postgres") as Engine;
const database = useDatabase(postgres);
const TABLE = "create table t (id int primary key, n int)";
const ROWS = "insert into t values (1, 1), (2, 2), (3, 3), (4, 4)";
const TWO = "id,n\n1,1\n2,2\n";

describe("tables", () => {
  test.each([
    [
      "partitions",
      "create table t (id int primary key, n int) partition by range (id); create table p partition of t for values from (0) to (3); create table q partition of t default",
    ],
    [
      "a generated column in its key",
      "create table t (id text, n int, low text generated always as (lower(id)) stored); create unique index t_low on t (low)",
    ],
    ["a key of text", "create table t (id varchar(20) primary key, n int)"],
    ["a key that can wait", "create table t (id int primary key deferrable, n int)"],
  ])("%s", async (title, setup) => {
    const shell = new MissingShell(database);
    await shell.start(setup, "insert into t (id, n) values (1, 1), (2, 2), (3, 3), (4, 4)");
    const key = title.includes("generated") ? ["--key", "id"] : [];
    const more = title.includes("wait") ? ["--strategy", "select-then-write"] : [];
    if (key.length > 0) {
      writeFileSync(join(shell.folder, "in.csv"), TWO);
      const refused = await shell.run(["in.csv", "--constraint", "t_low"]);
      expect([refused.exit, refused.report.error?.code]).toEqual([2, "PLAN_KEY_NOT_IN_SOURCE"]);
      return;
    }
    const { exit, report, stderr } = await shell.load(TWO, more);
    expect([exit, report.counts.removed], stderr).toEqual([0, 2]);
    expect(await shell.ids()).toEqual(["1", "2"]);
  });

  test("tables that inherit keep their rows", async () => {
    const shell = new MissingShell(database);
    await shell.start(TABLE, ROWS, "create table u () inherits (t)", "insert into u values (9, 9)");
    const { report } = await shell.load(TWO);
    expect(report.counts.removed).toBe(2);
    expect(await shell.ids()).toEqual(["1", "2", "9"]);
  });
});

describe("what stands against it", () => {
  test("rows that a trigger keeps are told of, and not counted", async () => {
    const shell = new MissingShell(database);
    await shell.start(
      TABLE,
      ROWS,
      `create function f() returns trigger language plpgsql as $$ begin
        if old.id = 3 then return null; end if; return old; end $$`,
      "create trigger g before delete on t for each row execute function f()",
    );
    const { exit, report } = await shell.load(TWO);
    expect([exit, report.counts.removed]).toEqual([0, 1]);
    expect(report.warnings.join()).toContain("1 row of public.t, which no record has, stayed");
    expect(await shell.ids()).toEqual(["1", "2", "3"]);
  });

  test("a foreign key that is checked at the commit is told of before it", async () => {
    const shell = new MissingShell(database);
    const deferred = "references t deferrable initially deferred";
    await shell.start(
      TABLE,
      ROWS,
      `create table c (t int ${deferred})`,
      "insert into c values (4)",
    );
    const { exit, report } = await shell.load(TWO);
    expect([exit, report.error?.code]).toEqual([4, "DELETE_FORBIDDEN"]);
    expect(report.error?.cause).toContain("rows of public.c refer to (id) = (4) by c_t_fkey");
  });

  test("a foreign key behind one that cascades stops the load as well", async () => {
    const shell = new MissingShell(database);
    await shell.start(
      TABLE,
      ROWS,
      "create table c (id int primary key references t on delete cascade)",
      "create table d (c int references c)",
      "insert into c values (3)",
      "insert into d values (3)",
    );
    const { exit, report } = await shell.load(TWO);
    expect([exit, report.error?.code]).toEqual([4, "DELETE_FORBIDDEN"]);
    expect(report.error?.cause).toContain("d_c_fkey");
    expect(await shell.ids()).toEqual(["1", "2", "3", "4"]);
  });

  test("a key whose index compares by another collation than its column", async () => {
    const shell = new MissingShell(database);
    await shell.start(
      "create collation caseless (provider = icu, locale = 'und-u-ks-level2', deterministic = false)",
      "create table t (id text, n int)",
      "create unique index t_id on t (id collate caseless)",
      "insert into t values ('A', 1), ('b', 2), ('C', 3)",
    );
    writeFileSync(join(shell.folder, "in.csv"), "id,n\na,1\nB,2\n");
    const { exit, report, stderr } = await shell.run(["in.csv", "--constraint", "t_id"]);
    expect([exit, report.counts.removed], stderr).toEqual([0, 1]);
    expect(await shell.ids("select n from t order by n")).toEqual(["1", "2"]);
  });

  test("many keys out of order, some of them twice", async () => {
    const shell = new MissingShell(database);
    await shell.start(TABLE, "insert into t select g, 0 from generate_series(1, 3000) g");
    const ids = Array.from({ length: 2800 }, (_, at) => ((at * 37) % 2800) + 1);
    const text = `id,n\n${[...ids, 5, 5, 2999].map((id) => `${id},0\n`).join("")}`;
    const { exit, report, stderr } = await shell.load(text, ["--batch-rows", "500"]);
    expect([exit, report.counts.removed], stderr).toEqual([0, 199]);
    expect((await shell.ids()).length).toBe(2801);
  });
});

/** A session of its own, that has run this. */
async function other(sql: string): Promise<Client> {
  const client = new Client({ connectionString: database.url });
  await client.connect();
  await client.query(sql);
  return client;
}

describe("at once", () => {
  test("a row that is inserted meanwhile waits, and is not missing", async () => {
    const shell = new MissingShell(database);
    await shell.start(TABLE, ROWS);
    const holder = await other("select pg_advisory_lock(4711)");
    const client = await other("select 1");
    // The load waits in its transaction, before its first record.
    const loading = shell.load(TWO, ["--before", "select pg_advisory_xact_lock(4711)"]);
    await untilLockWaits(database);
    const inserting = client.query("insert into t values (99, 99)");
    await untilLockWaits(database, 2);
    await holder.query("select pg_advisory_unlock(4711)");
    const { exit, report, stderr } = await loading;
    await inserting;
    await Promise.all([holder.end(), client.end()]);

    expect([exit, report.counts.removed], stderr).toEqual([0, 2]);
    expect(await shell.ids()).toEqual(["1", "2", "99"]);
  });

  test("a pipe that is cut takes no row away", async () => {
    const shell = new MissingShell(database);
    await shell.start(TABLE, ROWS);
    const args = ["-", "--to", database.url, "--table", "t", "--key", "id", "--json"];
    const { child, ended } = spawnUpsurge(
      [...args, "--delete-missing", "--expect-rows", "3"],
      tempDir(),
    );
    child.stdin.end("id,n\n1,1\n2,");
    const { exitCode, stdout } = await ended;
    expect([exitCode, (JSON.parse(stdout) as Report).error?.code]).toEqual([4, "SOURCE_ROWS"]);
    expect(await shell.ids()).toEqual(["1", "2", "3", "4"]);
  });

  test("a load that is killed before its commit has done nothing", async () => {
    const shell = new MissingShell(database);
    await shell.start(TABLE, ROWS);
    const folder = tempDir({ "in.csv": "id,n\n1,10\n2,2\n" });
    const args = [
      "in.csv",
      "--to",
      database.url,
      "--table",
      "t",
      "--key",
      "id",
      "--delete-missing",
    ];
    const env = { UPSURGE_FAULT: "commit:1:kill" };
    const killed = await launch({ args, cwd: folder, env, preload: [AT_FAIL_POINT] }).ended;
    expect(killed.signal).toBe("SIGKILL");
    expect(await shell.ids()).toEqual(["1", "2", "3", "4"]);
    expect(await shell.ids("select n from t where id = 1")).toEqual(["1"]);
  });
});

describe("a user", () => {
  const role = `remover_${randomBytes(4).toString("hex")}`;
  const to = (): string => {
    const url = new URL(database.url);
    [url.username, url.password] = [role, "e"];
    return url.href;
  };
  const start = async (more: string): Promise<void> => {
    await database.reset();
    await database.exec(`${TABLE}; ${ROWS}; grant usage on schema public to ${role};
      grant insert, select, update on t to ${role}; ${more}`);
  };
  const run = async (flags: readonly string[]): Promise<{ exit: number; output: string }> => {
    const cwd = tempDir({ "in.csv": TWO });
    const [command = "load", ...rest] = flags;
    const into = [command, "in.csv", "--to", to(), "--table", "t", "--key", "id"];
    const { exitCode, stdout, stderr } = await runUpsurge([...into, "--delete-missing", ...rest], {
      cwd,
    });
    return { exit: exitCode, output: stdout + stderr };
  };
  beforeAll(async () => await database.exec(`create role ${role} login password 'e'`));
  afterAll(async () => await database.exec(`drop owned by ${role}; drop role ${role}`));

  test("who may not delete is told before the first record; marking takes no more than an update", async () => {
    await start("");
    const refused = await run(["load"]);
    expect([refused.exit, refused.output]).toEqual([2, expect.stringContaining("PLAN_PRIVILEGE")]);
    const marked = await run(["load", "--delete-set", "n = -1", "--delete-where", "n > 0"]);
    expect(marked.exit, marked.output).toBe(0);
    expect(await database.rows("select count(*) from t where n = -1")).toEqual([["2"]]);
  });

  test("is granted what it takes to look for rows that refer to those that go", async () => {
    await start(`revoke insert, select, update on t from ${role};
      create table c (t int references t on delete cascade); create table d (t int references t)`);
    const { output } = await run(["plan", "--grants"]);
    expect(output).toContain(`grant select on table "public"."d"`);
    await database.exec(output);
    const loaded = await run(["load"]);
    expect(loaded.exit, loaded.output).toBe(0);
  });

  test("under row security takes only the rows that it may see", async () => {
    await start(`grant delete on t to ${role}; alter table t enable row level security;
      create policy p on t to ${role} using (id <> 3) with check (true)`);
    const { exit, output } = await run(["load", "--json"]);
    expect(exit, output).toBe(0);
    expect(await database.rows("select id from t order by id")).toEqual([["1"], ["2"], ["3"]]);
  });
});

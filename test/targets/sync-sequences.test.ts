/** `--sync-sequences`: what makes ids is past those that a load has written once it is committed, and never set back. */
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Report } from "../../src/report/report.ts";
import { ENGINES, useDatabase } from "../helpers/engines.ts";
import type { Engine, TestDatabase } from "../helpers/engines.ts";
import { untilLockWaits } from "../helpers/lock-waits.ts";
import { runUpsurge } from "../helpers/run-upsurge.ts";
import { tempDir } from "../helpers/temp-dir.ts";

const postgres = ENGINES.find(({ name }) => name === "postgres") as Engine;

async function load(
  { url }: Pick<TestDatabase, "url">,
  csv: string,
  flags: readonly string[] = [],
): Promise<Report> {
  // Several may be at work in one process, which has one working folder.
  const source = join(tempDir({ "in.csv": csv }), "in.csv");
  const into = [source, "--to", url, "--table", "t", "--sync-sequences", "--json"];
  const { stdout } = await runUpsurge([...into, ...flags]);
  return JSON.parse(stdout) as Report;
}

/** The statements that the load has run, or would have run. */
function moves({ steps = [] }: Report): string[] {
  return steps.filter(({ step }) => step === "--sync-sequences").map(({ sql }) => sql);
}

const SERIAL = "create table t (id serial primary key, v text)";

describe("postgres", () => {
  const database = useDatabase(postgres);

  moving(database);
  others(database);
  missing(database);
});

interface Shell {
  readonly start: (sql: string) => Promise<void>;
  /** The next number of a sequence. */
  readonly next: (sequence?: string) => Promise<string | null | undefined>;
}

function shellOf(database: TestDatabase): Shell {
  return {
    start: async (sql) => {
      await database.reset();
      await database.exec(sql);
    },
    next: async (sequence = "t_id_seq") =>
      (await database.rows(`select nextval('${sequence}')`))[0]?.[0],
  };
}

function moving(database: TestDatabase): void {
  const { start, next } = shellOf(database);

  test.each([
    ["serial", SERIAL, []],
    [
      "identity",
      "create table t (id bigint generated always as identity primary key, v text)",
      ["--keep-identity"],
    ],
    [
      "partitions",
      `${SERIAL.replace(" primary key", "")} partition by range (id); create table p partition of t default`,
      [],
    ],
    ["no index", SERIAL.replace(" primary key", ""), []],
    ["in parts", SERIAL, ["--commit", "1"]],
    ["several writers", SERIAL, ["--commit", "1", "--writers", "2", "--key", "id"]],
    ["an emptied table", `${SERIAL}; insert into t values (900, 'old')`, ["--truncate"]],
  ] as const)("the next id is past those of the load: %s", async (_, setup, flags) => {
    await start(setup);
    const report = await load(database, "id,v\n7,a\n5,b\n", flags);

    expect([report.exit, report.warnings], JSON.stringify(report.error)).toEqual([0, []]);
    expect(moves(report)).toHaveLength(1);
    expect(await next()).toBe("8");
  });

  test("one that an earlier load without the flag has left behind is moved by a load that changes nothing", async () => {
    await start(`${SERIAL}; insert into t values (5, 'a')`);

    const rehearsed = await load(database, "id,v\n5,a\n", ["--key", "id", "--dry-run"]);
    const report = await load(database, "id,v\n5,a\n", ["--key", "id"]);
    const again = await load(database, "id,v\n5,a\n", ["--key", "id"]);

    expect([report.counts.unchanged, moves(rehearsed).length, moves(report).length]).toEqual([
      1, 1, 1,
    ]);
    expect(moves(again)).toEqual([]);
    expect(await next()).toBe("6");
  });

  test("one that is ahead stays, and an empty table moves none", async () => {
    await start(`${SERIAL}; select setval('t_id_seq', 50)`);
    expect(moves(await load(database, "id,v\n7,a\n"))).toEqual([]);
    expect(await next()).toBe("51");
    await start(SERIAL);
    expect(moves(await load(database, "id,v\n"))).toEqual([]);
    expect(await next()).toBe("1");
  });

  test("one that counts down is set down, and ids past its end do not matter", async () => {
    await start(`create sequence down increment -1; create sequence small as smallint;
      create table t (id bigint default nextval('down') primary key, n bigint default nextval('small'))`);
    const report = await load(database, "id,n\n-7,4\n-5,99999999\n");

    expect([report.exit, report.warnings]).toEqual([0, []]);
    expect([await next("down"), await next("small")]).toEqual(["-8", "5"]);
  });

  test("a dry run prints the statement, which can be run at any time", async () => {
    await start(SERIAL);
    const cwd = tempDir({ "in.csv": "id,v\n7,a\n" });
    const args = ["in.csv", "--to", database.url, "--table", "t", "--sync-sequences"];
    const { stdout } = await runUpsurge([...args, "--dry-run"], { cwd });
    const [, sql = ""] = /^not run in a dry run: (.*)$/m.exec(stdout) ?? [];

    expect(await next()).toBe("1");
    await database.exec("insert into t values (30, 'x')");
    expect(await database.rows(sql)).toEqual([["30"]]);
    const shown = await runUpsurge(["plan", ...args], { cwd });
    expect(shown.stdout).toContain(`after the last commit:\n  --sync-sequences  ${sql}`);
  });
}

/** What happens before it, and meanwhile. */
function others(database: TestDatabase): void {
  const { start, next } = shellOf(database);

  test("a job that has finished without it, or was killed before it, moves them when it is run again", async () => {
    await start(SERIAL);
    const job = ["--commit", "1", "--job", "j"];
    const source = join(tempDir({ "in.csv": "id,v\n7,a\n" }), "in.csv");
    const into = [source, "--to", database.url, "--table", "t", "--json", ...job];
    await runUpsurge(into);
    const { stdout } = await runUpsurge([...into, "--sync-sequences"]);
    const report = JSON.parse(stdout) as Report;

    expect([report.exit, report.counts.read, moves(report).length]).toEqual([0, 0, 1]);
    expect(await next()).toBe("8");
  });

  test("an insert at work is waited for, and what it moves is not set back", async () => {
    await start(SERIAL);
    const other = new Client({ connectionString: database.url });
    await other.connect();
    await other.query("begin; insert into t (v) values ('drawn')");
    const loading = load(database, "id,v\n9,a\n");
    await untilLockWaits(database);
    await other.query("select setval('t_id_seq', 40); commit");
    await other.end();

    const report = await loading;
    expect([report.exit, report.warnings, moves(report)]).toEqual([0, [], []]);
    expect(await next()).toBe("41");
  });

  test("two loads at once leave it past both", async () => {
    await start(SERIAL);
    const reports = await Promise.all(
      ["500", "90", "700"].map((id) => load(database, `id,v\n${id},a\n`)),
    );
    expect(reports.map(({ exit }) => exit)).toEqual([0, 0, 0]);
    expect(await next()).toBe("701");
  });
}

/** A user who may not set the sequence, from the beginning or all of a sudden. */
function missing(database: TestDatabase): void {
  const role = `mover_${randomBytes(4).toString("hex")}`;
  const asRole = (): Pick<TestDatabase, "url"> => {
    const url = new URL(database.url);
    [url.username, url.password] = [role, "mover"];
    return { url: url.href };
  };
  const start = async (): Promise<void> => {
    await database.reset();
    await database.exec(
      `grant usage on schema public to ${role}; create table t (id serial primary key, v text)`,
    );
  };
  beforeAll(async () => await database.exec(`create role ${role} login password 'mover'`));
  afterAll(async () => await database.exec(`drop owned by ${role}; drop role ${role}`));

  test("is told before the first record, and what is printed is enough", async () => {
    await start();
    await database.exec(`grant insert on t to ${role}`);
    const { error } = await load(asRole(), "id,v\n7,a\n");
    expect([error?.code, error?.where]).toEqual(["PLAN_PRIVILEGE", "--sync-sequences"]);
    expect(await database.rows("select count(*) from t")).toEqual([["0"]]);

    const cwd = tempDir({ "in.csv": "id,v\n7,a\n" });
    const into = ["in.csv", "--to", asRole().url, "--table", "t", "--sync-sequences"];
    const { stdout } = await runUpsurge(["plan", ...into, "--grants"], { cwd });
    await database.exec(`revoke insert on t from ${role}; ${stdout}; grant select on t to ${role}`);
    const report = await load(asRole(), "id,v\n7,a\n");
    expect([report.exit, report.warnings], JSON.stringify(report)).toEqual([0, []]);
    expect(await database.rows("select nextval('t_id_seq')")).toEqual([["8"]]);
  });

  test("what fails after the commit is a warning: the load is done", async () => {
    await start();
    await database.exec(`alter table t owner to ${role}`);
    const revoke = `revoke update on sequence t_id_seq from ${role}`;
    const report = await load(asRole(), "id,v\n7,a\n", ["--after", revoke]);

    expect([report.exit, report.status]).toEqual([0, "ok"]);
    expect(report.warnings).toEqual([
      expect.stringMatching(
        /^the load is committed and need not be run again, but .* was not moved past its ids: permission denied .*; to set it: select setval\(/,
      ),
    ]);
    expect(await database.rows("select id from t")).toEqual([["7"]]);
    const [, sql = ""] = /to set it: (.*)$/.exec(report.warnings[0] ?? "") ?? [];
    expect(await database.rows(sql)).toEqual([["7"]]);
  });
}

describe.each(ENGINES.filter(({ name }) => name !== "postgres"))("$title", (engine) => {
  const database = useDatabase(engine);

  test("moves its counter by itself, and the plan says so", async () => {
    await database.reset();
    const id =
      engine.name === "sqlite"
        ? "integer primary key autoincrement"
        : "int identity(1,1) not null primary key";
    await database.exec(`create table t (id ${id}, v varchar(20))`);
    const report = await load(database, "id,v\n7,a\n", ["--keep-identity"]);
    await database.exec("insert into t (v) values ('b')");

    expect([report.exit, moves(report), report.warnings]).toEqual([0, [], []]);
    expect(await database.rows("select max(id) from t")).toEqual([["8"]]);
    const cwd = tempDir({ "in.csv": "v\na\n" });
    const into = ["in.csv", "--to", database.url, "--table", "t", "--sync-sequences"];
    const { stdout } = await runUpsurge(["plan", ...into], { cwd });
    expect(stdout).toContain("--sync-sequences has nothing to do: this database moves");
  });
});

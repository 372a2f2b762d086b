/** What empties a table of PostgreSQL: TRUNCATE where it differs in nothing that lasts, else DELETE; and who waits for whom. */
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Report } from "../../src/report/report.ts";
import { ENGINES, useDatabase } from "../helpers/engines.ts";
import type { Engine } from "../helpers/engines.ts";
import { untilLockTries } from "../helpers/lock-waits.ts";
import { runUpsurge } from "../helpers/run-upsurge.ts";
import { tempDir } from "../helpers/temp-dir.ts";

const postgres = ENGINES.find(({ name }) => name === "postgres") as Engine;
const database = useDatabase(postgres);
const TABLE = "create table t (id int primary key, n int); insert into t values (1, 1), (2, 2)";

async function load(
  flags: readonly string[],
  { to = database.url, ids = [5] }: { readonly to?: string; readonly ids?: readonly number[] } = {},
): Promise<Report> {
  // Several may be at work in one process, which has one working folder.
  const text = `id,n\n${ids.map((id) => `${id},5\n`).join("")}`;
  const source = join(tempDir({ "in.csv": text }), "in.csv");
  const into = [source, "--to", to, "--table", "t", "--json"];
  const { stdout } = await runUpsurge([...into, ...flags]);
  return JSON.parse(stdout) as Report;
}

function how({ steps = [] }: Report): string {
  return steps.some(({ sql }) => sql.startsWith("truncate ")) ? "truncate" : "delete";
}

const CASES: readonly (readonly [title: string, setup: string, way: string])[] = [
  ["a plain table", TABLE, "truncate"],
  [
    "one that refers to itself",
    "create table t (id int primary key, n int, p int references t on delete cascade); insert into t values (1, 1, null), (2, 2, 1)",
    "truncate",
  ],
  [
    "partitions",
    "create table t (id int primary key, n int) partition by range (id); create table p partition of t default; insert into t values (1, 1), (2, 2)",
    "truncate",
  ],
  [
    "a partition that another table refers to",
    `create table t (id int primary key, n int) partition by range (id); create table p partition of t default;
     create table c (p int references p); insert into t values (1, 1), (2, 2)`,
    "delete",
  ],
  ["a trigger on delete", `${TABLE}; ${trigger("after", "null")}`, "delete"],
  [
    "a trigger on insert",
    `${TABLE}; ${trigger("after", "null").replace("delete", "insert")}`,
    "truncate",
  ],
];

function trigger(timing: string, answer: string): string {
  return `create function f() returns trigger language plpgsql as $$ begin return ${answer}; end $$;
    create trigger g ${timing} delete on t for each row execute function f()`;
}

describe("the way", () => {
  test.each(CASES)("%s", async (_, setup, way) => {
    await database.reset();
    await database.exec(setup);
    const report = await load(["--truncate"]);

    expect([report.exit, report.counts.removed, how(report)], JSON.stringify(report)).toEqual([
      0,
      2,
      way,
    ]);
    expect(await database.rows("select id from t")).toEqual([["5"]]);
  });

  test("tables that inherit keep their rows", async () => {
    await database.reset();
    await database.exec(
      `${TABLE}; create table heir () inherits (t); insert into heir values (8, 8)`,
    );
    for (const removed of [2, 1]) expect((await load(["--truncate"])).counts.removed).toBe(removed);
    await database.exec("create table c (t int references t)");
    expect((await load(["--truncate"])).counts.removed).toBe(1);
    expect(await database.rows("select id from t order by id")).toEqual([["5"], ["8"]]);
  });

  test.each([
    ["a trigger", trigger("before", "null")],
    ["a rule", "create rule keep as on delete to t do instead nothing"],
  ])("rows that %s keeps stop the load", async (_, setup) => {
    await database.reset();
    await database.exec(`${TABLE}; ${setup}`);
    const report = await load(["--truncate"]);

    expect([report.exit, report.error?.code]).toEqual([4, "STEP_ROWS_LEFT"]);
    expect(await database.rows("select count(*) from t")).toEqual([["2"]]);
  });
});

describe("a user", () => {
  const role = `emptier_${randomBytes(4).toString("hex")}`;
  const to = (): string => {
    const url = new URL(database.url);
    [url.username, url.password] = [role, "e"];
    return url.href;
  };
  const start = async (grants: string): Promise<void> => {
    await database.reset();
    await database.exec(`${TABLE}; grant usage on schema public to ${role};
      grant insert, select on t to ${role}; ${grants}`);
  };
  beforeAll(async () => await database.exec(`create role ${role} login password 'e'`));
  afterAll(async () => await database.exec(`drop owned by ${role}; drop role ${role}`));

  test.each([
    ["truncate", "truncate"],
    ["delete", "delete"],
  ])("who may %s does so", async (privilege, way) => {
    await start(`grant ${privilege} on t to ${role}`);
    const report = await load(["--truncate"], { to: to() });
    expect([report.exit, how(report)], JSON.stringify(report)).toEqual([0, way]);
  });

  test("who may do neither is told before the first record", async () => {
    await start("");
    const { exit, error } = await load(["--truncate"], { to: to() });
    expect([exit, error?.code]).toEqual([2, "PLAN_PRIVILEGE"]);
    await database.exec(/grant .* to \w+/.exec(error?.fix.replaceAll('"', "") ?? "")?.[0] ?? "");
    expect((await load(["--truncate"], { to: to() })).exit).toBe(0);
  });

  test("is granted what it takes to see that no row of another table goes along", async () => {
    await start(`revoke insert, select on t from ${role};
      create table c (t int references t on delete cascade)`);
    const cwd = tempDir({ "in.csv": "id,n\n5,5\n" });
    const plan = ["plan", "in.csv", "--to", to(), "--table", "t", "--truncate", "--grants"];
    const { stdout } = await runUpsurge(plan, { cwd });
    await database.exec(stdout);

    const report = await load(["--truncate"], { to: to() });
    expect([report.exit, report.counts.removed], stdout).toEqual([0, 2]);
    await database.exec("insert into c values (5)");
    expect((await load(["--truncate"], { to: to() })).error?.code).toBe("STEP_CASCADE");
  });

  test("under row security takes only the rows that are theirs", async () => {
    await start(`grant delete, truncate on t to ${role}; alter table t enable row level security;
      create policy p on t to ${role} using (n <> 1) with check (true)`);
    const report = await load(["--truncate"], { to: to() });

    expect([report.exit, report.counts.removed, how(report)]).toEqual([0, 1, "delete"]);
    expect(await database.rows("select id from t order by id")).toEqual([["1"], ["5"]]);
  });
});

describe("at once", () => {
  test("loads that empty the table go one after the other, whole", async () => {
    await database.reset();
    await database.exec(TABLE);
    const files = [1, 2, 3, 4].map((first) => [first * 10, first * 10 + 1]);
    const reports = await Promise.all(
      files.map((ids, at) => load(["--truncate", ...(at % 2 ? ["--key", "id"] : [])], { ids })),
    );

    expect(reports.map(({ exit, counts }) => [exit, counts.removed])).toEqual(
      files.map(() => [0, 2]),
    );
    expect(await database.rows("select count(*), max(id) - min(id) from t")).toEqual([["2", "1"]]);
  });

  test("a step that meets a lock is tried again, from its transaction's beginning", async () => {
    await database.reset();
    await database.exec(`${TABLE}; create table log (n int)`);
    const other = new Client({ connectionString: database.url });
    await other.connect();
    await other.query("begin; lock table log in exclusive mode");
    const flags = ["--lock-timeout", "50ms", "--before", "insert into log select count(*) from t"];
    let isOver = false;
    const loading = load(["--truncate", ...flags]).finally(() => (isOver = true));
    await untilLockTries(database, 2, () => isOver);
    await other.query("rollback");
    await other.end();

    const { exit, counts } = await loading;
    expect([exit, counts.removed, counts.inserted]).toEqual([0, 2, 1]);
    expect(await database.rows("select n from log")).toEqual([["2"]]);
  });
});

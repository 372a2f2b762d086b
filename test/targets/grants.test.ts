/** `upsurge plan --grants`: what it prints is enough for the load on a real server, and each word of it is needed. */
import { randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ENGINES, useDatabase } from "../helpers/engines.ts";
import { runUpsurge } from "../helpers/run-upsurge.ts";
import type { RunResult } from "../helpers/run-upsurge.ts";
import { tempDir } from "../helpers/temp-dir.ts";

const [postgres] = ENGINES.filter(({ name }) => name === "postgres");
const [sqlite] = ENGINES.filter(({ name }) => name === "sqlite");
if (postgres === undefined || sqlite === undefined) throw new Error("an engine is missing");

const ROWS = "k,n\n1,10\n2,20\n";
const SHOP = `create schema "sa les";
  create type "sa les".mood as enum ('good', 'bad');
  create table "sa les".t (id serial, k int primary key, n int, m "sa les".mood default 'good');
  insert into "sa les".t (k, n) values (1, 1);`;
const TABLE = '"sa les".t';

/** How a load goes about it, and what it must be allowed to do with the table. */
const LOADS: readonly (readonly [title: string, flags: readonly string[], needs: string])[] = [
  ["insert", ["--mode", "insert", "--map", "n:k", "--map", "k:n"], "insert"],
  ["upsert", ["--key", "k"], "select, insert, update"],
  ["upsert and empty", ["--key", "k", "--truncate"], "select, insert, update, delete"],
  [
    "insert and empty",
    ["--mode", "insert", "--truncate", "--map", "n:k", "--map", "k:n"],
    "insert, select, delete",
  ],
  [
    "upsert by looking",
    ["--key", "k", "--strategy", "select-then-write"],
    "select, insert, update",
  ],
  ["ignore", ["--key", "k", "--ignore"], "select, insert"],
  ["ignore by the primary key", ["--ignore"], "select, insert"],
  ["update by the primary key", ["--key", "primary", "--mode", "update"], "select, update"],
  ["ignore any", ["--ignore", "--any-constraint"], "insert"],
  [
    "ignore by looking",
    ["--key", "k", "--ignore", "--strategy", "select-then-write"],
    "select, insert, update",
  ],
  ["update", ["--key", "k", "--mode", "update"], "select, update"],
  [
    "upsert and take rows away",
    ["--key", "k", "--delete-missing"],
    "select, insert, update, delete",
  ],
  [
    "update by looking",
    ["--key", "k", "--mode", "update", "--strategy", "select-then-write"],
    "select, update",
  ],
];

/** Each privilege of each statement as a statement of its own. */
function singly(statements: string): string[] {
  return statements
    .trimEnd()
    .split("\n")
    .flatMap((statement) => {
      const [, words = "", rest = ""] = /^grant ([a-z, ]+?)( on .*)$/.exec(statement) ?? [];
      return words.split(", ").map((word) => `grant ${word}${rest}`);
    });
}

const database = useDatabase(postgres);
const role = `loader "${randomBytes(4).toString("hex")}"; drop`;
const quoted = `"${role.replaceAll('"', '""')}"`;

/** A connection as the role that is to load. */
const url = (): string => {
  const as = new URL(database.url);
  as.username = encodeURIComponent(role);
  as.password = "hunter2-hunter2";
  return as.href;
};
const name = (): string => new URL(database.url).pathname.slice(1);

beforeAll(async () => {
  await database.exec(`create role ${quoted} login password 'hunter2-hunter2';
      revoke all on database ${name()} from public`);
});
afterAll(async () => {
  await database.exec(`drop owned by ${quoted}; drop role ${quoted}`);
});

/** A table with one row, and a role that may do nothing but connect. */
async function start(): Promise<string> {
  await database.reset();
  await database.exec(`drop schema if exists "sa les" cascade; ${SHOP}
      drop owned by ${quoted}; grant connect on database ${name()} to ${quoted}`);
  return tempDir({ "a.csv": ROWS });
}

function run(command: string, cwd: string, flags: readonly string[]): Promise<RunResult> {
  const into = ["--to", url(), "--table", "sa les.t", ...flags];
  return runUpsurge([command, "a.csv", ...into], { cwd });
}

const rows = (): Promise<(string | null)[][]> =>
  database.rows(`select k, n from ${TABLE} order by k`);

describe("the grants of PostgreSQL", () => {
  test.each(LOADS)("let it %s, and none can be spared", async (_, flags, needs) => {
    const cwd = await start();
    const before = await rows();

    const { stdout, stderr, exitCode } = await run("plan", cwd, [...flags, "--grants"]);

    expect([exitCode, stderr]).toEqual([0, ""]);
    const sequence = flags.includes("update")
      ? []
      : [`grant usage on sequence "sa les"."t_id_seq" to ${quoted};`];
    expect(stdout.trimEnd().split("\n")).toEqual([
      `grant usage on schema "sa les" to ${quoted};`,
      `grant temporary on database "${name()}" to ${quoted};`,
      `grant ${needs} on table "sa les"."t" to ${quoted};`,
      ...sequence,
    ]);

    for (const each of singly(stdout)) {
      await database.exec(stdout);
      await database.exec(each.replace("grant", "revoke").replace(" to ", " from "));
      const { exitCode: refused, stderr: why } = await run("load", cwd, flags);

      expect(why, each).toContain("PLAN_PRIVILEGE");
      expect(refused, each).toBe(2);
      expect(await rows()).toEqual(before);
    }

    await database.exec(stdout);
    const loaded = await run("load", cwd, flags);
    expect([loaded.exitCode, loaded.stderr]).toEqual([0, ""]);
    expect(await rows()).not.toEqual(before);
  });

  test.each(LOADS)("let it %s in every way", async (_, flags) => {
    for (const rowSource of postgres?.rowSources ?? []) {
      const cwd = await start();
      // Rows at fault are taken one at a time, and so are those after them.
      writeFileSync(join(cwd, "a.csv"), `${ROWS}x,1\n3,${"9".repeat(20)}\n4,40\n4,41\n1,11\n`);
      const { stdout } = await run("plan", cwd, [...flags, "--grants", "--json"]);
      const { grants } = JSON.parse(stdout) as { grants: string[] };
      await database.exec(grants.join("\n"));

      const how = ["--row-source", rowSource, "--batch-rows", "3", "--max-rejects", "9"];
      const { exitCode, stderr } = await run("load", cwd, [...flags, ...how]);

      expect([exitCode, stderr]).toEqual([3, ""]);
    }
  });

  test("let it draw numbers for the files that bring none, where another one does", async () => {
    const cwd = await start();
    writeFileSync(join(cwd, "a.csv"), "id,k,n\n9,1,10\n");
    writeFileSync(join(cwd, "b.csv"), ROWS);
    const { stdout } = await run("plan", cwd, ["b.csv", "--key", "k", "--grants"]);
    await database.exec(stdout);
    const { exitCode, stderr } = await run("load", cwd, ["b.csv", "--key", "k"]);

    expect([exitCode, stderr]).toEqual([0, ""]);
    expect(await rows()).toEqual([
      ["1", "10"],
      ["2", "20"],
    ]);
  });

  test("of an unqualified table name it in the schema where it was found, closed or not", async () => {
    await database.reset();
    await database.exec(
      "create table t (k int primary key, n int); revoke all on schema public from public",
    );
    const cwd = tempDir({ "a.csv": ROWS });
    const load = ["a.csv", "--to", url(), "--table", "t", "--key", "k"];

    const refused = await runUpsurge(["load", ...load], { cwd });
    expect(refused.stderr).toContain(
      "missing privilege on public.t: usage of its schema  PLAN_PRIVILEGE",
    );
    const { stdout } = await runUpsurge(["plan", ...load, "--grants"], { cwd });
    await database.exec(stdout);

    expect((await runUpsurge(["load", ...load], { cwd })).exitCode).toBe(0);
  });
});

describe("the grants of PostgreSQL, as they are printed", () => {
  test("point to what they cannot tell", async () => {
    await database.reset();
    await database.exec(`create table t (k int primary key, n int);
      create function f() returns trigger language plpgsql as 'begin return new; end';
      create trigger g before insert on t for each row execute function f()`);
    const into = ["--to", database.url, "--table", "t", "--key", "k", "--set", "n = 1"];
    const { stdout } = await runUpsurge(["plan", "a.csv", ...into, "--grants"], {
      cwd: tempDir({ "a.csv": ROWS }),
    });

    expect(stdout.split("\n").filter((line) => line.startsWith("--"))).toEqual([
      "-- triggers run as this user, unless their functions are SECURITY DEFINER: grant what they use",
      "-- expressions of the command line: grant what they read and call",
    ]);
    await database.exec(stdout);
  });

  test("do not hide that a load is wrong in another way", async () => {
    const cwd = await start();
    const { exitCode, stderr } = await run("plan", cwd, ["--key", "n", "--grants"]);

    expect(exitCode).toBe(2);
    expect(stderr).toContain("PLAN_NO_CONFLICT_TARGET");
  });
});

describe("the permissions of SQLite", () => {
  const database = useDatabase(sqlite);

  test("are those of files, as remarks", async () => {
    await database.exec("create table t (k int primary key, n int)");
    const into = ["--to", database.url, "--table", "t", "--key", "k", "--grants"];
    const cwd = tempDir({ "a.csv": ROWS });
    const { exitCode, stdout } = await runUpsurge(["plan", "a.csv", ...into], { cwd });

    const path = database.url.replace("sqlite:", "");
    expect([exitCode, stdout.trimEnd().split("\n")]).toEqual([
      0,
      [
        "-- SQLite has no users; the user that runs upsurge needs, of the file system:",
        `--   read and write permission on ${path}`,
        `--   read, write and search permission on ${dirname(path)}, where the journal is made`,
      ],
    ]);
  });
});

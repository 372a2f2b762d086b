/** Which file a text names, and what is said of those that name none. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { describe, expect, test } from "vitest";
import { readFileUrl } from "../../../../src/targets/sqlite/connect/file-url.ts";
import { runUpsurge } from "../../../helpers/run-upsurge.ts";
import type { RunResult } from "../../../helpers/run-upsurge.ts";
import { tempDir } from "../../../helpers/temp-dir.ts";

test.each([
  ["sqlite:a.db", "a.db"],
  ["sqlite3:a.db", "a.db"],
  ["sqlite://a.db", "a.db"],
  ["sqlite:///var/a.db", "/var/a.db"],
  ["sqlite+aiosqlite:///a.db", "a.db"],
  ["sqlite+pysqlite:////var/a.db", "/var/a.db"],
  ["jdbc:sqlite:a.db", "a.db"],
  ["file:a.db", "a.db"],
  ["file:./a%20b.db", "./a b.db"],
  ["file:/var/a.db", "/var/a.db"],
  ["file:///var/a.db", "/var/a.db"],
  ["file://localhost/var/a.db?mode=rwc", "/var/a.db"],
  ["file:a.db?cache=shared&mode=rw", "a.db"],
  ["sqlite:a.db?connection_limit=1&socket_timeout=5", "a.db"],
  ["./a.db", "./a.db"],
])("%s is %s", (url, path) => {
  expect(readFileUrl(url)).toEqual({ path, readonly: false });
});

test("mode=ro only reads", () => {
  expect(readFileUrl("sqlite:a.db?mode=ro")).toEqual({ path: "a.db", readonly: true });
});

test.each([
  "file:a.db?mode=memory",
  "file:a.db?vfs=x",
  "file:a.db?immutable=1",
  "sqlite:a.db?key=x",
])("%s is refused by name", (url) => {
  expect(() => readFileUrl(url)).toThrow("cannot use the connection parameter");
});

/** Loads a record into a folder with `t.db`, `t.db3` and `what?a=b.db`; what another file holds shows in the counts. */
async function load(url: string): Promise<RunResult> {
  const folder = tempDir({ "t.csv": "id\n1\n" });
  for (const name of ["t.db", "t.db3", "what?a=b.db"]) {
    const db = new Database(join(folder, name));
    db.exec("create table t (id integer primary key)");
    db.close();
  }
  writeFileSync(join(folder, "text.db3"), "no database");
  return await runUpsurge(["t.csv", "--to", url, "--table", "t", "--key", "id"], { cwd: folder });
}

describe("a load", () => {
  test("a file that is not there, beside one with a name like it", async () => {
    const cwd = tempDir({ "in.csv": "id\n1\n" });
    new Database(join(cwd, "customers.db")).exec("create table t (id int primary key)").close();
    const args = ["in.csv", "--to", "custommers.db", "--table", "t", "--key", "id"];
    const { exitCode, stderr } = await runUpsurge(args, { cwd });
    expect(exitCode).toBe(2);
    expect(stderr).toContain("TARGET_NOT_FOUND");
    expect(stderr).toContain("did you mean --to customers.db?");
  });

  test.each([
    "sqlite:t.db",
    "sqlite3:t.db",
    "file:./t.db",
    "file:t.db?mode=rwc",
    "jdbc:sqlite:t.db",
    "sqlite+pysqlite:///t.db",
    "sqlite:what?a=b.db",
    "./t.db",
  ])("into %s", async (url) => {
    const { exitCode, stdout, stderr } = await load(url);

    expect(exitCode, stderr).toBe(0);
    expect(stdout).toMatch(/inserted +1/);
  });

  test.each([
    ["t.db3", "pass --to sqlite:t.db3"],
    ["sqlite:///t.db", "pass --to sqlite:t.db"],
    ["t.db?mode=rw", "pass --to 'sqlite:t.db?mode=rw'"],
    ["sqlite:t.db?mode=ro", "leave mode=ro out of --to"],
    ["file://t.db", "pass --to file:t.db"],
    ["sqlit:t.db", "pass --to sqlite:t.db"],
    ["t.dbb", "pass --to t.db"],
    ["mysql://ann:pw@h/d", "pass --to postgres://user@host/database, sqlserver://"],
    ["mysql+pymysql://h/d", "pass --to postgres://user@host/database, sqlserver://"],
    ["slqite://t.db", "begin it with sqlite: instead of slqite:"],
    ["postgres:/ann:pw@h/d", "write postgres:// instead of postgres:/"],
    ["postgresql:ann@h/d", "write postgresql:// instead of postgresql:"],
    ["postgress://ann:pw@h/d", "begin it with postgres: instead of postgress:"],
  ])("into %s is told: %s", async (url, fix) => {
    const { exitCode, stderr } = await load(url);

    expect(exitCode).toBe(2);
    expect(stderr).toContain(`fix:   ${fix}`);
    const typed = /--to '?([^' ]+)/.exec(fix)?.[1];
    if (typed !== undefined && typed.startsWith("sqlite:")) {
      expect((await load(typed)).exitCode).toBe(0);
    }
  });

  test.each([
    ["prisma+postgres://ann:pw@h:1/d?schema=app", "postgres://ann@h:1/d"],
    [
      "prisma+postgres://accelerate.prisma-data.net/?api_key=abc",
      "postgres://user@host:port/database",
    ],
    ["psql://ann:pw@h/d", "postgres://ann@h/d"],
    ["cockroachdb://ann@h:26257/d", "postgres://ann@h:26257/d"],
    ["jdbc:postgresql:shop", "postgres:///shop"],
    ["localhost:54315", "postgres://localhost:54315/"],
    ["ann:pw@db.example.org:5432/shop", "postgres://ann@db.example.org:5432/shop"],
  ])("into %s is told to pass %s", async (url, meant) => {
    const { exitCode, stderr } = await load(url);

    expect(exitCode).toBe(2);
    expect(stderr).toContain("TARGET_URL");
    expect(stderr).toMatch(new RegExp(`fix: .*--to ${meant.replace(/[?+]/g, "\\$&")}\n`));
    expect(stderr).not.toMatch(/pw|abc/);
  });
});

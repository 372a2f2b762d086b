/** `--create` makes a SQLite file as well: where it may, and never one that stays empty. */
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { describe, expect, test } from "vitest";
import { runUpsurge } from "../helpers/run-upsurge.ts";
import type { RunResult } from "../helpers/run-upsurge.ts";
import { tempDir } from "../helpers/temp-dir.ts";

const FILES = { "people.csv": "id,name\n1,Ada\n2,Grace\n", "bad.csv": "id,name\n1,Ada\n1,Grace\n" };

async function upsurge(cwd: string, ...args: string[]): Promise<RunResult> {
  return await runUpsurge(args, { cwd });
}

test.each([
  ["sqlite", /^create table "people" \(\n {2}"id" INTEGER not null,/],
  ["postgres", /^create table "people" \(\n {2}"id" bigint not null,/],
  ["sqlserver", /^create table \[dbo\]\.\[people\] \(\n {2}\[id\] bigint not null,/],
])("inspect --ddl %s needs no database", async (name, statement) => {
  const args = ["people.csv", "--ddl", name, "--key", "id", "--table", "people"];
  const { exitCode, stdout } = await upsurge(tempDir(FILES), "inspect", ...args);

  expect([exitCode, stdout]).toEqual([0, expect.stringMatching(statement)]);
});

describe("a place where no file can be made", () => {
  const create = ["--create", "--key", "id"];

  test.each([[[]], [["--dry-run"]], [["--check"]]])(
    "a link into a folder that is not there is told with that folder, also with %j",
    async (flags) => {
      const cwd = tempDir(FILES);
      symlinkSync("b.db", join(cwd, "a.db"));
      symlinkSync("none/c.db", join(cwd, "b.db"));

      const args = ["people.csv", "--to", "a.db", "--table", "people", ...create, ...flags];
      const refused = await upsurge(cwd, ...args);
      mkdirSync(join(cwd, "none"));
      const { exitCode } = await upsurge(cwd, ...args);

      expect(refused.stderr).toContain("TARGET_NOT_FOUND");
      expect(refused.stderr).toContain(`mkdir -p ${join(cwd, "none")}`);
      expect([refused.exitCode, exitCode]).toEqual([2, flags[0] === "--check" ? 3 : 0]);
      expect(existsSync(join(cwd, "none/c.db"))).toBe(flags.length === 0);
    },
  );

  test.skipIf(process.getuid?.() === 0).each([[[]], [["--dry-run"]]])(
    "a folder that is closed to the user is told, also with %j",
    async (flags) => {
      const cwd = tempDir(FILES);
      mkdirSync(join(cwd, "closed"), { mode: 0o555 });

      const to = ["--to", "closed/new.db", "--table", "people"];
      const { exitCode, stderr } = await upsurge(cwd, "people.csv", ...to, ...create, ...flags);

      expect(exitCode, stderr).toBe(2);
      expect(stderr).toContain("TARGET_NOT_WRITABLE");
    },
  );
});

describe("a database file that is not there", () => {
  test("is made with its table, which has the name of the source", async () => {
    const cwd = tempDir(FILES);

    const first = await upsurge(cwd, "people.csv", "--to", "new.db", "--create", "--key", "id");
    const second = await upsurge(cwd, "people.csv", "--to", "new.db", "--create", "--key", "id");

    expect(first.stdout).toMatch(/^loaded 2 records into people .*\ncreated: the table people\n/);
    expect(second.stdout).toMatch(/\n {2}unchanged {2}2\n$/);
  });

  test.each([["--dry-run"], ["--check"]])("is not made by %s", async (flag) => {
    const cwd = tempDir(FILES);

    const { stdout } = await upsurge(cwd, "people.csv", "--to", "new.db", "--create", flag);

    expect(stdout).toContain("would create: the table people\n  inserted  2\n");
    expect(readdirSync(cwd)).toEqual(["bad.csv", "people.csv"]);
  });

  test("is not made by a plan", async () => {
    const cwd = tempDir(FILES);

    const { exitCode, stdout } = await upsurge(
      cwd,
      "plan",
      "people.csv",
      "--to",
      "new.db",
      "--create",
    );

    expect([exitCode, stdout]).toEqual([
      0,
      expect.stringContaining("created first:\n  create table"),
    ]);
    expect(existsSync(join(cwd, "new.db"))).toBe(false);
  });

  test.each([
    ["a record that is rejected", ["bad.csv", "--key", "id", "--mode", "insert"], 4],
    ["a type that there is not", ["people.csv", "--type", "name:NOTHING"], 2],
    ["a key that there is not", ["people.csv", "--key", "nr"], 2],
    ["a source that is not there", ["nobody.csv", "--table", "t"], 6],
  ])("is gone after %s", async (_, args, exit) => {
    const cwd = tempDir(FILES);

    const { exitCode } = await upsurge(cwd, ...args, "--to", "new.db", "--create");

    expect(exitCode).toBe(exit);
    expect(readdirSync(cwd).filter((name) => name.startsWith("new.db"))).toEqual([]);
  });

  test("stays where it was there before, empty as it was", async () => {
    const cwd = tempDir({ ...FILES, "new.db": "" });

    await upsurge(cwd, "people.csv", "--to", "new.db", "--create", "--key", "nr");

    expect(existsSync(join(cwd, "new.db"))).toBe(true);
  });

  test.each([
    ["without --create", "new.db", [], "TARGET_NOT_FOUND"],
    [
      "with mode=rw, which asks for one that is there",
      "sqlite:new.db?mode=rw",
      ["--create"],
      "TARGET_NOT_FOUND",
    ],
    ["in a folder that is not there", "no/new.db", ["--create"], "TARGET_NOT_FOUND"],
    ["where a folder is", "folder.db", ["--create"], "TARGET_NOT_A_DATABASE"],
  ])("is refused %s", async (_, to, more, code) => {
    const cwd = tempDir(FILES);
    mkdirSync(join(cwd, "folder.db"));

    const { exitCode, stderr } = await upsurge(
      cwd,
      "people.csv",
      "--to",
      to,
      "--table",
      "t",
      ...more,
    );

    expect(exitCode).toBe(2);
    expect(stderr).toContain(`  ${code}\n`);
    expect(existsSync(join(cwd, "new.db"))).toBe(false);
  });

  test("is not made where the text may mean one that is there", async () => {
    const cwd = tempDir(FILES);
    new Database(join(cwd, "shop.db")).exec("create table t (id)").close();

    const { stderr } = await upsurge(cwd, "people.csv", "--to", "sqlite:///shop.db", "--create");

    expect(stderr).toContain("fix:   pass --to sqlite:shop.db\n");
  });
});

describe("the name of the table", () => {
  test.each([
    ["people.csv", "people"],
    ["my.data.csv", "my.data"],
    ["Order Lines.tsv", "Order Lines"],
  ])("of %s is %s", async (file, table) => {
    const cwd = tempDir({ [file]: "id\n1\n" });

    // The second time the table is found by the same name.
    for (const time of ["first", "second"]) {
      const { exitCode, stderr } = await upsurge(cwd, file, "--to", "new.db", "--create");
      expect(exitCode, `${time}: ${stderr}`).toBe(0);
    }

    const db = new Database(join(cwd, "new.db"), { readonly: true });
    const names = db.prepare("select name from sqlite_schema where type = 'table'").pluck().all();
    db.close();
    expect(names).toEqual([table]);
  });

  test("must be said for a stream, and for files of several names", async () => {
    const cwd = tempDir({ ...FILES });
    writeFileSync(join(cwd, "more.csv"), "id\n1\n");

    for (const sources of [["-"], ["people.csv", "more.csv"]]) {
      const { exitCode, stderr } = await upsurge(cwd, ...sources, "--to", "new.db", "--create");
      expect([exitCode, stderr]).toEqual([2, expect.stringContaining("--table is missing")]);
      expect(stderr).toContain("cause: --create names the table after its file; a stream");
    }
  });
});

test("a value of a stream that does not fit what its beginning has shown is rejected", async () => {
  const cwd = tempDir();
  const rows = Array.from({ length: 140_000 }, (_, at) => `${at},${at}`);
  const stdin = `id,v\n${rows.join("\n")}\nx,1\n`;
  const args = ["-", "--format", "csv", "--to", "new.db", "--table", "t", "--create"];
  const rejects = ["--max-rejects", "1", "--reject-file", "bad.csv"];

  const { exitCode, stdout, stderr } = await runUpsurge([...args, ...rejects], { cwd, stdin });

  expect([exitCode, stdout], stderr).toEqual([3, expect.stringContaining("inserted  140,000")]);
  expect(readFileSync(join(cwd, "bad.csv"), "utf8")).toBe("id,v\nx,1\n");
});

test("the name of an index is no name for a table", async () => {
  const cwd = tempDir(FILES);
  const db = new Database(join(cwd, "a.db"));
  db.exec("create table t (id int); create index people on t (id)").close();

  const { exitCode, stderr } = await upsurge(cwd, "people.csv", "--to", "a.db", "--create");

  expect(exitCode, stderr).toBe(2);
  expect(stderr).toContain("choose another name with --table");
});

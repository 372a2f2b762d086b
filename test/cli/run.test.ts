/** `upsurge run` at a terminal and in scripts: what it says, what it refuses, and what it leaves behind then. */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { describe, expect, test } from "vitest";
import { runUpsurge } from "../helpers/run-upsurge.ts";
import type { RunResult } from "../helpers/run-upsurge.ts";
import { tempDir } from "../helpers/temp-dir.ts";

const TABLES =
  "create table a (id integer primary key, n int check (n < 9)); create table b (id integer primary key, a int references a (id)); create table keyed (x int unique, y int unique, n int); create table bare (n int);";
const FILES = { "seeds/b.csv": "id,a\n1,1\n2,\n", "seeds/a.csv": "id,n\n1,5\n" };

/** A folder with a database `shop.db` and these files. */
function shop(files: Readonly<Record<string, string>> = FILES): string {
  const folder = tempDir();
  const database = new Database(join(folder, "shop.db"));
  database.exec(TABLES);
  database.close();
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(join(folder, path, ".."), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  return folder;
}

async function run(
  cwd: string,
  words: readonly string[] = ["seeds"],
  env: Readonly<Record<string, string>> = {},
): Promise<RunResult> {
  return await runUpsurge(["run", ...words, "--to", "shop.db"], { cwd, env });
}

function rowsIn(folder: string, table: string): number {
  const database = new Database(join(folder, "shop.db"), { readonly: true });
  try {
    return database.prepare(`select * from ${table}`).all().length;
  } finally {
    database.close();
  }
}

test("the summary has a line for each table, in the order in which they were loaded", async () => {
  const { exitCode, stdout } = await run(shop());

  expect(exitCode).toBe(0);
  expect(stdout.split("\n").slice(1)).toEqual([
    "  a  1 record   1 inserted",
    "  b  2 records  2 inserted",
    "",
  ]);
});

test("a file of rejects is known by its own name, and not by that of its folder", async () => {
  const files = {
    "old.rejects.2024/a.csv": "id,n\n1,5\n",
    "old.rejects.2024/a.csv.rejects.csv": "",
  };
  const { exitCode, stdout, stderr } = await run(shop(files), ["old.rejects.2024", "--json"]);

  expect(exitCode, stderr).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    counts: { inserted: 1 },
    leftOut: [{ path: "old.rejects.2024/a.csv.rejects.csv" }],
  });
});

test("--quiet says nothing but rejects and warnings", async () => {
  const folder = shop({ ...FILES, "seeds/a.csv": "id,n\n1,5\n2,10\n" });
  const quiet = await run(folder, ["seeds", "--quiet", "--max-rejects", "1"]);

  expect([quiet.exitCode, quiet.stdout]).toEqual([3, ""]);
  expect(quiet.stderr).toMatch(
    /^1 record rejected\na \(seeds\/a\.csv\):\n {2}why they were rejected:/,
  );
  expect(readFileSync(join(folder, "seeds", "a.csv.rejects.csv"), "utf8")).toBe("id,n\n2,10\n");
});

test("--check says of changes although rejects are in order", async () => {
  const folder = shop({ ...FILES, "seeds/a.csv": "id,n\n1,5\n2,10\n" });
  const flags = ["--check", "--max-rejects", "1", "--rejects-ok"];
  const { exitCode, stdout } = await run(folder, ["seeds", ...flags, "--json"]);

  expect([exitCode, JSON.parse(stdout)]).toMatchObject([3, { status: "changes" }]);
});

test("--report writes what --json prints", async () => {
  const folder = shop();
  const { stdout } = await run(folder, ["seeds", "--json", "--report", "run.json"]);

  expect(readFileSync(join(folder, "run.json"), "utf8")).toBe(stdout);
  expect(Object.keys(JSON.parse(stdout) as object)).toEqual(
    `status exit runId target counts tables leftOut failedLoad guarantee dryRun startedAt endedAt seconds rowsPerSecond bytes version environment phases timeline`.split(
      " ",
    ),
  );
});

test("GitHub Actions gets the first rejects at their lines, and a table of the tables", async () => {
  const folder = shop({ ...FILES, "seeds/a.csv": "id,n\n1,5\n2,10\n" });
  const env = { GITHUB_ACTIONS: "true", GITHUB_STEP_SUMMARY: join(folder, "summary.md") };
  const { stderr } = await run(folder, ["seeds", "--max-rejects", "1"], env);

  expect(stderr).toMatch(/^::warning file=seeds\/a\.csv,line=3::record 2 was rejected/m);
  const summary = readFileSync(join(folder, "summary.md"), "utf8");
  expect(summary).toContain("### upsurge: run of 2 tables: rejects");
  expect(summary).toContain("| a | 2 | 1 | 1 |");
});

describe("what cannot be run is refused before anything is written", () => {
  test.each([
    ["a file without a table", { "seeds/as.csv": "id\n1\n" }, [], "RUN_NO_TABLE", "seeds/as.csv"],
    [
      "two files for a table",
      { "seeds/1_a.csv": "id\n1\n" },
      [],
      "RUN_SAME_TABLE",
      "folder called a",
    ],
    ["no key", { "seeds/bare.csv": "n\n1\n" }, [], "RUN_NO_KEY", "a unique index"],
    [
      "a key that is not there",
      { "seeds/keyed.csv": "n\n1\n" },
      [],
      "RUN_NO_KEY",
      "add the columns",
    ],
    ["several keys", { "seeds/keyed.csv": "x,y\n1,1\n" }, [], "RUN_NO_KEY", "all but one"],
    ["an unknown field", { "seeds/a.csv": "id,m\n1,1\n" }, [], "PLAN_UNKNOWN_FIELD", "by itself"],
    ["a table that has no file", {}, ["--only", "c"], "OPTION_VALUE", "leave --only out"],
    ["a name of no table", {}, ["--only", "c"], "OPTION_VALUE", "error: --only cannot be 'c'  "],
    ["a column of no table", {}, ["--late", "c.x"], "OPTION_VALUE", "--late cannot be 'c.x'  "],
    ["a damaged file", { "seeds/a.csv.gz": "no" }, [], "RUN_SAME_TABLE", ""],
    ["an empty folder", {}, ["empty"], "RUN_NO_FILES", "end in .csv"],
    ["a folder that is not there", {}, ["none"], "SOURCE_NOT_FOUND", ""],
    ["a misspelt folder", {}, ["sedes/"], "SOURCE_NOT_FOUND", "did you mean seeds?"],
    [
      "a manifest without its ending",
      { "shop.yaml": "loads: []\n" },
      ["./shop"],
      "SOURCE_NOT_FOUND",
      "did you mean ./shop.yaml?",
    ],
    ["a file", {}, ["seeds/a.csv"], "RUN_NOT_A_FOLDER", "upsurge seeds/a.csv --to URL"],
  ])("%s", async (...[, files, words, code, fix]) => {
    const folder = shop({ ...FILES, ...files });
    mkdirSync(join(folder, "empty"));
    const { exitCode, stderr } = await run(folder, ["seeds", ...words]);

    expect(stderr).toMatch(new RegExp(`^error: .* {2}${code}$`, "m"));
    expect(stderr.replaceAll("\n", " ")).toContain(fix);
    expect([exitCode === 0, rowsIn(folder, "a"), rowsIn(folder, "b")]).toEqual([false, 0, 0]);
  });

  test("a flag of one table, and a run without a folder or a database", async () => {
    const folder = shop();
    const key = await run(folder, ["seeds", "--key", "id"]);
    const none = await runUpsurge(["run"], { cwd: folder });
    const plan = await runUpsurge(["plan", "seeds", "--table", "a", "--to", "shop.db"], {
      cwd: folder,
    });
    const load = await runUpsurge(["seeds", "--table", "a", "--to", "shop.db"], { cwd: folder });

    expect(key.stderr).toContain("OPTION_UNKNOWN");
    expect(none.stderr).toContain("upsurge run seeds/ --to shop.db");
    expect(plan.stderr).toContain("leave --table out");
    expect(load.stderr).toContain("upsurge run seeds --to URL");
    expect([key, none, plan, load].map(({ exitCode }) => exitCode)).toEqual([2, 2, 2, 6]);
  });
});

test("the fix for two files of one table works as it is printed", async () => {
  const folder = shop({ ...FILES, "seeds/1_b.csv": "id,a\n7,1\n" });
  const { stderr } = await run(folder);
  const [, name = ""] = /folder called (\w+)/.exec(stderr) ?? [];
  mkdirSync(join(folder, "seeds", name));
  renameSync(join(folder, "seeds", "b.csv"), join(folder, "seeds", name, "2.csv"));
  renameSync(join(folder, "seeds", "1_b.csv"), join(folder, "seeds", name, "1.csv"));
  const ran = await run(folder);

  expect(ran.exitCode, ran.stderr).toBe(0);
  expect(rowsIn(folder, "b")).toBe(3);
});

test("a reject file that is there stops the run, with what a folder and a manifest can do about it", async () => {
  const manifest = "loads: [{ from: seeds/a.csv, max-rejects: 1 }, { from: seeds/b.csv }]\n";
  const files = { ...FILES, "seeds/a.csv": "id,n\n1,10\n", "run.yaml": manifest };
  const folder = shop({ ...files, "seeds/a.csv.rejects.csv": "id,n\n3,30\n" });
  for (const [words, fix] of [
    [
      ["seeds", "--max-rejects", "1"],
      "; a run does not take --reject-file: load seeds/a.csv by itself, with --table a\n",
    ],
    [["run.yaml"], "choose another with reject-file (its load is at run.yaml:1:9)\n"],
  ] as const) {
    const { exitCode, stderr } = await run(folder, words);
    expect([exitCode, stderr]).toEqual([6, expect.stringContaining(fix)]);
  }
  expect(rowsIn(folder, "b")).toBe(0);
});

test("a view is loaded by the columns that a manifest or --key names, since it has no keys", async () => {
  const folder = shop({ "seeds/seen.csv": "id,n\n1,5\n" });
  const database = new Database(join(folder, "shop.db"));
  database.exec(
    `create view seen as select * from a;
     create trigger s instead of insert on seen begin insert into a values (new.id, new.n); end;
     create trigger u instead of update on seen begin update a set n = new.n where id = old.id; end`,
  );
  database.close();
  const manifest = (more: string): void =>
    writeFileSync(join(folder, "run.yaml"), `loads: [{ from: seeds/seen.csv${more} }]\n`);
  manifest("");
  for (const [words, fix] of [
    [
      "seeds",
      "name the columns that find its rows with --key; a run does not take --key: load seeds/seen.csv by itself, with --table seen",
    ],
    ["run.yaml", "name the columns that find its rows with key: in the load at run.yaml:1:9"],
  ] as const) {
    const { exitCode, stderr } = await run(folder, [words]);
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining(`fix:   ${fix}\n`)]);
  }

  const words = ["seeds/seen.csv", "--table", "seen", "--key", "id", "--to", "shop.db"];
  expect((await runUpsurge(words, { cwd: folder })).exitCode).toBe(0);
  manifest(", key: id");
  const { exitCode, stdout, stderr } = await run(folder, ["run.yaml"]);
  expect([exitCode, stdout], stderr).toEqual([0, expect.stringContaining("1 unchanged")]);
});

/** `upsurge run` and `upsurge plan` of a manifest at a terminal: what it loads, with which options, and what it says. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { describe, expect, test } from "vitest";
import type { RunReport } from "../../src/report/run-report.ts";
import { runUpsurge } from "../helpers/run-upsurge.ts";
import type { RunOptions, RunResult } from "../helpers/run-upsurge.ts";
import { tempDir } from "../helpers/temp-dir.ts";

const TABLES =
  "create table a (id integer primary key, n int check (n < 9), code text unique); create table b (id integer primary key, a int references a (id), note text);";
const FILES = {
  "b.csv": "id,a,note\n1,1,x\n2,,y\n",
  "a.csv": "id,n,code\n1,5,NO\n",
};

/** A folder with a database `shop.db`, these files, and a manifest. */
function shop(manifest: string, files: Readonly<Record<string, string>> = {}): string {
  const folder = tempDir();
  const database = new Database(join(folder, "shop.db"));
  database.exec(TABLES);
  database.close();
  for (const [path, content] of Object.entries({ ...FILES, ...files, "seed.yaml": manifest })) {
    mkdirSync(join(folder, path, ".."), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  return folder;
}

async function run(
  cwd: string,
  words: readonly string[] = [],
  options: RunOptions = {},
): Promise<RunResult> {
  return await runUpsurge(["run", "seed.yaml", "--to", "shop.db", ...words], { cwd, ...options });
}

function rows(folder: string, sql: string): unknown[] {
  const database = new Database(join(folder, "shop.db"), { readonly: true });
  try {
    return database.prepare(sql).raw().all();
  } finally {
    database.close();
  }
}

function reportOf({ stdout }: RunResult): RunReport {
  return JSON.parse(stdout) as RunReport;
}

const BOTH = "loads:\n  - from: b.csv\n  - from: a.csv\n";

test("parents come first, and the second run changes nothing", async () => {
  const folder = shop(BOTH);
  const first = await run(folder);
  const second = await run(folder, ["--check"]);

  expect(first.stderr).toBe("");
  expect(first.stdout.split("\n").slice(1, 3)).toEqual([
    "  a  1 record   1 inserted",
    "  b  2 records  2 inserted",
  ]);
  expect([first.exitCode, second.exitCode]).toEqual([0, 0]);
});

test("loads that no foreign key puts in order keep the written one", async () => {
  const folder = shop("loads:\n  - { from: c.csv, table: a }\n  - from: a.csv\n", {
    "c.csv": "id,n\n1,1\n",
  });
  const report = reportOf(await run(folder, ["--json"]));

  expect(report.tables.map(({ load }) => load)).toEqual(["c.csv", "a.csv"]);
  expect(rows(folder, "select n, code from a")).toEqual([[5, "NO"]]);
});

test("the plan shows order and reasons, and no secret of the target", async () => {
  const folder = shop(BOTH);
  const { stdout, exitCode } = await runUpsurge(["plan", "seed.yaml", "--to", "shop.db"], {
    cwd: folder,
  });

  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/1\. {2}a {2}from a\.csv[^]*2\. {2}b {2}from b\.csv/);
  expect(stdout).toContain("b refers to a");
  expect(rows(folder, "select * from a")).toEqual([]);
});

test("a manifest may be JSON, and is told from data in a plan", async () => {
  const manifest = JSON.stringify({ to: "shop.db", loads: [{ from: "a.csv", "batch-rows": 5 }] });
  const folder = shop(BOTH, { "seed.json": manifest, "data.json": '[{"id":3}]' });
  const ran = await runUpsurge(["run", "seed.json"], { cwd: folder });
  const plan = await runUpsurge(["plan", "seed.json"], { cwd: folder });
  const data = await runUpsurge(["plan", "data.json", "--to", "shop.db", "--table", "a"], {
    cwd: folder,
  });
  const noManifest = await runUpsurge(["run", "data.json", "--to", "shop.db"], { cwd: folder });

  expect([ran.exitCode, plan.exitCode, data.exitCode]).toEqual([0, 0, 0]);
  expect(plan.stdout).toContain("order:");
  expect(noManifest.stderr).toContain("it holds a list");
});

describe("files", () => {
  test("a list and a pattern are one load, named after their folder", async () => {
    const folder = shop("loads:\n  - from: a/*.csv\n  - { from: [b.csv, b2.csv], table: b }\n", {
      "a/1.csv": "id,n\n1,1\n",
      "a/2.csv": "id,n\n1,2\n",
      "b2.csv": "id,a\n3,1\n",
    });
    const report = reportOf(await run(folder, ["--json"]));

    expect(report.tables.map(({ load, table }) => [load, table])).toEqual([
      ["a/*.csv", "a"],
      ["b.csv, b2.csv", "b"],
    ]);
    expect(rows(folder, "select n from a")).toEqual([[2]]);
    expect(rows(folder, "select count(*) from b")).toEqual([[3]]);
  });

  test("are relative to the manifest, as is a database that it names", async () => {
    const folder = shop(BOTH, {
      "my [seeds]/it's.csv": "id,n\n7,1\n",
      "my [seeds]/m.yaml": `to: ../shop.db\nloads: [{ from: "it's.csv", table: a }, { from: ../b.csv }]`,
      "my [seeds]/env.yaml": "to: ${DB}\nloads: [{ from: ../a.csv }]",
    });
    const written = await runUpsurge(["run", "my [seeds]/m.yaml", "--only", "a"], { cwd: folder });
    const env = { DB: "shop.db" };
    const given = await runUpsurge(["run", "my [seeds]/env.yaml"], { cwd: folder, env });

    expect([written.exitCode, given.exitCode], written.stderr + given.stderr).toEqual([0, 0]);
    expect(rows(folder, "select id from a order by id")).toEqual([[1], [7]]);
  });

  test("of rejects are not meant by a pattern", async () => {
    const folder = shop("loads:\n  - { from: a/*.csv, max-rejects: 1 }\n", {
      "a/1.csv": "id,n\n1,1\n2,10\n",
    });
    const first = await run(folder, ["--json"]);
    const second = await run(folder, ["--json", "--check", "--max-rejects", "1"]);

    expect([first.exitCode, reportOf(first).counts.rejected]).toEqual([3, 1]);
    expect(reportOf(second)).toMatchObject({
      counts: { read: 2 },
      leftOut: [{ path: "a/1.csv.rejects.csv", reason: "it holds the rejects of a load" }],
    });
  });

  test("of loads that --only leaves out may be missing", async () => {
    const folder = shop("loads:\n  - from: a.csv\n  - { from: none/*.csv, table: b }\n");
    const all = await run(folder);
    const one = await run(folder, ["--only", "a"]);
    const other = await run(folder, ["--only", "b"]);

    expect([all.exitCode, one.exitCode, other.exitCode]).toEqual([6, 0, 6]);
    expect(other.stderr).toContain("where: seed.yaml:3:13");
  });
});

describe("values", () => {
  test("are the texts that are written", async () => {
    const manifest =
      'loads:\n  - from: c.csv\n    table: a\n    "null": NO\n    key: 010\n    map: { 010: id, "n:m": code, x: }\n    const: { n: 01 }\n';
    const folder = shop(manifest, { "c.csv": "010,n:m,x\n4,NO,1\n" });
    const { exitCode, stderr } = await run(folder);

    expect([exitCode, stderr]).toEqual([2, expect.stringContaining("no column 010 in a")]);
    writeFileSync(join(folder, "seed.yaml"), manifest.replace("key: 010", "key: id"));
    expect(await run(folder)).toMatchObject({ exitCode: 0, stderr: "" });
    expect(rows(folder, "select id, n, code from a")).toEqual([[4, 1, null]]);
  });

  test("a mapping, a list and a text mean what the flags do", async () => {
    for (const given of ["{ n: target.n + 1 }", '["n = target.n + 1"]', "n = target.n + 1"]) {
      const folder = shop(`loads:\n  - from: a.csv\n    key: [id]\n    set: ${given}\n`);
      await run(folder);
      const { stdout } = await run(folder);

      expect(stdout).toContain("1 updated");
      expect(rows(folder, "select n from a")).toEqual([[6]]);
    }
  });

  test("a load takes its own before the defaults, and the command line comes before both", async () => {
    const folder = shop(
      "defaults: { trim: true, max-rejects: 0, mode: insert, max-delete: 5% }\nloads:\n  - { from: a.csv, trim: false, ignore: true }\n  - { from: b.csv }\n",
      { "a.csv": "id,code\n1, x\n2,y\n", "b.csv": "id,a,note\n1,9, x\n2,,y\n" },
    );
    const stopped = await run(folder);
    const ran = reportOf(await run(folder, ["--max-rejects", "1", "--json"]));

    expect([stopped.exitCode, ran.exit]).toEqual([4, 3]);
    expect(ran.tables.map(({ mode, counts }) => [mode, counts.rejected])).toEqual([
      ["ignore", 0],
      ["insert", 1],
    ]);
    expect(rows(folder, "select code from a")).toEqual([[" x"], ["y"]]);
    expect(rows(folder, "select note from b")).toEqual([["y"]]);
    const replaced = reportOf(
      await run(folder, ["--mode", "upsert", "--check", "--max-rejects", "1", "--json"]),
    );
    expect(replaced.tables.map(({ mode }) => mode)).toEqual(["upsert", "upsert"]);
  });

  test("the run as a whole may be told of in the defaults", async () => {
    const folder = shop(
      "defaults: { dry-run: true, report: out.json, json: true }\nloads:\n  - from: a.csv\n",
    );
    const { stdout } = await run(folder);

    expect(JSON.parse(stdout)).toMatchObject({ dryRun: true });
    expect(readFileSync(join(folder, "out.json"), "utf8")).toBe(stdout);
    expect(rows(folder, "select * from a")).toEqual([]);
  });

  test("aliases are replaced", async () => {
    const folder = shop(
      "loads:\n  - { from: &file a.csv, table: &t a }\n  - { from: *file , table: *t }\n",
    );

    expect(reportOf(await run(folder, ["--json"])).counts).toMatchObject({ unchanged: 1 });
  });
});

describe("variables", () => {
  test("come from the environment, then from --env-file, and are not read as YAML", async () => {
    const manifest =
      "to: ${DB:?the database}\nloads:\n  - from: ${DIR:-.}/a.csv\n    const: { note: 'x' }\n    table: b\n    map: { n: a, code: }\n";
    const constant = manifest.replace("'x'", () => '"${NOTE} $${x}"');
    const folder = shop(constant, {
      "vars.env": "# seeds\nexport DB=shop.db\nNOTE='from file'\nDIR=\"\"\n",
      "a.csv": "id,n,code\n1,,x\n",
    });
    const env = { NOTE: "[a, b]: *c" };
    const words = ["run", "seed.yaml", "--env-file", "vars.env"];
    const ran = await runUpsurge(words, { cwd: folder, env });
    const fromFile = await runUpsurge(words, { cwd: folder });

    expect([ran.exitCode, fromFile.exitCode], ran.stderr + fromFile.stderr).toEqual([0, 0]);
    expect(fromFile.stdout).toContain("1 updated");
    expect(rows(folder, "select note from b")).toEqual([["from file ${x}"]]);
    const missing = await runUpsurge(["run", "seed.yaml"], { cwd: folder });
    expect(missing.stderr).toContain("cause: the database");
  });

  test("serve a run of folders too, and --to needs none of the manifest's", async () => {
    const folder = shop(`to: \${DB:?the database}\n${BOTH}`, {
      "seeds/a.csv": "id\n5\n",
      "vars.env": "DATABASE_URL=shop.db\n",
    });
    const folders = await runUpsurge(["run", "seeds", "--env-file", "vars.env"], { cwd: folder });

    expect([folders.exitCode, (await run(folder)).exitCode]).toEqual([0, 0]);
  });

  test("secrets are masked, wherever they come from", async () => {
    const folder = shop(
      "to: postgres://u:very-secret@127.0.0.1:1/d\nloads: [{ from: a.csv, batch-rows: '${PGPASSWORD}' }]\n",
      {
        "vars.env": "PGPASSWORD=also-secret\n",
        "to.yaml": "to: ${URL}\nloads: [{ from: a.csv }]\n",
      },
    );
    const value = await runUpsurge(["run", "seed.yaml", "--env-file", "vars.env"], { cwd: folder });
    const env = { URL: "postgres://u:very-secret@127.0.0.1:1/very-secret" };
    const away = await runUpsurge(["run", "to.yaml", "--json"], { cwd: folder, env });
    const plan = await runUpsurge(["plan", "to.yaml"], { cwd: folder, env });

    expect(value.stderr).toContain("batch-rows cannot be '***'");
    expect([value.exitCode, away.exitCode, plan.exitCode]).toEqual([2, 75, 75]);
    for (const { stdout, stderr } of [value, away, plan]) {
      expect(stdout + stderr).not.toMatch(/u:very-secret|also-secret/);
    }
  });
});

describe("errors of a load", () => {
  test("have their place in the manifest, and a fix for it", async () => {
    const folder = shop("loads:\n  - from: a.csv\n    key: idd\n");
    const key = await run(folder);
    writeFileSync(join(folder, "seed.yaml"), "loads:\n  - { from: c.csv, table: a }\n");
    writeFileSync(join(folder, "c.csv"), "id,nn\n1,2\n");
    const field = await run(folder, ["--json"]);

    expect(key.stderr).toContain("fix:   did you mean id?");
    expect(key.stderr).toContain("where: seed.yaml:3:5");
    expect(field.stderr).toContain('map: "nn:n"');
    expect(field.stderr).toContain("(its load is at seed.yaml:2:5)");
    expect(reportOf(field)).toMatchObject({
      failedLoad: "c.csv",
      error: { code: "PLAN_UNKNOWN_FIELD" },
    });
  });

  test("are those of what it expects as well, and nothing is kept", async () => {
    const folder = shop("loads:\n  - from: a.csv\n  - { from: b.csv, expect-rows: 3 }\n");
    const { exitCode, stderr } = await run(folder);

    expect([exitCode, rows(folder, "select * from a")]).toEqual([4, []]);
    expect(stderr).toContain("SOURCE_ROWS");
    expect(stderr).toContain("where: seed.yaml:3:20");
  });

  test("GitHub Actions gets them at their line", async () => {
    const folder = shop("loads:\n  - { from: a.csv, kye: id }\n");
    const { stderr } = await run(folder, [], { env: { GITHUB_ACTIONS: "true" } });

    expect(stderr).toContain("::error file=seed.yaml,line=2::kye is not a name a load has");
  });

  test("a field that fails the run is named with its load, whichever of two loads of the file it is", async () => {
    const folder = shop("loads:\n  - { from: c.csv, table: a }\n  - { from: c.csv, table: b }\n", {
      "c.csv": "id,a\n1,1\n",
    });
    const { stderr } = await run(folder);

    expect(stderr).toContain("seed.yaml:2:5");
  });
});

test("--no-raw-sql refuses SQL of the manifest, and what its defaults say cannot be taken back", async () => {
  const sql = 'loads:\n  - { from: a.csv, set: { n: "1" } }\n';
  const typed = await run(shop(sql), ["--no-raw-sql"]);
  const said = await run(shop(`defaults: { no-raw-sql: true }\n${sql}`));
  const pinned = await run(shop(`defaults: { no-raw-sql: false }\n${sql}`), [], {
    env: { UPSURGE_NO_RAW_SQL: "1" },
  });

  for (const { stderr, exitCode } of [typed, said, pinned]) {
    expect(stderr).toContain("--set does not go with --no-raw-sql  OPTION_CONFLICT");
    expect(stderr).toMatch(/where: seed\.yaml:\d:20/);
    expect(exitCode).toBe(2);
  }
});

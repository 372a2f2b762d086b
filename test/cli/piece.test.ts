/** `--piece` at the shell: what a load of one piece does not take, and what it refuses because rows of two pieces may meet. */
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, onTestFinished, test } from "vitest";
import { openPostgres } from "../helpers/postgres-database.ts";
import { runUpsurge } from "../helpers/run-upsurge.ts";
import type { RunResult } from "../helpers/run-upsurge.ts";
import { openSqliteFile } from "../helpers/sqlite-file.ts";
import { tempDir } from "../helpers/temp-dir.ts";

function createSqlite(path: string, sql: string): void {
  const db = openSqliteFile(path);
  db.exec(sql);
  db.close();
}

const run = async (line: string, cwd: string): Promise<RunResult> =>
  await runUpsurge(line.split(" "), { cwd });

describe("--piece", () => {
  const TABLES = [
    "create table t (k int primary key, n int)",
    "create table t (k numeric(5,1) primary key, n int)",
  ];

  test.each([
    ["--truncate", "empty the table before the pieces are loaded"],
    ["--delete-missing", "load the sources as they are, without --piece"],
    ["--create", "create the table before the pieces are loaded"],
  ])("refuses %s, which is for all records", async (flag, fix) => {
    const cwd = tempDir({ "p.csv": "k,n\n1,1\n" });

    const { exitCode, stderr } = await run(
      `p.csv --to t.db --table t --key k --piece ${flag}`,
      cwd,
    );

    expect(exitCode).toBe(2);
    expect(stderr).toContain(`fix:   ${fix}`);
  });

  test.each([
    ["grp", "id", 2],
    ["id,grp", "id", 2],
    ["id", "id", 0],
    ["ID", "id", 0],
    ["id", "id,grp", 0],
    ["nr", "id --map nr:id", 0],
    ["grp", "id --map nr:id", 2],
  ])("of records that were split by %s, with the key %s: exit %d", async (by, key, exit) => {
    const name = key.includes("nr") ? "nr" : "id";
    const cwd = tempDir({ "in.csv": `${name},grp\n1,a\n2,b\n1,b\n` });
    const [columns = ""] = key.split(" ");
    const sql = `create table t (id integer not null, grp text not null, unique (${columns}))`;
    createSqlite(join(cwd, "t.db"), sql);
    await run(`split in.csv --key ${by} --shards 2 --out p`, cwd);

    const { exitCode, stderr } = await run(
      `plan p/piece-0.csv --to t.db --table t --piece --key ${key}`,
      cwd,
    );

    expect(exitCode, stderr).toBe(exit);
    if (exit === 0) return;
    expect(stderr).toContain(
      `PLAN_PIECE\ncause: they were split by ${by.replace(",", ", ")}, and grp is not in the key id: rows of one key may be in two pieces`,
    );
  });

  test("looks for the index of the split beside a file that it names", async () => {
    const index = JSON.stringify({ key: ["grp"], pieces: [{ files: [{ file: "piece-0.csv" }] }] });
    const records = "id,grp\n1,a\n";
    const cwd = tempDir({ "index.json": index, "piece-0.csv": records, "other.csv": records });
    createSqlite(join(cwd, "t.db"), "create table t (id integer primary key, grp text)");
    const exits: number[] = [];
    for (const file of ["piece-0.csv", "other.csv"])
      exits.push((await run(`plan ${file} --to t.db --table t --piece --key id`, cwd)).exitCode);
    writeFileSync(join(cwd, "index.json"), "[1, {");
    exits.push((await run("plan piece-0.csv --to t.db --table t --piece --key id", cwd)).exitCode);

    expect(exits).toEqual([2, 0, 0]);
  });

  test("looks at the rows of nested records, too", async () => {
    const cwd = tempDir({ "p.ndjson": '{"id": 1, "who": {"id": 7, "name": "a"}}\n' });
    createSqlite(
      join(cwd, "t.db"),
      `create table people (id int primary key, name text);
       create table orders (id int primary key, who_id int references people);`,
    );

    const { exitCode, stderr } = await run(
      "plan p.ndjson --to t.db --table orders --key id --piece --nest who:people",
      cwd,
    );

    expect(exitCode).toBe(2);
    expect(stderr).toContain("several records may refer to the same row of people");
  });

  test("plans a load that shares its table, unless rows of two pieces may meet", async () => {
    const database = await openPostgres();
    onTestFinished(() => database.close());
    const cwd = tempDir({ "p.csv": "k,n\n1,1\n" });
    const planned: RunResult[] = [];
    for (const sql of [...TABLES, "create table t (k int primary key, n int unique)"]) {
      await database.reset();
      await database.exec(sql);
      planned.push(await run(`plan p.csv --to ${database.url} --table t --key k --piece`, cwd));
    }

    expect(planned.map(({ exitCode }) => exitCode)).toEqual([0, 2, 2]);
    expect(planned[0]?.stdout).toContain("a piece: other pieces may be loaded at the same time");
    expect(planned[1]?.stderr).toMatch(
      /PLAN_PIECE\ncause: values of k .* can be equal in different spellings/,
    );
    expect(planned[2]?.stderr).toContain("may couple rows with different keys");
  });
});

test("--piece takes a piece of JSON without a record", async () => {
  const cwd = tempDir({ "in.ndjson": '{"nr":1}\n' });
  createSqlite(join(cwd, "t.db"), "create table t (id integer not null, unique (id))");
  await run("split in.ndjson --key nr --shards 2 --out p", cwd);

  for (const piece of ["p/piece-0.ndjson", "p/piece-1.ndjson"]) {
    const line = `plan ${piece} --to t.db --table t --piece --key id --map nr:id`;
    const { exitCode, stderr } = await run(line, cwd);
    expect([exitCode, stderr], piece).toEqual([0, ""]);
  }
});

test.each([[[]], [["--compress", "gzip"]]])(
  "a piece whose copy was cut short is refused while its index is beside it, with %j",
  async (flags) => {
    const cwd = tempDir({ "in.csv": "id,n\n1,1\n2,2\n3,3\n4,4\n" });
    createSqlite(join(cwd, "t.db"), "create table t (id integer primary key, n int)");
    await runUpsurge([..."split in.csv --key id --shards 1 --out p".split(" "), ...flags], { cwd });
    const piece = `p/piece-0.csv${flags.length === 0 ? "" : ".gz"}`;
    const whole = readFileSync(join(cwd, piece));
    writeFileSync(
      join(cwd, piece),
      flags.length === 0 ? whole.subarray(0, 13) : gzipSync("id,n\n"),
    );
    const load = `${piece} --to t.db --table t --key id --piece`;

    const cut = await run(load, cwd);
    expect(cut.exitCode).toBe(4);
    expect(cut.stderr).toMatch(
      /^error: .*  SOURCE_INCOMPLETE\ncause: it has [\d,]+ bytes, and p.index\.json says/,
    );

    writeFileSync(join(cwd, piece), whole);
    expect((await run(load, cwd)).exitCode).toBe(0);

    // What was changed on purpose is loaded once the index is away, as the fix says.
    writeFileSync(
      join(cwd, piece),
      flags.length === 0 ? whole.subarray(0, 13) : gzipSync("id,n\n"),
    );
    renameSync(join(cwd, "p/index.json"), join(cwd, "index.json"));
    expect((await run(load, cwd)).exitCode).toBe(0);
  },
);

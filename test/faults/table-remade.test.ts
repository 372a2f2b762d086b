/** A table of a job that is dropped and made again between two commits of one run: the run ends before another is done. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { jobEngines, useDatabase } from "../helpers/engines.ts";
import type { TestDatabase } from "../helpers/engines.ts";
import type { ReportedError } from "../../src/report/report.ts";
import { tempDir } from "../helpers/temp-dir.ts";
import type { Ended } from "./torture/launch.ts";
import { loadHere } from "./torture/table-shell.ts";
import type { LoadEnd } from "./torture/table-shell.ts";
import { heldAt } from "./torture/scenario.ts";

const T = "create table t (id int not null primary key, n int)";
const LINES =
  "create table lines (t_id int not null references t (id), n int not null, primary key (t_id, n))";
const COUNT = 20;
const NUMBERS = Array.from({ length: COUNT }, (_, at) => at + 1);
const CSV = `id,n\n${NUMBERS.map((id) => `${id},${id}\n`).join("")}`;
const NESTED = NUMBERS.map((id) => `${JSON.stringify({ id, n: id, lines: [{ n: 1 }] })}\n`).join(
  "",
);
/** Loads in parts of two records. */
const FLAT = ["in.csv", "--table", "t", "--commit", "2", "--job", "j"];
const DEEP = "in.ndjson --table t --key id --commit 2 --job j --nest lines:lines".split(" ");

/** A folder with the files, and commands run in it. */
class Shell {
  readonly folder = tempDir();
  readonly #database: TestDatabase;

  constructor(database: TestDatabase) {
    this.#database = database;
    writeFileSync(join(this.folder, "in.csv"), CSV);
    mkdirSync(join(this.folder, "seeds"));
    writeFileSync(join(this.folder, "seeds", "t.csv"), CSV);
    writeFileSync(join(this.folder, "in.ndjson"), NESTED);
  }

  #command(args: readonly string[]): { args: string[]; cwd: string } {
    const rest = ["--to", this.#database.url, "--json", "--progress", "none"];
    return { args: [...args, ...rest], cwd: this.folder };
  }

  /** A load that nothing disturbs. */
  async load(args: readonly string[]): Promise<LoadEnd> {
    return await loadHere(this.#command(args));
  }

  /** After its third commit, or at another moment, it waits until `meanwhile` is done. */
  async disturbed(
    args: readonly string[],
    meanwhile: () => Promise<void>,
    moment = "committed:3",
  ): Promise<Ended> {
    return await heldAt(this, this.#command(args), moment, meanwhile);
  }

  async start(...statements: readonly string[]): Promise<void> {
    await this.#database.reset();
    await this.exec(...statements);
  }

  async exec(...statements: readonly string[]): Promise<void> {
    for (const sql of statements) await this.#database.exec(sql);
  }

  async count(table: string): Promise<number> {
    const [[count] = []] = await this.#database.rows(`select count(*) from ${table}`);
    return Number(count);
  }
}

function errorOf(stdout: string): ReportedError | null {
  return (JSON.parse(stdout) as { error?: ReportedError }).error ?? null;
}

function expectRefused({ exit, stdout, stderr }: LoadEnd, table: RegExp): void {
  const error = errorOf(stdout);
  expect([exit, error?.code], stdout + stderr).toEqual([4, "JOB_TABLE"]);
  expect(error?.message).toMatch(table);
  expect(error?.cause).toContain("it was dropped and made again since the job wrote to it");
}

function expectLoaded({ exit, stdout, stderr }: LoadEnd): void {
  expect(exit, stdout + stderr).toBe(0);
}

const TABLE_T = /the table (?:\w+\.)?t is not as the job j has left it/;
const TABLE_LINES = /the table (?:\w+\.)?lines is not as the job j has left it/;

describe.each(jobEngines())("$title", (engine) => {
  const database = useDatabase(engine);

  test("the table of the records: nothing more is written, until the job is begun anew", async () => {
    const shell = new Shell(database);
    await shell.start(T);
    const remade = async (): Promise<void> => await shell.exec("drop table t", T);
    expectRefused(await shell.disturbed(FLAT, remade), TABLE_T);
    expect(await shell.count("t")).toBe(0);
    expectRefused(await shell.load(FLAT), TABLE_T);
    expectLoaded(await shell.load([...FLAT, "--reset-job"]));
    expect(await shell.count("t")).toBe(COUNT);
  });

  test("one that the load has made", async () => {
    const shell = new Shell(database);
    await shell.start();
    const made = [...FLAT, "--create", "--key", "id"];
    const remade = async (): Promise<void> => await shell.exec("drop table t", T);
    const { exit, stdout } = await shell.disturbed(made, remade);
    expect([exit, errorOf(stdout)?.code], stdout).toEqual([4, "JOB_TABLE"]);
    expect(await shell.count("t")).toBe(0);
  });

  test("the table of a level, with the records of the part", async () => {
    const shell = new Shell(database);
    await shell.start(T, LINES);
    const remade = async (): Promise<void> => await shell.exec("drop table lines", LINES);
    expectRefused(await shell.disturbed(DEEP, remade), TABLE_LINES);
    expect([await shell.count("t"), await shell.count("lines")]).toEqual([6, 0]);
    expectLoaded(await shell.load([...DEEP, "--reset-job"]));
    expect([await shell.count("t"), await shell.count("lines")]).toEqual([COUNT, COUNT]);
  });

  test("a table of a run", async () => {
    const shell = new Shell(database);
    await shell.start(T);
    const run = ["run", "seeds", "--commit", "2"];
    const remade = async (): Promise<void> => await shell.exec("drop table t", T);
    const { exit, stdout, stderr } = await shell.disturbed(run, remade);
    expect([exit, errorOf(stdout)?.code], stdout + stderr).toEqual([4, "JOB_TABLE"]);
    expect(await shell.count("t")).toBe(0);
  });

  test("emptied in a run, or next to other changes of the schema, it is the same", async () => {
    const shell = new Shell(database);
    await shell.start(T);
    const changed = async (): Promise<void> =>
      await shell.exec("create table u (id int)", "create index t_n on t (n)");
    expectLoaded(await shell.disturbed(FLAT, changed));
    expect(await shell.count("t")).toBe(COUNT);

    await shell.start(T);
    const emptied = engine.name === "sqlite" ? "delete from t" : "truncate table t";
    expectLoaded(await shell.disturbed(FLAT, async () => await shell.exec(emptied)));
    expect(await shell.count("t")).toBe(COUNT - 6);
  });

  test("made again by a script of the load, it is the job's own", async () => {
    const shell = new Shell(database);
    await shell.start(T);
    const scripts = [...FLAT, "--before", `drop table t; ${T}`, "--after", `drop table t; ${T}`];
    const { exit, stdout } = await shell.disturbed(
      scripts,
      async () => await shell.exec("drop table t", T),
    );
    expect([exit, errorOf(stdout)?.code], stdout).toEqual([4, "JOB_TABLE"]);
    expectLoaded(await shell.load([...scripts, "--reset-job"]));
    expect(await shell.count("t")).toBe(0);
  });
});

describe.each(jobEngines().filter(({ name }) => name === "postgres"))("$title", (engine) => {
  const database = useDatabase(engine);

  test("with shards: the fix is one that they take", async () => {
    const shell = new Shell(database);
    await shell.start(T);
    const remade = async (): Promise<void> => await shell.exec("drop table t", T);
    const shard = [...FLAT, "--key", "id", "--shard", "0/2"];
    const { stdout, stderr } = await shell.disturbed(shard, remade, "committed:2");
    const error = errorOf(stdout);
    expect(error, stderr).toMatchObject({
      code: "JOB_TABLE",
      fix: expect.stringContaining("upsurge jobs --to URL --forget j") as string,
    });
    expect(error?.fix).not.toContain("--reset-job");
  });

  test("with several writers: each of them sees it", async () => {
    const shell = new Shell(database);
    await shell.start(T);
    // All writers wait for their first part.
    const remade = async (): Promise<void> => await shell.exec("drop table t", T);
    const ended = await shell.disturbed([...FLAT, "--writers", "2"], remade, "shared:1");
    expectRefused(ended, TABLE_T);
    expect(await shell.count("t")).toBe(0);
  });
});

describe.each(jobEngines().filter(({ name }) => name === "sqlite"))("$title", (engine) => {
  const database = useDatabase(engine);

  test("a table that is younger than the checkpoint table is missed while it is empty", async () => {
    const shell = new Shell(database);
    await shell.start("create table first (id int not null primary key, n int)");
    expectLoaded(await shell.load(["in.csv", "--table", "first", "--commit", "2", "--job", "i"]));
    await shell.exec(T);
    const { exit, stdout } = await shell.disturbed(
      FLAT,
      async () => await shell.exec("drop table t", T),
    );
    expect([exit, errorOf(stdout)?.cause], stdout).toEqual([
      4,
      "it is empty, and the job has written or found 6 rows in it",
    ]);
    expect(await shell.count("t")).toBe(0);
  });
});

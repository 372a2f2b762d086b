/**
 * `--commit N`: commits change neither the table nor the counts of a load that goes well; one that stops keeps what it
 * has committed, counts that and nothing else, and says what running it again would do.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { onFailPoint } from "../../src/testing/fail-point.ts";
import { ENGINES, useDatabase } from "../helpers/engines.ts";
import type { TestDatabase } from "../helpers/engines.ts";
import { runUpsurge } from "../helpers/run-upsurge.ts";
import { failBatches } from "../helpers/server-fault.ts";
import { tempDir } from "../helpers/temp-dir.ts";

interface Ran {
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly folder: string;
}

async function load({ url }: TestDatabase, input: string, flags: readonly string[]): Promise<Ran> {
  const folder = tempDir({ "in.csv": input });
  const into = ["--to", url, "--table", "t", "--progress", "none"];
  const { exitCode, stdout, stderr } = await runUpsurge([
    join(folder, "in.csv"),
    ...into,
    ...flags,
  ]);
  return { exit: exitCode, stdout, stderr, folder };
}

function records(count: number, bad: readonly number[] = []): string {
  const lines = Array.from({ length: count }, (_, at) =>
    bad.includes(at + 1) ? `${at + 1},-1\n` : `${at + 1},${at % 7}\n`,
  );
  return `id,n\n${lines.join("")}`;
}

async function start(database: TestDatabase): Promise<void> {
  await database.reset();
  await database.exec("create table t (id int primary key, n int, check (n >= 0))");
  await database.exec("insert into t values (2, 1), (5, 0), (30, 3)");
}

async function count(database: TestDatabase): Promise<number> {
  return Number((await database.rows("select count(*) from t"))[0]?.[0]);
}

describe.each(ENGINES)("$title", (engine) => {
  const database = useDatabase(engine);

  test("keeps table and counts as they are, whatever the commits and batches", async () => {
    const input = `${records(20, [17])}3,99\n3,98\n20,1\n`;
    const images: unknown[] = [];
    for (const flags of [
      [],
      ["--commit", "1"],
      ["--commit", "7"],
      ["--commit", "7", "-b", "3"],
      ["--commit", "1_000"],
    ]) {
      await start(database);
      const ran = await load(database, input, [
        "--key",
        "id",
        "--max-rejects",
        "9",
        "--json",
        ...flags,
      ]);
      const { counts, status, guarantee } = JSON.parse(ran.stdout);
      expect(guarantee).toBe(flags.length === 0 ? "all-or-nothing" : "exactly-once");
      images.push([counts, status, await database.rows("select id, n from t order by id")]);
      expect(readFileSync(join(ran.folder, "in.csv.rejects.csv"), "utf8")).toBe("id,n\n17,-1\n");
    }
    expect(new Set(images.map((image) => JSON.stringify(image))).size).toBe(1);
    expect(images[0]).toMatchObject([{ read: 23, rejected: 1 }, "rejects", expect.anything()]);
  });

  loadsThatStop(database);

  test.each([["--dry-run"], ["--check"]])("commits nothing with %s", async (flag) => {
    await start(database);
    const { stdout } = await load(database, records(40), [
      "--key",
      "id",
      "--commit",
      "10",
      flag,
      "--json",
    ]);

    expect(JSON.parse(stdout)).toMatchObject({
      guarantee: "all-or-nothing",
      counts: { read: 40, inserted: 37 },
    });
    expect(await count(database)).toBe(3);
  });

  test("plan shows how often it commits, and no batch is larger", async () => {
    await start(database);
    const folder = tempDir({ "in.csv": records(3) });
    const args = [
      "plan",
      join(folder, "in.csv"),
      "--to",
      database.url,
      "--table",
      "t",
      "--commit",
      "50",
    ];
    const { stdout } = await runUpsurge([...args, "--key", "id"]);

    expect(stdout).toMatch(/^row source +\w+, batches of 50$/m);
    expect(stdout).toMatch(/^commit +every 50 records$/m);
    expect(stdout).toMatch(/^ {2}commit every 50 records: a load that stops goes on there/m);
  });
});

/** What stays of a load that a record stops, and what is said of it. */
function loadsThatStop(database: TestDatabase): void {
  test("keeps what was committed before a record that stops the load, and counts only that", async () => {
    await start(database);
    const ran = await load(database, records(40, [24]), [
      "--key",
      "id",
      "--commit",
      "10",
      "--json",
    ]);

    expect(ran.exit).toBe(4);
    const { counts, status, guarantee, error } = JSON.parse(ran.stdout);
    expect([status, guarantee]).toEqual(["failed", "exactly-once"]);
    expect(counts).toMatchObject({ read: 20, inserted: 18, rejected: 0 });
    expect(counts.updated + counts.unchanged).toBe(2);
    expect(error).toMatchObject({ code: "REJECT_LIMIT" });
    expect(error.fix).toBe(
      "correct the record, or allow some with --max-rejects N and find them in the reject file; 20 records are committed and stay: the same command goes on from there",
    );
    expect(await count(database)).toBe(21);
  });

  test("says in text what stays", async () => {
    await start(database);
    const flags = ["--key", "id", "--set", "n = target.n + excluded.n", "--commit", "10"];
    const { stdout, stderr } = await load(database, records(40, [24]), flags);

    expect(stdout).toMatch(
      /^failed after [\d.]+ s; 20 records committed; the same command goes on from there:\n {2}inserted {2}18\n/,
    );
    expect(stderr).toContain("the same command goes on from there");
  });

  test("says that nothing was kept where nothing was committed", async () => {
    await start(database);
    const { stdout, stderr } = await load(database, records(40, [4]), [
      "--key",
      "id",
      "--commit",
      "10",
    ]);

    expect(stdout).toMatch(
      /^failed after [\d.]+ s; this run has committed nothing\nguarantee: exactly-once, by the job auto-[0-9a-f]{16}\n$/,
    );
    expect(stderr).toContain("nothing was kept");
    expect(await count(database)).toBe(3);
  });

  test("keeps the rejects of what is committed", async () => {
    await start(database);
    const flags = ["--key", "id", "--commit", "10", "--max-rejects", "1", "--json"];
    const ran = await load(database, records(40, [4, 33]), flags);

    expect(JSON.parse(ran.stdout).counts).toMatchObject({ read: 30, rejected: 1 });
    const rejects = readFileSync(join(ran.folder, "in.csv.rejects.csv"), "utf8");
    expect(rejects.split("\n")[1]).toBe("4,-1");
  });
}

describe("postgres, when the database is away for a moment", () => {
  const [postgres] = ENGINES.filter(({ name }) => name === "postgres");
  if (postgres === undefined) throw new Error("there is no engine postgres");
  const database = useDatabase(postgres);

  afterEach(() => onFailPoint(null));

  /** An empty table; the server ends these batches of the load with a deadlock. */
  async function busyAt(...batches: readonly number[]): Promise<void> {
    await database.reset();
    await database.exec("create table t (id int primary key, n int)");
    failBatches("40P01", (batch) => batches.includes(batch));
  }
  const flags = ["--key", "id", "--commit", "10", "--json"];

  test("starts again where nothing is committed", async () => {
    await busyAt(1, 2);
    const { stdout } = await load(database, records(40), flags);

    expect(JSON.parse(stdout)).toMatchObject({ status: "ok", counts: { read: 40, inserted: 40 } });
  });

  test("starts again after the last commit", async () => {
    await busyAt(3, 4);
    const { stdout } = await load(database, records(40), flags);

    expect(JSON.parse(stdout)).toMatchObject({ status: "ok", counts: { read: 40, inserted: 40 } });
    expect(await database.rows("select count(*) from t")).toEqual([["40"]]);
  });

  test("stops after a commit without a checkpoint, and says what running again does", async () => {
    await busyAt(3);
    const flags = ["--key", "id", "--commit", "10", "--json", "--allow-at-least-once"];
    const ran = await load(database, records(40), flags);

    expect(ran.exit).toBe(75);
    const { counts, error, guarantee } = JSON.parse(ran.stdout);
    expect(guarantee).toBe("at-least-once");
    expect(counts).toMatchObject({ read: 20, inserted: 20 });
    expect(error.code).toBe("TARGET_BUSY");
    expect(error.fix).toContain(
      "; 20 records are committed and stay: the same command starts from",
    );
    expect(await database.rows("select count(*), max(id) from t")).toEqual([["20", "20"]]);
    const again = await load(database, records(40), flags);
    expect(JSON.parse(again.stdout)).toMatchObject({ counts: { inserted: 20, unchanged: 20 } });
  });

  test("keeps the reject file of what is committed", async () => {
    await busyAt(3);
    const folder = tempDir({ "in.csv": records(40) });
    writeFileSync(join(folder, "in.csv"), records(40).replace("\n7,", "\nseven,"));
    const into = ["--to", database.url, "--table", "t", "--max-rejects", "5", ...flags];
    const impatient = ["--retry-timeout", "0"];
    const { exitCode } = await runUpsurge([join(folder, "in.csv"), ...into, ...impatient]);

    expect(exitCode).toBe(75);
    expect(existsSync(join(folder, "in.csv.rejects.csv"))).toBe(true);
    expect(readFileSync(join(folder, "in.csv.rejects.csv"), "utf8")).toBe("id,n\nseven,6\n");
  });
});

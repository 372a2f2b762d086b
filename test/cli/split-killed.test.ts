/** What a split that is killed leaves in its folder: neither the next split nor a load takes it for the whole. */
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { expect, test } from "vitest";
import { runUpsurge } from "../helpers/run-upsurge.ts";
import type { RunResult } from "../helpers/run-upsurge.ts";
import { spawnUpsurge } from "../helpers/spawn-upsurge.ts";
import { tempDir } from "../helpers/temp-dir.ts";
import { until } from "../helpers/until.ts";

const run = async (line: string, cwd: string): Promise<RunResult> =>
  await runUpsurge(line.split(" "), { cwd, stdin: "" });

const CLICKS = `page,hits\n${Array.from({ length: 90 }, (_, at) => `/${at % 30},${at}\n`).join("")}`;

test("by a kill when files get their names: neither a split nor a load takes what is left for the whole", async () => {
  const cwd = tempDir({ "in.csv": CLICKS });
  const left = [".index.json.part", ".piece-1.csv.part", "piece-0.csv"];
  mkdirSync(join(cwd, "p"));
  for (const name of left) writeFileSync(join(cwd, "p", name), CLICKS);
  const database = new Database(join(cwd, "t.db"));
  database.exec("create table t (page text primary key, hits int)");
  database.close();

  const again = await run("split in.csv --key page --shards 2 --out p", cwd);
  const load = "p/piece-0.csv --to t.db --table t --key page --commit 2";
  const piece = await run(`${load} --piece --job a`, cwd);
  const whole = await run(load, cwd);

  expect(again.stderr).toContain(
    "fix:   remove them once no split is running: rm p/.*.part p/piece-*; or pass --out p-2",
  );
  for (const { exitCode, stderr } of [piece, whole]) {
    expect(stderr).toContain("error: p seems to be cut short  SOURCE_INCOMPLETE");
    expect(exitCode).toBe(4);
  }
  for (const name of left) rmSync(join(cwd, "p", name));
  expect((await run("split in.csv --key page --shards 2 --out p", cwd)).exitCode).toBe(0);
  expect((await run(load, cwd)).exitCode).toBe(0);
});

test("by a kill at any name leaves the index under its other name until all have theirs", async () => {
  const cwd = tempDir({ "in.csv": `k\n${"1\n2\n3\n".repeat(100)}` });
  const words = "split in.csv --key k --shards 400 --out p --json".split(" ");
  const { child, ended } = spawnUpsurge(words, cwd);
  await until("the first name", () => existsSync(join(cwd, "p/piece-0.csv")));
  child.kill("SIGKILL");
  await ended;

  const there = readdirSync(join(cwd, "p"));
  expect(there.includes("index.json") || there.includes(".index.json.part")).toBe(true);
});

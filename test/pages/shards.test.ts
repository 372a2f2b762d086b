/** The commands of the page about shards that need no scheduler do what the page says, as they are printed. */
import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { TestDatabase } from "../helpers/engines.ts";
import { fencesOf, pageAt } from "../helpers/doc-pages.ts";
import { openPostgres } from "../helpers/postgres-database.ts";
import { tempDir } from "../helpers/temp-dir.ts";

const PAGE = fencesOf(pageAt("docs/howto/shards.md").text).filter(
  ({ language }) => language === "sh",
);

function script(words: string): string {
  const found = PAGE.find(({ body }) => body.includes(words));
  if (found === undefined) throw new Error(`the page has no script with ${words}`);
  return found.body;
}

/** A database with the table, a folder with 300 records, and a shell in it. */
async function openShell(): Promise<{
  readonly database: TestDatabase;
  readonly folder: string;
  readonly run: (text: string) => { status: number | null; output: string };
}> {
  const database = await openPostgres();
  onTestFinished(() => database.close());
  await database.exec("create table clicks (page text primary key, hits int)");
  const folder = tempDir();
  mkdirSync(join(folder, "bin"));
  const program = join(folder, "bin/upsurge");
  const call = `exec "${process.execPath}" "${resolve("dist/upsurge.js")}" "$@"`;
  writeFileSync(program, `#!/bin/sh\n${call}\n`);
  chmodSync(program, 0o755);
  const records = Array.from({ length: 300 }, (_, at) => `/${at % 100},${at === 7 ? "x" : at}\n`);
  writeFileSync(join(folder, "clicks.csv"), `page,hits\n${records.join("")}`);
  const path = [join(folder, "bin"), process.env["PATH"]].join(delimiter);
  const run = (text: string): { status: number | null; output: string } => {
    const env = { PATH: path, DATABASE_URL: database.url };
    const ran = spawnSync("sh", ["-c", text], { cwd: folder, encoding: "utf8", env });
    return { status: ran.status, output: ran.stdout + ran.stderr };
  };
  return { database, folder, run };
}

const SUM = String(Array.from({ length: 100 }, (_, at) => 200 + at).reduce((a, b) => a + b, 0));

test("eight processes by xargs load all records, and the job is finished", async () => {
  const { database, folder, run } = await openShell();

  const loaded = run(script("xargs"));
  const listed = run(script("upsurge jobs"));

  expect([loaded.status, listed.status], loaded.output).toEqual([0, 0]);
  expect(loaded.output).toContain("the job clicks is finished: 300 records");
  expect(await database.rows("select count(*), sum(hits) from clicks")).toEqual([["100", SUM]]);
  expect(readFileSync(join(folder, "clicks.csv.rejects.csv"), "utf8")).toBe("page,hits\n/7,x\n");
});

test("files that are cut first are loaded by eight processes, without shards", async () => {
  const { database, folder, run } = await openShell();
  const file = join(folder, "clicks.csv");
  writeFileSync(file, readFileSync(file, "utf8").replace("/7,x\n", ""));

  const loaded = run(script("upsurge split"));

  expect(loaded.status, loaded.output).toBe(0);
  expect(loaded.output).toContain("split 299 records into 8 pieces in pieces");
  expect(await database.rows("select count(*), sum(hits) from clicks")).toEqual([["100", SUM]]);
});

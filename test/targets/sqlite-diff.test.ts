/** `--diff` on SQLite, where a column may hold values of any type, and a key NULL. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ENGINES, useDatabase } from "../helpers/engines.ts";
import type { Engine } from "../helpers/engines.ts";
import { runUpsurge } from "../helpers/run-upsurge.ts";
import { tempDir } from "../helpers/temp-dir.ts";

const sqlite = ENGINES.find(({ name }) => name === "sqlite") as Engine;
const database = useDatabase(sqlite);

async function told(setup: string, file: string, key: string): Promise<string> {
  await database.reset();
  await database.exec(setup);
  const folder = tempDir();
  writeFileSync(join(folder, "in.csv"), file);
  const words = ["in.csv", "--to", database.url, "--table", "t", "--key", key];
  const { stdout, stderr } = await runUpsurge([...words, "--check", "--diff", "9"], {
    cwd: folder,
  });
  return stdout + stderr;
}

test("a number that becomes a text is told, and so is the last digit of a REAL", async () => {
  const out = await told(
    "create table t (id int primary key, v, r real); insert into t values (1, 1.5, 0.30000000000000004), (2, x'00ff', 1)",
    "id,v,r\n1,1.5,0.3\n2,x,1\n",
    "id",
  );
  expect(out).toContain("~ id=1  v: 1.5 → \"'1.5'\", r: 0.30000000000000004");
  expect(out).toContain("→ 0.3\n");
  expect(out).toContain("~ id=2  v: \"X'00FF'\" → \"'x'\"\n");
});

test("rows with NULL in the key are not compared, and a key is compared as its column does", async () => {
  const out = await told(
    "create table t (s text collate nocase primary key, n int); insert into t values ('Ann', 1), (null, 2), (null, 3)",
    "s,n\nANN,2\nbob,1\n",
    "s",
  );
  expect(out).toContain("1 inserted, 1 updated\n");
  expect(out).toContain("~ s=Ann  n: 1 → 2\n");
});

test("no more is told than fits, and that is said", async () => {
  const long = "x".repeat(3_000_000);
  const lines = [1, 2, 3, 4, 5, 6, 7, 8].map((id) => `${id},${id}${long}\n`).join("");
  const setup = "create table t (id int primary key, v text)";
  const out = await told(setup, `id,v\n${lines}`, "id");
  expect(out).toContain("differences in t: 8 inserted\n");
  expect(out).toMatch(/\+ id=5 {2}v: 5x{59}…\n {2}and 3 more, too many to be told\n/);
});

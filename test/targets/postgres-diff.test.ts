/** `--diff` and `--delete-when` on PostgreSQL: what triggers and cascades do, images of equal values, and who is kept out. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Report } from "../../src/report/report.ts";
import { ENGINES, useDatabase } from "../helpers/engines.ts";
import type { Engine } from "../helpers/engines.ts";
import { runUpsurge } from "../helpers/run-upsurge.ts";
import { tempDir } from "../helpers/temp-dir.ts";

const postgres = ENGINES.find(({ name }) => name === "postgres") as Engine;
const database = useDatabase(postgres);

async function load(
  setup: readonly string[],
  file: string,
  flags: readonly string[],
): Promise<Report> {
  await database.reset();
  for (const sql of setup) await database.exec(sql);
  const folder = tempDir();
  writeFileSync(join(folder, "in.csv"), file);
  const into = ["in.csv", "--to", database.url, "--table", "t", "--json"];
  const { stdout } = await runUpsurge([...into, ...flags], { cwd: folder });
  return JSON.parse(stdout) as Report;
}

const CHECK = ["--key", "id", "--check", "--diff", "9"];

test("1.0 and 1.00 differ, and what a trigger changes in another row is told", async () => {
  const setup = [
    "create table t (id int primary key, n numeric, tags text[])",
    "insert into t values (1, 1.0, '{a}'), (2, 2, null)",
    `create function also() returns trigger language plpgsql as $$ begin
      if new.id = 1 and pg_trigger_depth() = 1 then update t set tags = '{b,c}' where id = 2; end if; return null; end $$`,
    "create trigger also after update on t for each row execute function also()",
  ];
  const report = await load(setup, "id,n\n1,1.00\n", CHECK);
  expect(report.differences).toEqual([
    { kind: "updated", key: { id: "1" }, columns: { n: { old: "1.0", new: "1.00" } } },
    { kind: "updated", key: { id: "2" }, columns: { tags: { old: null, new: "{b,c}" } } },
    { kind: "extra", key: { id: "2" }, columns: {} },
  ]);
});

test("a table of parts, one with a generated column, and one of many columns", async () => {
  const parts = [
    "create table t (id int primary key, n int, twice int generated always as (2 * n) stored) partition by range (id)",
    "create table p partition of t for values from (0) to (3)",
    "create table q partition of t default",
    "insert into t values (1, 1), (5, 5)",
  ];
  const moved = await load(parts, "id,n\n1,2\n9,9\n", [...CHECK, "--delete-missing"]);
  expect(moved.differences).toEqual([
    {
      kind: "updated",
      key: { id: "1" },
      columns: { n: { old: "1", new: "2" }, twice: { old: "2", new: "4" } },
    },
    { kind: "removed", key: { id: "5" }, columns: { n: { old: "5" }, twice: { old: "10" } } },
    { kind: "inserted", key: { id: "9" }, columns: { n: { new: "9" }, twice: { new: "18" } } },
  ]);
  const columns = Array.from({ length: 450 }, (_, at) => `c${at} int`).join(", ");
  const wide = [`create table t (id int primary key, ${columns})`, "insert into t (id) values (1)"];
  const far = await load(wide, "id,c0,c449\n1,7,8\n", CHECK);
  expect(far.differences?.[0]?.columns).toEqual({
    c0: { old: null, new: "7" },
    c449: { old: null, new: "8" },
  });
});

test("several writers share out what has no deletes, and the order of each key holds", async () => {
  const ids = Array.from({ length: 4000 }, (_, at) => at);
  const lines = ids.flatMap((id) => [
    `u,${id},1`,
    ...(id >= 2000 && id % 3 === 0 ? [`d,${id},`] : []),
    ...(id >= 2000 && id % 6 === 0 ? [`u,${id},2`] : []),
  ]);
  const flags = ["--key", "id", "--delete-when", "op=d", "--commit", "500", "--writers", "3"];
  const setup = ["create table t (id int primary key, n int)"];
  const report = await load(setup, `op,id,n\n${lines.join("\n")}\n`, flags);
  expect([report.exit, report.counts.deleted]).toEqual([0, 667]);
  const [row] = await database.rows("select count(*), sum(n) from t");
  const left = ids.filter((id) => id < 2000 || id % 3 !== 0).length;
  const again = ids.filter((id) => id >= 2000 && id % 6 === 0).length;
  expect(row).toEqual([String(left + again), String(left + 2 * again)]);
});

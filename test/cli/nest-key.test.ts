/** `--nest` where a record does not have what its rows refer to: the database makes it, or the record is a reject. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import Sqlite from "better-sqlite3";
import { expect, test } from "vitest";
import { runUpsurge } from "../helpers/run-upsurge.ts";
import { tempDir } from "../helpers/temp-dir.ts";

test.each([
  ["integer primary key", 0, [1, 2]],
  ["integer unique", 3, [1]],
])("a record without its key, which is %s, with rows that refer to it", async (key, exit, ids) => {
  const cwd = tempDir();
  const database = new Sqlite(join(cwd, "shop.db"));
  database.exec(
    `create table orders (id ${key}, note text); create table lines (order_id int not null references orders (id), n int, primary key (order_id, n))`,
  );
  writeFileSync(
    join(cwd, "a.ndjson"),
    '{"id":1,"note":"a","lines":[{"n":1}]}\n{"note":"b","lines":[{"n":1}]}\n',
  );
  const into = ["--to", "shop.db", "--table", "orders", "--mode", "insert"];
  const { exitCode, stdout } = await runUpsurge(
    ["a.ndjson", ...into, "--nest", "lines:lines", "--max-rejects", "1"],
    { cwd },
  );

  expect([exitCode, stdout.includes("ROW_NEST_KEY")]).toEqual([exit, exit === 3]);
  expect(database.prepare("select id from orders").pluck().all()).toEqual(ids);
  expect(database.prepare("select order_id from lines").pluck().all()).toEqual(ids);
  database.close();
});

test("the strategy that does without a unique key is named beside --nest, and does when it is typed", async () => {
  const cwd = tempDir({ "a.ndjson": '{"id":1,"lines":[{"n":1}]}\n' });
  const database = new Sqlite(join(cwd, "shop.db"));
  database.exec(
    "create table orders (id integer primary key); create table lines (i integer unique, order_id int references orders (id), n int)",
  );
  const load = ["a.ndjson", "--to", "shop.db", "--table", "orders", "--key", "id"];
  const words = [...load, "--nest", "lines: { table: lines, key: [order_id, n] }"];
  const refused = await runUpsurge(words, { cwd });
  const mended = await runUpsurge([...words, "--strategy", "select-then-write"], { cwd });

  expect(refused.stderr).toContain("PLAN_NO_CONFLICT_TARGET");
  expect(refused.stderr).toContain(
    ", or --strategy select-then-write, or among the options of lines in --nest: pass key: i;",
  );
  expect(mended.exitCode, mended.stderr).toBe(0);
  expect(database.prepare("select order_id, n from lines").raw().all()).toEqual([[1, 1]]);
  database.close();
});

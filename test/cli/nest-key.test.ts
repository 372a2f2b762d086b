/** `--nest` where nothing tells what the rows in a record refer to: the record is a reject, and the others are loaded. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import Sqlite from "better-sqlite3";
import { expect, test } from "vitest";
import { runUpsurge } from "../helpers/run-upsurge.ts";
import { tempDir } from "../helpers/temp-dir.ts";

test("a record that leaves its key to the database, with rows that refer to it, is a reject", async () => {
  const cwd = tempDir();
  const database = new Sqlite(join(cwd, "shop.db"));
  database.exec(
    "create table orders (id integer primary key, note text); create table lines (order_id int not null references orders (id), n int, primary key (order_id, n))",
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

  expect([exitCode, stdout]).toEqual([3, expect.stringContaining("ROW_NEST_KEY")]);
  expect(database.prepare("select id, note from orders").raw().all()).toEqual([[1, "a"]]);
  expect(database.prepare("select order_id, n from lines").raw().all()).toEqual([[1, 1]]);
  database.close();
});

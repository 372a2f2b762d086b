/** What expressions see of an incoming row in SQLite: its values as their columns store them, whichever key it meets a row by. */
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { runUpsurge } from "../helpers/run-upsurge.ts";
import { openSqliteFile } from "../helpers/sqlite-file.ts";
import { tempDir } from "../helpers/temp-dir.ts";

const CSV = 'id,v\n1,3\n2,2.0\n3,10\n4, 4 \n5,007\n6,abc\n7,\n8,1e1\n9,""\n';
const NDJSON = [3, 2, "10", " 4 ", "007", "abc", null, 1e1, ""]
  .map((v, at) => JSON.stringify({ id: at + 1, v }))
  .join("\n");

const EXPRESSIONS = [
  ["--set", "v = max(target.v, excluded.v)"],
  ["--set", "v = excluded.v || '!'"],
  ["--set", "v = excluded.v / 4"],
  ["--set", "v = typeof(excluded.v)"],
  ["--set", "v = case when excluded.v in (3, 10) then 1 else 0 end"],
  ["--update-where", "excluded.v < 9"],
  ["--update-where", "excluded.v between 3 and 9", "--set", "v = target.v + excluded.v"],
] as const;

/** The rowid, at which SQLite looks before it converts, and an index. */
const KEYS = ["id integer primary key", "id int primary key"] as const;
/** Rows one at a time, several a statement, and as many as go into a page. */
const SOURCES = [
  ["in.csv", "--batch-rows", "1"],
  ["in.ndjson", "--batch-rows", "1000"],
  ["many.csv", "--batch-rows", "1000"],
] as const;

interface Loaded {
  readonly rows: readonly unknown[];
  readonly counts: unknown;
}

async function load(table: string, file: string, flags: readonly string[]): Promise<Loaded> {
  const path = join(tempDir({}), "t.db");
  const db = openSqliteFile(path);
  onTestFinished(() => db.close());
  db.exec(`create table t (${table});
    with recursive n(i) as (select 1 union all select i + 1 from n where i < 100) insert into t select i, 5 from n`);
  const to = ["--to", path, "--table", "t", "--key", "id", "--json", "--progress", "none"];
  const { exitCode, stdout, stderr } = await runUpsurge([file, ...to, ...flags]);
  expect(exitCode, stderr).toBe(0);
  const rows = db.rows("select id, typeof(v), v from t where id < 10 order by id");
  return { rows, counts: (JSON.parse(stdout) as { counts: unknown }).counts };
}

/** The same records, behind so many that they fill a page. */
const among = (records: string): string =>
  records + Array.from({ length: 90 }, (_, at) => `${at + 10},5\n`).join("");

async function expectAlike(type: string, set: readonly string[]): Promise<void> {
  const dir = tempDir({ "in.csv": CSV, "many.csv": among(CSV), "in.ndjson": NDJSON });
  for (const [name, ...batch] of SOURCES) {
    const file = join(dir, name);
    const looked = [...set, "--strategy", "select-then-write"];
    const expected = await load(`${KEYS[0]}, v ${type}`, file, looked);
    for (const key of KEYS) {
      const found = await load(`${key}, v ${type}`, file, [...set, ...batch]);
      expect(found, `${key}, ${name}`).toEqual(expected);
    }
  }
}

describe.each(["int", "real", "numeric"])("a column of %s", (type) => {
  test.each(EXPRESSIONS.map((each) => [each.join(" "), each] as const))("%s", async (_, set) => {
    await expectAlike(type, set);
  });
});

// A comparison with a number is none of the column's affinity in an upsert of SQLite's: only values are asked for.
test.each(["text", "blob"])("a column of %s keeps what it is given", async (type) => {
  for (const set of EXPRESSIONS.slice(0, 4)) await expectAlike(type, set);
});

test("the largest of two numbers is the larger one", async () => {
  const file = join(tempDir({ "in.csv": "id,v\n1,3\n2,10\n" }), "in.csv");
  const set = ["--set", "v = max(target.v, excluded.v)"];
  const { rows } = await load("id integer primary key, v int", file, set);
  expect(rows.slice(0, 2)).toEqual([
    [1n, "integer", 5n],
    [2n, "integer", 10n],
  ]);
});

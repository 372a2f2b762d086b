/** With several sources every error names the one it is about, on the screen and in the report. */
import { join } from "node:path";
import Database from "better-sqlite3";
import { afterEach, expect, test } from "vitest";
import { upsurgeError } from "../../src/errors/upsurge-error.ts";
import { onFailPoint } from "../../src/testing/fail-point.ts";
import { runUpsurge } from "../helpers/run-upsurge.ts";
import { tempDir } from "../helpers/temp-dir.ts";

const GOOD = "id,name\n1,a\n";

afterEach(() => onFailPoint(null));

test.each([
  ["id,nmae\n2,b\n", "PLAN_UNKNOWN_FIELD"],
  ["id,name,NAME\n2,b,c\n", "PLAN_DUPLICATE_COLUMN"],
  ["id,name,made\n2,b,c\n", "PLAN_READ_ONLY_COLUMN"],
  ["id,name,name\n2,b,c\n", "SOURCE_HEADER"],
  ["id;name\n2;b\n", "PLAN_NO_KNOWN_FIELD"],
  ['id,name\n2,"b\n', "SOURCE_QUOTE"],
  ["<html></html>\n", "SOURCE_KIND"],
  ["id,name\nx\n", "REJECT_LIMIT"],
])("%j", async (text, code) => {
  const cwd = tempDir({ "a.csv": GOOD, "b c.csv": text });
  const db = new Database(join(cwd, "t.db"));
  db.exec(
    "create table t (id integer primary key, name text, made text generated always as (name) stored)",
  );
  db.close();

  const args = ["a.csv", "b c.csv", "--to", "t.db", "--table", "t", "--json"];
  const { stdout, stderr } = await runUpsurge(args, { cwd });

  const { error } = JSON.parse(stdout) as { readonly error: Readonly<Record<string, string>> };
  expect(error["code"]).toBe(code);
  expect(`${error["message"]} ${error["where"]}`).toContain("b c.csv");
  expect(stderr).toContain("b c.csv");
});

test("a source may write the names of its fields in another case", async () => {
  const cwd = tempDir({ "a.csv": GOOD, "b.csv": "NAME,Id\nb,2\n" });
  const db = new Database(join(cwd, "t.db"));
  db.exec("create table t (id integer primary key, name text)");

  const args = ["a.csv", "b.csv", "--to", "t.db", "--table", "t", "--key", "id"];
  const { exitCode, stderr } = await runUpsurge(args, { cwd });

  expect(exitCode, stderr).toBe(0);
  expect(db.prepare("select * from t").raw().all()).toEqual([
    [1, "a"],
    [2, "b"],
  ]);
  db.close();
});

test.each([
  [
    ["a.csv", "./a.csv"],
    ["a.csv is loaded 2 times: it is named again, or matched by a pattern as well"],
  ],
  [
    ["a.csv", "*.csv", "b.csv"],
    ["a.csv is loaded 2 times", "b.csv is loaded 2 times"],
  ],
  [["a.csv", "b.csv"], []],
  [["*.csv"], []],
])("a source that is named twice is warned of: %j", async (names, said) => {
  const cwd = tempDir({ "a.csv": GOOD, "b.csv": "id,name\n2,b\n" });
  const db = new Database(join(cwd, "t.db"));
  db.exec("create table t (id integer, name text)");
  db.close();

  const { stdout } = await runUpsurge([...names, "--to", "t.db", "--table", "t", "--json"], {
    cwd,
  });

  const { warnings } = JSON.parse(stdout) as { readonly warnings: readonly string[] };
  expect(warnings).toEqual(said.map((each) => expect.stringContaining(each)));
});

test.each([
  [["a.csv", "b.csv"], 0, 3],
  [["-", "b.csv"], 75, 0],
  [["a.csv", "-"], 75, 0],
])("what cannot be read again is not tried again without it: %j", async (sources, exit, rows) => {
  const records = "id,name\n1,a\n2,b\n";
  const cwd = tempDir({ "a.csv": records, "b.csv": "id,name\n3,c\n" });
  const db = new Database(join(cwd, "t.db"));
  db.exec("create table t (id integer primary key, name text)");
  let applied = 0;
  // Once, in the batch of the second source.
  onFailPoint((point) => {
    if (point === "applied" && (applied += 1) === 2)
      throw upsurgeError("TARGET_LOST", { target: "the server", reason: "gone" });
  });
  const args = [...sources, "--to", "t.db", "--table", "t", "--key", "id", "-b", "2"];
  const stdin = sources[0] === "-" ? records : "id,name\n3,c\n";
  const { exitCode, stderr } = await runUpsurge(args, { cwd, stdin });

  expect([exitCode, applied > 2], stderr).toEqual([exit, exit === 0]);
  expect(db.prepare("select count(*) from t").pluck().get()).toBe(rows);
  db.close();
});

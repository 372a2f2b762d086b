/**
 * A CSV without a header, loaded without a flag that says so: its first line is a record. It is never lost without a word, and
 * the fix that is printed loads it too.
 */
import { describe, expect, test } from "vitest";
import { sharedEngines, useDatabase } from "../helpers/engines.ts";
import { loadShell } from "../helpers/load-shell.ts";
import { runUpsurge } from "../helpers/run-upsurge.ts";

const TABLE = "create table t (id int primary key, n int, s varchar(20))";
const FLAGS = "--no-header --columns id,n,s";

/** First lines that have values where a header has names, each before the same second line. */
const FIRST_LINES = [
  ["numbers", "1,2,3"],
  ["a value that is there twice", "5,5,x"],
  ["nothing between two delimiters", "1,,2024-01-31"],
  ["texts alone", "Goroka,GKA,Madang"],
] as const;

describe.each(sharedEngines())("$title", (engine) => {
  const database = useDatabase(engine);
  const { run, report } = loadShell(database);

  test.each(FIRST_LINES)("%s: the fix says how to load them as a record", async (_, line) => {
    await database.reset();
    await database.exec(TABLE);
    const refused = await report(`${line}\n2,3,y\n`, ["--key", "id"]);

    expect(refused.exit).toBe(2);
    expect(refused.fix).toContain(`if line 1 is data, pass ${FLAGS}`);
    expect(refused.fix).not.toContain("--header --columns");
    expect(await database.rows("select id from t")).toEqual([]);
  });

  test("the fix, typed as it is printed, loads every line", async () => {
    await database.reset();
    await database.exec(TABLE);
    const text = "1,2,x\n2,3,y\n";
    const { fix } = await report(text, ["--key", "id"]);
    const printed = /pass (--no-header --columns [^;\s]+)/.exec(fix)?.[1] ?? "";

    const loaded = await report(text, ["--key", "id", ...printed.split(" ")]);

    expect([loaded.exit, loaded.counts]).toEqual([0, { inserted: 2 }]);
    expect(await database.rows("select id, n, s from t order by id")).toEqual([
      ["1", "2", "x"],
      ["2", "3", "y"],
    ]);
  });

  test("of more fields than columns, the fix leaves the names to the reader", async () => {
    await database.reset();
    await database.exec(TABLE);

    const { fix } = await report("1,2,3,4\n", ["--key", "id"]);

    expect(fix).toContain("pass --no-header --columns a,b,… with the names of its 4 fields");
  });

  test.each(["1,2\n2,3\n", "2024-01-31,true\n2024-02-01,false\n", '"7",\n8,\n'])(
    "--create makes no columns called after values: %j",
    async (text) => {
      await database.reset();
      const { exitCode, stderr } = await run(text, ["--create", "--extra-fields", "ignore"]);

      expect([exitCode, stderr]).toEqual([2, expect.stringContaining("SOURCE_HEADER")]);
      expect(stderr).toContain("--no-header --columns a,b,…");
    },
  );

  test("--alter adds no columns called after values, or after a header that another delimiter splits", async () => {
    await database.reset();
    await database.exec(TABLE);
    const values = await report("1,2\n2,3\n", ["--alter"]);
    const joined = await report("id;n\n1;2\n", ["--alter", "--key", "id"]);

    expect([values.exit, values.code, values.fix]).toEqual([
      2,
      "SOURCE_HEADER",
      expect.stringContaining("if line 1 is data, pass --no-header"),
    ]);
    expect([joined.exit, joined.code, joined.fix]).toEqual([
      2,
      "SOURCE_HEADER",
      expect.stringContaining("--delimiter ';'"),
    ]);
  });

  test("--create does, where --header says that they are names", async () => {
    await database.reset();
    const made = await report("2023,2024\n1,2\n", ["--create", "--header"]);
    const mixed = await report("country,2023,2024\nPG,1,2\n", ["--create", "--table", "u"]);

    expect([made.exit, made.counts]).toEqual([0, { inserted: 1 }]);
    expect([mixed.exit, mixed.counts]).toEqual([0, { inserted: 1 }]);
  });
});

test("inspect says so", async () => {
  const { stdout } = await runUpsurge(["inspect", "-", "-f", "csv"], { stdin: "1,2\n2,3\n" });

  expect(stdout).toContain("line 1 holds values and no names: if line 1 is data, pass --no-header");
});

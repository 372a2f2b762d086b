/** Rejects of PostgreSQL whose fix is SQL: an expression that makes the value, a sequence to be moved. Each is run as it is printed. */
import { expect, test } from "vitest";
import { ENGINES, useDatabase } from "../helpers/engines.ts";
import { runUpsurge } from "../helpers/run-upsurge.ts";
import { tempDir } from "../helpers/temp-dir.ts";

const postgres = ENGINES.find(({ name }) => name === "postgres");
if (postgres === undefined) throw new Error("there is no PostgreSQL");
const database = useDatabase(postgres);

test.each([
  ["whole numbers with a point", ["n", "int"], "3.0", "3"],
  ["whole numbers with an exponent", ["n", "bigint"], "1e3", "1000"],
  ["seconds", ["at", "timestamptz"], "1577836800", "2020-01-01 00:00:00+00"],
  ["milliseconds", ["at", "timestamp"], "1577836800500", "2020-01-01 00:00:00.5"],
  ["days of a spreadsheet", ["day", "date"], "43831", "2020-01-01"],
  ["an array as JSON", ["tags", "text[]"], '"[""a,b"",null]"', '{"a,b",NULL}'],
  ["an array of numbers as JSON", ["tags", "int[]"], '"[1,2]"', "{1,2}"],
  ["a name that is no word", ['"a b"', "int"], "1.0", "1"],
  ["a name that begins with a digit", ['"2nd"', "int"], "1.0", "1"],
  ["a name with capitals", ['"Size"', "int"], "1.0", "1"],
  ["a label in other letters", ["mood", "mood"], "SAD", "sad"],
  [
    "a label in other letters, under a name that begins with a digit",
    ['"2nd"', "mood"],
    "SAD",
    "sad",
  ],
])("%s are made a value by the expression that is printed", async (_, named, text, made) => {
  const [name, type] = named;
  await database.reset();
  await database.exec("create type mood as enum ('sad', 'glad')");
  await database.exec(`create table t (id int primary key, ${name} ${type})`);
  const cwd = tempDir({ "in.csv": `id,${name}\n1,${text}\n2,\n` });
  const args = ["in.csv", "--to", database.url, "--table", "t"];
  const env = { PGTZ: "UTC" };

  const refused = await runUpsurge(args, { cwd, env });
  const [, value = ""] = /pass --value '(.*)', (?:which|if)/.exec(refused.stderr) ?? [];
  const loaded = await runUpsurge([...args, "--value", value.replaceAll("'\\''", "'")], {
    cwd,
    env,
  });

  expect(value, refused.stderr).not.toBe("");
  expect(loaded.exitCode, loaded.stderr).toBe(0);
  await database.exec("set timezone = 'UTC'");
  const rows = await database.rows(`select ${name}::text from t order by id`);
  expect(rows).toEqual([[made], [null]]);
});

test("a part of a whole number is still refused under that expression", async () => {
  await database.reset();
  await database.exec("create table t (id int primary key, n int)");
  const cwd = tempDir({ "in.csv": "id,n\n1,1.5\n" });
  const args = ["in.csv", "--to", database.url, "--table", "t"];
  const expression = "n = trim_scale(excluded.n::numeric)::text";

  const refused = await runUpsurge(args, { cwd });
  const again = await runUpsurge([...args, "--value", expression], { cwd });

  expect(refused.stderr).not.toContain("--value");
  expect(again.exitCode).toBe(4);
});

test("where a sequence is behind the ids, its statement is printed, not a key that the source lacks", async () => {
  await database.reset();
  await database.exec(
    "create table t (id serial primary key, s text); insert into t values (1, 'a')",
  );
  const cwd = tempDir({ "in.csv": "s\nb\n" });
  const args = ["in.csv", "--to", database.url, "--table", "t"];

  const refused = await runUpsurge(args, { cwd });
  const [, statement = ""] = /`(select setval.*)` moves it/.exec(refused.stderr) ?? [];
  await database.exec(statement);
  const loaded = await runUpsurge(args, { cwd });

  expect(refused.stderr).not.toContain("--key");
  expect(loaded.exitCode, loaded.stderr).toBe(0);
  expect(await database.rows("select s from t order by id")).toEqual([["a"], ["b"]]);
});

test("what an exclusion constraint refuses is not sent to a key", async () => {
  await database.reset();
  await database.exec(
    "create table t (id int primary key, during int4range, exclude using gist (during with &&))",
  );
  const cwd = tempDir({ "in.csv": 'id,during\n1,"[1,5)"\n2,"[4,9)"\n' });

  const { stderr } = await runUpsurge(
    ["in.csv", "--to", database.url, "--table", "t", "--key", "id"],
    { cwd },
  );

  expect(stderr).toContain("remove the row that it conflicts with");
  expect(stderr).not.toContain("--constraint");
});

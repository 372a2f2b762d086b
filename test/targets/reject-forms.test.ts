/** Values of PostgreSQL's types in a form that people write: the expression that is printed, typed as it is, makes them of it. */
import { expect, test } from "vitest";
import { ENGINES, useDatabase } from "../helpers/engines.ts";
import { runUpsurge } from "../helpers/run-upsurge.ts";
import { tempDir } from "../helpers/temp-dir.ts";

const postgres = ENGINES.find(({ name }) => name === "postgres");
if (postgres === undefined) throw new Error("there is no PostgreSQL");
const database = useDatabase(postgres);

/** The value of `--value` that a fix prints, as a shell hands it over. */
function printed(stderr: string): string {
  return /pass --value '(.*?)', (?:which|if)/.exec(stderr)?.[1]?.replaceAll("'\\''", "'") ?? "";
}

/** Loads `text` into a table whose column v has this type, without a flag and with the one that is told then. */
async function corrected(type: string, text: string): Promise<readonly unknown[]> {
  await database.reset();
  await database.exec(`create type mood as enum ('happy', 'not sad');
    create table t (id int primary key, v ${type});`);
  const cwd = tempDir({ "in.csv": text });
  const args = ["in.csv", "--to", database.url, "--table", "t"];

  const refused = await runUpsurge(args, { cwd });
  const loaded = await runUpsurge([...args, "--value", printed(refused.stderr)], { cwd });

  expect(refused.exitCode, refused.stdout).toBe(4);
  expect(loaded.exitCode, loaded.stderr).toBe(0);
  return (await database.rows("select v::text from t order by id")).flat();
}

test.each([",", ";", "|"])("an array with %s between its values", async (mark) => {
  const text = `id,v\n1,"1${mark} 2"\n2,"{3,4}"\n3,\n4,5\n`;

  expect(await corrected("int[]", text)).toEqual(["{1,2}", "{3,4}", null, "{5}"]);
});

test("an array of texts, of which some are in the form of the database", async () => {
  const text = 'id,v\n1,a|b c\n2,"{""d|e"",f}"\n';

  expect(await corrected("text[]", text)).toEqual(['{a,"b c"}', "{d|e,f}"]);
});

test("a label of an enum in other letters, and between blanks", async () => {
  expect(await corrected("mood", "id,v\n1,Happy\n2, NOT SAD \n3,\n4,happy\n")).toEqual([
    "happy",
    "not sad",
    null,
    "happy",
  ]);
});

test.each([
  ["dollars", "$5.00", "-$1.5", "5.00", "-1.5"],
  ["dollars with thousands", '"$1,234.50"', '"$12,000"', "1234.50", "12000"],
  ["euros behind", "5.25 €", "7€", "5.25", "7"],
  ["percent", "12%", "0.5 %", "12", "0.5"],
  ["a currency by its letters", "5 EUR", "7.5EUR", "5", "7.5"],
  ["a currency before the number", "USD 5.00", "USD7", "5.00", "7"],
  ["a minus behind", "5.00-", "7-", "-5.00", "-7"],
  ["parentheses for less than nothing", '"(1,200)"', "(3.5)", "-1200", "-3.5"],
])("numbers in %s", async (_, one, other, ...made) => {
  const text = `id,v\n1,${one}\n2,${other}\n3,\n4,8\n`;

  expect(await corrected("numeric", text)).toEqual([...made, null, "8"]);
});

test.each([
  ["seconds as a date", "date", "1706695200", "2024-01-31"],
  ["milliseconds as a date", "date", "1706740200000", "2024-01-31"],
  [
    "the name of a time zone behind its offset",
    "timestamp",
    "2024-01-31T10:00:00+01:00[Europe/Berlin]",
    "2024-01-31 10:00:00",
  ],
  ["plain texts for JSON", "jsonb", "abc", '"abc"'],
  ["a minus behind an integer", "int", "12-", "-12"],
])("%s", async (_, type, value, made) => {
  expect(await corrected(type, `id,v\n1,${value}\n2,\n`)).toEqual([made, null]);
});

test("a sum in another currency is not taken for one in the first", async () => {
  await database.reset();
  await database.exec("create table t (id int primary key, v numeric)");
  const cwd = tempDir({ "in.csv": "id,v\n1,$5\n2,€6\n" });
  const args = ["in.csv", "--to", database.url, "--table", "t"];

  const refused = await runUpsurge(args, { cwd });
  const again = await runUpsurge([...args, "--value", printed(refused.stderr)], { cwd });

  expect([refused.exitCode, again.exitCode]).toEqual([4, 4]);
  expect(again.stderr).toContain('"€6"');
});

test.each([
  ["ja", "nein"],
  ["Oui", "Non"],
  ["SIM", "NÃO"],
  ["Да", "НЕТ"],
  ["-1", "0"],
])("%s and %s", async (yes, no) => {
  expect(await corrected("boolean", `id,v\n1,${yes}\n2,${no}\n3,\n4,t\n`)).toEqual([
    "true",
    "false",
    null,
    "true",
  ]);
});

test("what could be in more than one form has no expression", async () => {
  await database.reset();
  await database.exec("create table t (id int primary key, v text[])");
  const cwd = tempDir({ "in.csv": 'id,v\n1,"a;b,c"\n' });

  const { stderr } = await runUpsurge(["in.csv", "--to", database.url, "--table", "t"], { cwd });

  expect(stderr).toContain("ROW_TYPE");
  expect(stderr).not.toContain("--value");
});

test("an index on an expression of the key: its flag, and no other index", async () => {
  await database.reset();
  await database.exec(`create table t (id serial primary key, email text, n int);
    create unique index t_email on t (lower(email));
    insert into t (email, n) values ('A@b.c', 1);`);
  const cwd = tempDir({ "in.csv": "email,n\na@B.c,2\n" });
  const args = ["in.csv", "--to", database.url, "--table", "t"];

  const refused = await runUpsurge([...args, "--key", "email"], { cwd });
  const loaded = await runUpsurge([...args, "--constraint", "t_email"], { cwd });

  expect(refused.stderr).toMatch(/^fix: +pass --constraint t_email to use the index on lower/m);
  expect(refused.stderr).not.toContain("create unique index");
  expect(loaded.stdout).toMatch(/updated +1/);
  expect(await database.rows("select email, n from t")).toEqual([["a@B.c", "2"]]);
});

test("an offset that a timestamp without a time zone would lose is told by a plan, with the flag that keeps the instant", async () => {
  await database.reset();
  await database.exec("create table t (id int primary key, v timestamp, z timestamptz)");
  const text =
    "id,v,z\n1,2026-05-05 10:00:00,2026-05-05T10:00:00+02:00\n2,2026-05-05T10:00:00+02:00,\n";
  const cwd = tempDir({ "in.csv": text });
  const args = ["in.csv", "--to", database.url, "--table", "t"];

  const plan = await runUpsurge(["plan", ...args], { cwd });
  const [, typed = ""] = /loses its offset.*--value '(.*)' takes/.exec(plan.stdout) ?? [];
  const value = typed.replaceAll("'\\''", "'");
  const loaded = await runUpsurge([...args, "--value", value], { cwd, env: { PGTZ: "UTC" } });

  expect(plan.stdout).toContain('v: "2026-05-05T10:00:00+02:00" loses its offset');
  expect(plan.stdout).not.toContain("z: ");
  expect(loaded.exitCode, loaded.stderr).toBe(0);
  expect((await database.rows("select v::text from t order by id")).flat()).toEqual([
    "2026-05-05 10:00:00",
    "2026-05-05 08:00:00",
  ]);
});

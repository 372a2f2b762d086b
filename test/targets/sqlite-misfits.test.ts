/** Texts that SQLite keeps as text against the type of their column: loaded, counted by column, and said with the first place. */
import { basename } from "node:path";
import { describe, expect, test } from "vitest";
import { isMisfit, promisedBy } from "../../src/targets/sqlite/stage/misfits.ts";
import { affinityOf } from "../../src/targets/sqlite/catalog/types.ts";
import { encodeAtOnce } from "../helpers/encode-at-once.ts";
import { ENGINES, useDatabase } from "../helpers/engines.ts";
import type { Engine } from "../helpers/engines.ts";
import { runLoad } from "../helpers/load.ts";
import { runUpsurge } from "../helpers/run-upsurge.ts";
import { tempDir, useTempDir } from "../helpers/temp-dir.ts";

const sqlite = ENGINES.find(({ name }) => name === "sqlite") as Engine;
const database = useDatabase(sqlite);
const temporary = useTempDir();

interface Report {
  readonly warnings: readonly string[];
}

function warningsIn(stdout: string): string[] {
  const { warnings } = JSON.parse(stdout.split("\n")[0] ?? "") as Report;
  return warnings.map((text) =>
    text.replace(/(in )(\/\S*)/, (_, before: string, path: string) => before + basename(path)),
  );
}

const TABLE = `create table t (k integer primary key, n integer, r real, d date, s timestamp, b boolean, a decimal(9,2), u uuid, x);`;

const HEADER = "k,n,r,d,s,b,a,u,x";
const ROWS = [
  "1,1,1.5,2024-01-02,2024-01-02T03:04:05Z,1,1.50,abc,abc",
  "2,abc, 7 ,0000-00-00,2024-01-02 03:04:05.123+00,true,.5,abc,abc",
  '3,,x,01/02/2024,12:30,false,"1,5",abc,abc',
  '4,"",1e5,,now,0,2,abc,abc',
];
const CSV = `${[HEADER, ...ROWS].join("\n")}\n`;

const SAID = [
  "1 value for s (timestamp) is neither a date nor a time and is stored as text; it is in input.csv, record 4, line 5",
  "2 values for b (boolean) are neither 0 nor 1 and are stored as text; the first is in input.csv, record 2, line 3; pass --value 'b = case lower(excluded.b) when '\\''true'\\'' then '\\''1'\\'' when '\\''false'\\'' then '\\''0'\\'' else excluded.b end', which makes 1 and 0 of true and false",
  "2 values for d (date) are neither dates nor times and are stored as text; the first is in input.csv, record 2, line 3; --null 0000-00-00 makes NULL of it",
  "2 values for n (INTEGER) are not numbers and are stored as text; the first is in input.csv, record 2, line 3",
  "1 value for a (decimal(9,2)) is not a number and is stored as text; it is in input.csv, record 3, line 4; pass --decimal ',', which reads it as 1.5",
  "1 value for r (REAL) is not a number and is stored as text; it is in input.csv, record 3, line 4",
].toSorted();

const NATIVE = { strategy: "native", rowSource: "values", batchRows: 1000 };
const WAYS = [
  ["packed", NATIVE, CSV],
  ["read one by one", NATIVE, CSV.replace("2,abc", '2,"a""bc"')],
  ["in batches of one", { ...NATIVE, batchRows: 1 }, CSV],
  ["by looking first", { ...NATIVE, strategy: "select-then-write" }, CSV],
  ["without a key", { ...NATIVE, flags: ["--mode", "insert"] }, CSV],
  ["with an expression", { ...NATIVE, flags: ["--set", "x = excluded.x"] }, CSV],
  ["in parts", { ...NATIVE, flags: ["--commit", "2", "--allow-at-least-once"] }, CSV],
  ["by a job", { ...NATIVE, flags: ["--commit", "2", "--job", "j"] }, CSV],
  ["in a dry run", { ...NATIVE, flags: ["--dry-run"] }, CSV],
] as const;

async function load(
  input: string,
  flags: readonly string[],
  way: (typeof WAYS)[number][1],
): Promise<string[]> {
  const { path: folder } = temporary;
  const { output } = await runLoad(
    database,
    { folder, table: "t", extension: "csv", input, flags },
    way,
  );
  return warningsIn(output).toSorted();
}

async function countInManyGroups(): Promise<void> {
  await database.reset();
  await database.exec("create table t (k integer primary key, n integer, c int check (c < 10));");
  const rows = Array.from(
    { length: 2500 },
    (_, k) => `${k},${k % 7 === 3 ? "odd" : k},${k % 500 === 3 ? 10 : 1}`,
  );
  const odd = rows.filter((row) => row.includes("odd") && row.endsWith(",1")).length;
  expect(await load(`k,n,c\n${rows.join("\n")}\n`, ["--key", "k"], NATIVE)).toEqual([
    `${odd} values for n (INTEGER) are not numbers and are stored as text; the first is in input.csv, record 11, line 12`,
  ]);
  expect(await database.rows("select count(*) from t where typeof(n) = 'text'")).toEqual([
    [String(odd)],
  ]);
}

describe("values that are stored as text, in rows that are encoded ahead", () => {
  const encoded = encodeAtOnce();

  test("count over many groups of rows, around rejects", async () => {
    await countInManyGroups();
    expect(encoded.chunks).toBeGreaterThan(0);
  });
});

describe("values that are stored as text", () => {
  test.each(WAYS)(
    "are said with their column, number and first place: %s",
    async (title, way, csv) => {
      await database.reset();
      await database.exec(TABLE);
      expect(await load(csv, title === "without a key" ? [] : ["--key", "k"], way)).toEqual(SAID);
    },
  );

  test("are said again when nothing changes, because they are still there", async () => {
    await database.reset();
    await database.exec(TABLE);
    const [[, way]] = WAYS;
    await load(CSV, ["--key", "k"], way);
    expect(await load(CSV, ["--key", "k"], way)).toEqual(SAID);
  });

  test("count over many groups of rows, around rejects", countInManyGroups);

  test.each([
    ["rows that are ignored", ["--ignore"]],
    ["rows that are skipped", ["--update-where", "false"]],
    ["columns that an update leaves alone", ["--update-columns", "x"]],
    ["columns that an expression fills", ["--set", "n = 5"]],
    ["columns that a stamp fills", ["--stamp", "n = 5"]],
  ])("do not count in %s", async (_, flags) => {
    for (const strategy of ["native", "select-then-write"]) {
      await database.reset();
      await database.exec(
        "create table t (k integer primary key, n integer, x); insert into t values (1, 1, 1), (2, 2, 2);",
      );
      const said = await load("k,n,x\n1,odd,9\n2,odd,9\n", ["--key", "k", ...flags], {
        ...NATIVE,
        strategy,
      });
      expect(said.filter((text) => text.includes("stored as text"))).toEqual([]);
    }
  });

  test("count over several sources; the first place names its own", async () => {
    await database.reset();
    await database.exec("create table t (k integer primary key, n integer);");
    const cwd = tempDir({
      "a.csv": "k,n\n1,1\n2,2\n",
      "b.csv": "k,n\n3,3\n4,odd\n",
      "c.csv": "k,n\n5,odd\n",
    });
    const { stdout } = await runUpsurge(
      ["a.csv", "b.csv", "c.csv", "--to", database.url, "--table", "t", "--json"],
      { cwd },
    );
    expect(warningsIn(stdout)).toEqual([
      "2 values for n (INTEGER) are not numbers and are stored as text; the first is in b.csv, record 2, line 3",
    ]);
  });

  test("a STRICT table refuses them, and nothing is said of what it refused", async () => {
    await database.reset();
    await database.exec("create table t (k integer primary key, n integer) strict;");
    const { path: folder } = temporary;
    const into = {
      folder,
      table: "t",
      extension: "csv",
      input: "k,n\n1,odd\n2,2\n",
      flags: [],
    } as const;
    const { rejects, output } = await runLoad(database, into, NATIVE);
    expect([rejects.map(({ record, code }) => [record, code]), warningsIn(output)]).toEqual([
      [[1, "ROW_TYPE"]],
      [],
    ]);
  });
});

test("JSON true and false are 1 and 0, in a column without a type as numbers, whatever else it holds", async () => {
  for (const batchRows of [1, 1000]) {
    await database.reset();
    await database.exec("create table t (k integer primary key, x, b boolean, s text);");
    const input =
      '{"k":1,"x":true,"b":false,"s":true}\n{"k":2,"x":false,"b":true,"s":false}\n{"k":3,"x":"true","b":1,"s":""}\n';
    const { path: folder } = temporary;
    const { output } = await runLoad(
      database,
      { folder, table: "t", extension: "ndjson", input, flags: [] },
      { ...NATIVE, batchRows },
    );
    expect(warningsIn(output)).toEqual([]);
    expect(await database.rows("select x, typeof(x), b, typeof(b), s from t order by k")).toEqual([
      ["1", "integer", "0", "integer", "true"],
      ["0", "integer", "1", "integer", "false"],
      ["true", "text", "1", "integer", ""],
    ]);
  }
});

test("what is a number is what SQLite makes one of", async () => {
  const texts = [
    "1",
    " 7 ",
    "\t7\n",
    "+3",
    "-0",
    "1.",
    ".5",
    "1e5",
    "1e",
    "0x10",
    "1_0",
    "",
    " ",
    "abc",
    "1,5",
    "١",
    "\u00a07",
    "inf",
    "nan",
    "9".repeat(30),
  ];
  await database.reset();
  await database.exec(
    "create table c (t text); create table n (k integer primary key, n numeric, i integer, r real);",
  );
  const values = texts.map((text) => `('${text}')`).join(", ");
  await database.exec(
    `insert into c values ${values}; insert into n (n, i, r) select t, t, t from c;`,
  );
  const kept = await database.rows(
    "select typeof(n) = 'text', typeof(i) = 'text', typeof(r) = 'text' from n order by k",
  );
  expect(texts.map((text) => [text, isMisfit(text, "number")])).toEqual(
    texts.map((text, at) => [text, kept[at]?.every((each) => each === "1")]),
  );
  expect(kept.every((row) => new Set(row).size === 1)).toBe(true);
});

test.each([
  ["2024-01-02", false],
  ["2024-01-02 03:04", false],
  ["2024-01-02T03:04:05.678+01:00", false],
  ["2024-01-02 03:04:05.678+00", false],
  ["23:59:59", false],
  ["1704164645", false],
  ["", true],
  ["2024-13-01", true],
  ["01/02/2024", true],
  ["Jan 2, 2024", true],
  ["2024-01-02T", true],
  ["NULL", true],
])("%j in a column of dates is a misfit: %s", (text, expected) => {
  expect(isMisfit(text, "time")).toBe(expected);
});

test.each([
  ["INTEGER", "number"],
  ["DOUBLE PRECISION", "number"],
  ["DECIMAL(10,2)", "number"],
  ["BOOLEAN", "boolean"],
  ["DATETIME", "time"],
  ["TIMESTAMP", "time"],
  ["VARCHAR(10)", null],
  ["", null],
  ["BLOB", null],
  ["UUID", null],
  ["JSON", null],
  ["STRING", null],
  ["POINT", null],
])("a column declared %s promises %s", (type, expected) => {
  expect(promisedBy(type, affinityOf(type, false))).toBe(expected);
});

test.each([
  ["t", "f"],
  ["TRUE", "FALSE"],
  ["No", "Yes"],
])("the hint for %s and %s makes 1 and 0 of them, and leaves other words", async (one, other) => {
  await database.reset();
  await database.exec('create table t (k integer primary key, "is it" boolean)');
  const cwd = tempDir({ "a.csv": `k,is it\n1,${one}\n2,${other}\n3,\n4,maybe\n` });
  const run = (flags: readonly string[]): Promise<{ readonly stdout: string }> =>
    runUpsurge(["a.csv", "--to", database.url, "--table", "t", "--key", "k", ...flags], { cwd });

  const { stdout } = await run([]);
  const printed = /pass --value '(.*)', which/.exec(stdout)?.[1]?.replaceAll("'\\''", "'") ?? "";
  const again = await run(["--value", printed]);

  const truths = one === "No" ? ["0", "1"] : ["1", "0"];
  expect(await database.rows('select "is it" from t order by k')).toEqual([
    ...truths.map((truth) => [truth]),
    [null],
    ["maybe"],
  ]);
  expect(again.stdout).toContain("1 value for is it (boolean) is neither 0 nor 1");
});

test("the hint for sums of money takes their sign off, and leaves other texts", async () => {
  await database.reset();
  await database.exec("create table t (k integer primary key, n numeric)");
  const cwd = tempDir({ "a.csv": 'k,n\n1,"$1,234.50"\n2,$7\n3,\n4,free\n' });
  const run = (flags: readonly string[]): Promise<{ readonly stdout: string }> =>
    runUpsurge(["a.csv", "--to", database.url, "--table", "t", "--key", "k", ...flags], { cwd });

  const { stdout } = await run([]);
  const printed = /pass --value '(.*)', which/.exec(stdout)?.[1]?.replaceAll("'\\''", "'") ?? "";
  const again = await run(["--value", printed]);

  expect(await database.rows("select n, typeof(n) from t order by k")).toEqual([
    ["1234.5", "real"],
    ["7", "integer"],
    [null, "null"],
    ["free", "text"],
  ]);
  expect(again.stdout).toContain("1 value for n (numeric) is not a number");
});

test("an empty text is made NULL by the flag of the hint", async () => {
  await database.reset();
  await database.exec("create table t (k integer primary key, n integer)");
  const cwd = tempDir({ "a.ndjson": '{"k":1,"n":""}\n' });
  const words = ["a.ndjson", "--to", database.url, "--table", "t", "--key", "k"];

  const { stdout } = await runUpsurge(words, { cwd });
  const again = await runUpsurge([...words, "--empty", "null"], { cwd });

  expect(stdout).toContain("--empty null makes NULL of it");
  expect(again.stdout).not.toContain("warning");
  expect(await database.rows("select n from t")).toEqual([[null]]);
});

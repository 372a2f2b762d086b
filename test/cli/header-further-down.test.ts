/** Headers that are further down, and files that are no CSV to load: what is printed is typed, and loads all records. */
import { expect, test } from "vitest";
import { runUpsurge } from "../helpers/run-upsurge.ts";
import { INTO_ORDERS, orders, shop } from "./shop.ts";

const AFTER = [
  [1, "tea", 2],
  [2, "pot", 1],
];

/** The flags of a fix that begins with them. */
function flagsOf(stderr: string): string[] {
  const [, typed = ""] = /fix: +pass (.*?): line \d+ has names/.exec(stderr) ?? [];
  return typed === "" ? [] : typed.split(" ").map((word) => word.replaceAll("'", ""));
}

test.each([
  ["text before it", "Report of May\nby Ann\n\nid,item,amount\n2,pot,1\n", "--skip-lines 3"],
  ["a comment before it", "# all orders\nid,item,amount\n2,pot,1\n", "--skip-lines 1"],
  ["a sheet's title", "Orders,,\n,,\nid,item,amount\n2,pot,1\n", "--skip-lines 2"],
  ["other delimiters", "Orders\n\nid;item;amount\n2;pot;1\n", "--skip-lines 2 --delimiter ';'"],
])("%s: the lines to pass over are counted", async (_, text, flags) => {
  const cwd = shop({ "in.csv": text });

  const refused = await runUpsurge(["in.csv", ...INTO_ORDERS], { cwd });
  const loaded = await runUpsurge(["in.csv", ...INTO_ORDERS, ...flagsOf(refused.stderr)], { cwd });

  expect(refused.exitCode).toBe(2);
  expect(refused.stderr).toContain(`fix:   pass ${flags}: line `);
  expect(loaded.exitCode, loaded.stderr).toBe(0);
  expect(orders(cwd)).toEqual(AFTER);
});

test("a header of other names is not looked for among the records", async () => {
  const cwd = shop({ "in.csv": "nr,what\nid,pot\nitem,2\n" });

  const { stderr } = await runUpsurge(["in.csv", ...INTO_ORDERS], { cwd });

  expect(stderr).not.toContain("--skip-lines 1");
});

test.each([
  [" id | item | amount \n----+------+--------\n  2 | pot  |      1\n(1 row)\n"],
  ["| id | item | amount |\n|----|:----:|-------:|\n| 2  | pot  | 1      |\n"],
  [
    "+----+------+--------+\n| id | item | amount |\n+----+------+--------+\n|  2 | pot  |      1 |\n",
  ],
  ["┌────┬──────┐\n│ id │ item │\n├────┼──────┤\n│ 2  │ pot  │\n└────┴──────┘\n"],
])("a table drawn for people is told as such: %j", async (text) => {
  const cwd = shop({ "in.csv": text });

  const { exitCode, stderr } = await runUpsurge(["in.csv", ...INTO_ORDERS], { cwd });

  expect(exitCode).toBe(2);
  expect(stderr).toContain("fix:   export it as CSV, with psql --csv");
});

test.each([
  ["a second BOM", "\uFEFF\uFEFFid,item,amount\n2,pot,1\n"],
  [
    "a blank that does not break, and a mark without a width",
    "id,\u00A0item,\u200Bamount\n2,pot,1\n",
  ],
])("%s in names: flags that can be typed, and no --trim that drops nothing", async (_, text) => {
  const cwd = shop({ "in.csv": text });

  const refused = await runUpsurge(["in.csv", ...INTO_ORDERS], { cwd });
  const flags = [...refused.stderr.matchAll(/--map \$'([^']*)'/g)].flatMap(([, map = ""]) => [
    "--map",
    map.replaceAll(/\\u(....)/g, (__, code: string) =>
      String.fromCharCode(Number.parseInt(code, 16)),
    ),
  ]);
  const loaded = await runUpsurge(["in.csv", ...INTO_ORDERS, ...flags], { cwd });

  expect(refused.stderr).not.toContain("--trim");
  expect(loaded.exitCode, refused.stderr + loaded.stderr).toBe(0);
  expect(orders(cwd)).toEqual(AFTER);
});

test("blanks around several names are dropped by the flags of all of them", async () => {
  const cwd = shop({ "in.csv": "id, item,amount \n2,pot,1\n" });

  const { stderr } = await runUpsurge(["in.csv", ...INTO_ORDERS], { cwd });

  expect(stderr).toContain(
    "pass --trim, which drops the blanks around unquoted names and values; or only for these --map ' item:item' --map 'amount :amount'",
  );
});

test.each([
  [
    "a header that is there again",
    "id,item,amount\n2,pot,1\nid,item,amount\n",
    "it is the header again",
  ],
  [
    "a line under the names",
    "id,item,amount\n--,----,------\n2,pot,1\n",
    "it only draws a line under the names",
  ],
  [
    "a BOM between files",
    "id,item,amount\n2,pot,1\n\uFEFF3,cup,6\n",
    "it is where files are joined",
  ],
  ["a word", "id,item,amount\nabc,pot,1\n", 'id takes whole numbers, and no "abc"'],
])("%s is told as such, with its column", async (_, text, said) => {
  const cwd = shop({ "in.csv": text });

  const { exitCode, stderr } = await runUpsurge(["in.csv", ...INTO_ORDERS], { cwd });

  expect(exitCode).toBe(4);
  expect(stderr).toContain(said);
  expect(stderr).toContain('column "id"');
});

test("where --records is known, no command is printed that would find arrays", async () => {
  const text = '{"data":{"items":[{"id":2,"item":"pot","amount":1}]},"next":null}\n';
  const cwd = shop({ "in.json": text });

  const refused = await runUpsurge(["in.json", ...INTO_ORDERS], { cwd });
  const loaded = await runUpsurge(["in.json", ...INTO_ORDERS, "--records", "/data/items"], { cwd });

  expect(refused.stderr).toContain("pass --records /data/items");
  expect(refused.stderr).not.toContain("jq");
  expect(loaded.exitCode, loaded.stderr).toBe(0);
});

test("a text that only begins as JSON does is no place where records are", async () => {
  const cwd = shop({ "in.ndjson": '{"greeting":"{name}, hello","to":"[all]"}\n' });

  const { exitCode, stderr } = await runUpsurge(["in.ndjson", ...INTO_ORDERS], { cwd });

  expect(exitCode, stderr).toBe(2);
  expect(stderr).toContain("PLAN_NO_KNOWN_FIELD");
  expect(stderr).not.toContain("--records");
});

test.each(['{"id":2,}', "{id:2}", '{"id":02}', '{"id":2} # two'])(
  "for JSON that no format reads, none is named: %s",
  async (text) => {
    const cwd = shop({ "in.ndjson": `${text}\n` });

    const { stderr } = await runUpsurge(["in.ndjson", ...INTO_ORDERS], { cwd });

    expect(stderr).toMatch(/^fix: +(?:correct the JSON|take out|write the names)/m);
    expect(stderr).not.toContain("--format");
  },
);

test.each([
  ["COPY public.orders (id, item, amount) FROM stdin;\n2\tpot\t1\n\\.\n"],
  ["INSERT INTO orders VALUES (2,'pot',1);\n"],
  ["--\n-- PostgreSQL database dump\n--\n\nSET client_encoding = 'UTF8';\n"],
  ["PRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;\nCREATE TABLE orders(id);\n"],
])("a script of SQL is no data, and none of it is told to be: %j", async (text) => {
  const cwd = shop({ "in.csv": text });

  const { exitCode, stderr } = await runUpsurge(["in.csv", ...INTO_ORDERS], { cwd });

  expect(exitCode).toBe(2);
  expect(stderr).toContain("fix:   run it with the program of its database");
});

test.each([
  ["single quotes", "'id','item','amount'\n'2','pot, red','1'\n", "'"],
  ["quotes of MySQL's names", "`id`,`item`,`amount`\n`2`,`pot, red`,`1`\n", "`"],
])("names in %s: the flag that reads names and values", async (_, text, quote) => {
  const cwd = shop({ "in.csv": text });

  const refused = await runUpsurge(["in.csv", ...INTO_ORDERS], { cwd });
  const loaded = await runUpsurge(["in.csv", ...INTO_ORDERS, "--quote", quote], { cwd });

  expect(refused.stderr).toMatch(/^fix: +pass --quote \S+: the names are in these quotes/m);
  expect(loaded.exitCode, loaded.stderr).toBe(0);
  expect(orders(cwd)).toEqual([
    [1, "tea", 2],
    [2, "pot, red", 1],
  ]);
});

test("names in quotes of typography: no flag leaves them around the values", async () => {
  const cwd = shop({ "in.csv": "“id”,“item”,“amount”\n“2”,“pot”,“1”\n" });

  const { stderr } = await runUpsurge(["in.csv", ...INTO_ORDERS], { cwd });

  expect(stderr).toMatch(/^fix: +write " for “ and ” in the source/m);
});

test.each(["^", "~"])("names between %s: the flag for the delimiter", async (delimiter) => {
  const text = "id,item,amount\n2,pot,1\n".replaceAll(",", delimiter);
  const cwd = shop({ "in.csv": text });

  const refused = await runUpsurge(["in.csv", ...INTO_ORDERS], { cwd });
  const loaded = await runUpsurge(["in.csv", ...INTO_ORDERS, "--delimiter", delimiter], { cwd });

  expect(refused.stderr).toContain(`fix:   pass --delimiter '${delimiter}'`);
  expect(loaded.exitCode, loaded.stderr).toBe(0);
  expect(orders(cwd)).toEqual(AFTER);
});

/** What a load says of its sources besides their records: a pipe that may have been cut, and a source without a record. */
import { execFileSync, spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { expect, test } from "vitest";
import { runUpsurge } from "../helpers/run-upsurge.ts";
import { INTO_ORDERS, shop } from "./shop.ts";

const WHOLE = "id,item,amount\n1,tea,3\n2,pot,45\n";
const CUT = WHOLE.slice(0, -2);
const WARNING =
  "standard input does not end in a line end: its last record, number 2, may be cut, and is loaded as it is; --require-final-newline refuses such a source";

const COLUMNS = ["--columns", "id,item,amount"];
const HEADER = ["--header", ...COLUMNS];
const NO_HEADER = ["--no-header", ...COLUMNS];

async function warningsOf(
  args: readonly string[],
  { stdin = "", cwd = shop() }: { readonly stdin?: string; readonly cwd?: string } = {},
): Promise<readonly string[]> {
  const { exitCode, stdout, stderr } = await runUpsurge([...args, ...INTO_ORDERS, "--json"], {
    cwd,
    stdin,
  });
  expect(exitCode, stderr).toBe(0);
  const { warnings } = JSON.parse(stdout) as { warnings: string[] };
  return warnings;
}

test("a pipe whose last record has no line end", async () => {
  expect(await warningsOf(["-"], { stdin: CUT })).toEqual([WARNING]);
  expect(await warningsOf(["-"], { stdin: WHOLE })).toEqual([]);
  expect(await warningsOf(["-", "--limit", "1"], { stdin: CUT })).toEqual([]);
  expect(await warningsOf(["-", "--limit", "2"], { stdin: CUT })).toEqual([WARNING]);
  expect(await warningsOf(["-", "--limit", "2"], { stdin: WHOLE })).toEqual([]);
  // The flag that is named does what is said of it.
  const refused = await runUpsurge(["-", "--require-final-newline", ...INTO_ORDERS], {
    cwd: shop(),
    stdin: CUT,
  });
  expect(refused.exitCode).toBe(4);
  expect(refused.stderr).toContain("SOURCE_INCOMPLETE");
});

test("a pipe of one record, without a header: half of it overwrites a row as well", async () => {
  const flags = ["-", ...NO_HEADER];
  expect(await warningsOf(flags, { stdin: "1,tea,3" })).toEqual([
    WARNING.replace("number 2", "number 1"),
  ]);
  expect(await warningsOf(flags, { stdin: "1,tea,35\n" })).toEqual([]);
});

test("the summary shows it", async () => {
  const { exitCode, stdout } = await runUpsurge(["-", ...INTO_ORDERS], { cwd: shop(), stdin: CUT });
  expect(exitCode).toBe(0);
  expect(stdout).toContain(`warning: ${WARNING}\n`);
});

test("NDJSON that parses is not cut, and files often end so", async () => {
  const lines = '{"id":1,"item":"tea","amount":3}\n{"id":2,"item":"pot","amount":4}';
  expect(await warningsOf(["-"], { stdin: lines })).toEqual([]);
  const cwd = shop();
  writeFileSync(join(cwd, "cut.csv"), CUT);
  expect(await warningsOf(["cut.csv"], { cwd })).toEqual([]);
});

test.runIf(process.platform === "linux")("a named pipe is a pipe", async () => {
  const cwd = shop();
  execFileSync("mkfifo", [join(cwd, "pipe.csv")]);
  writeFileSync(join(cwd, "cut.csv"), CUT);
  const writing = ["-c", "cat cut.csv > pipe.csv &"];
  expect(spawnSync("sh", writing, { cwd, stdio: "ignore" }).status).toBe(0);
  expect(await warningsOf(["pipe.csv"], { cwd })).toEqual([
    WARNING.replace("standard input", "pipe.csv"),
  ]);
});

test.each([
  ["comments alone", "id,item,amount\n#1,tea,3\n#2,pot,4", ["--comment", "#"], "2 lines passed"],
  ["skipped lines alone", "1,tea,3\n2,pot,4\n", ["--skip-lines", "5"], "2 lines passed"],
  ["a header without its end", "id,item,amount", [], "its only line has no line end"],
  ["only blank lines", "\n\r\n\n", [], "only blank lines"],
  ["blank lines, and no header", "\n\n", NO_HEADER, "only blank lines"],
  ["one line, passed over", "2,pot,4\n", HEADER, "line 1 is passed over (--header)"],
])("a source that is not empty, and has no record: %s", async (_, content, flags, said) => {
  const cwd = shop();
  writeFileSync(join(cwd, "none.csv"), content);
  const [warning = "", ...more] = await warningsOf(["none.csv", ...flags], { cwd });
  expect(warning).toContain("no record in none.csv");
  expect(warning).toContain(said);
  expect(more).toEqual([]);
});

test("a header alone, and a comment before it, are nothing to warn of", async () => {
  const cwd = shop();
  for (const content of ["id,item,amount\n", "#made today\nid,item,amount\n\n"]) {
    writeFileSync(join(cwd, "none.csv"), content);
    expect(await warningsOf(["none.csv", "--comment", "#"], { cwd })).toEqual([]);
  }
});

test("names that are there twice in one JSON object: the last value counts, and the first is told", async () => {
  const twice = '{"id":1,"item":"a","amount":1}\n{"id":2,"item":"b","item":"c"}\n';
  expect(await warningsOf(["-", "-f", "ndjson"], { stdin: twice })).toEqual([
    'standard input: 1 record has a name twice in an object, "item" in line 2; the last value counts',
  ]);
  const more = `${twice}{"amount":1,"id":3,"item":"c","amount":2,"item":"d"}\n`;
  expect(await warningsOf(["-", "-f", "ndjson"], { stdin: more })).toEqual([
    'standard input: 2 records have a name twice in an object, the first "item" in line 2; the last value counts',
  ]);
  const item = `"item":"x","amount":1`;
  const document = `[{"id":1,${item}},\n{"id":2,"\\u0069d":3,${item}}]\n`;
  expect(await warningsOf(["-", "-f", "json"], { stdin: document })).toEqual([
    'standard input: 1 record has a name twice in an object, "id" in line 2; the last value counts',
  ]);
});

test("values beyond the header that are dropped are counted, a delimiter at the end is not", async () => {
  const ignore = ["--extra-fields", "ignore"];
  const text = "id,item,amount\n1,tea,3,x\n2,pot,45,\n3,cup,5,y,z\n";
  expect(await warningsOf(["-", ...ignore], { stdin: text })).toEqual([
    "standard input: 2 records have more values than the header has fields, the first in line 2; --extra-fields ignore drops them",
  ]);
  expect(await warningsOf(["-", ...ignore, "--limit", "1"], { stdin: text })).toEqual([
    "standard input: 1 record has more values than the header has fields, in line 2; --extra-fields ignore drops them",
  ]);
});

const MARK = "\uFEFF";
const CODES = ["--to", "codes.db", "--table", "codes", "--key", "code"];

/** Loads a file of two texts a record; tells the warnings and the codes that are in the table. */
async function joined(
  content: string | Uint8Array,
  flags: readonly string[] = [],
  name = "codes.csv",
): Promise<{ readonly warnings: readonly string[]; readonly codes: readonly string[] }> {
  const cwd = shop();
  const database = new Database(join(cwd, "codes.db"));
  database.exec("create table codes(code text primary key, label text)");
  writeFileSync(join(cwd, name), content);
  const { exitCode, stdout, stderr } = await runUpsurge([name, ...CODES, ...flags, "--json"], {
    cwd,
  });
  expect(exitCode, stderr).toBe(0);
  const { warnings } = JSON.parse(stdout) as { warnings: string[] };
  const codes = database.prepare("select code from codes order by rowid").pluck().all() as string[];
  database.close();
  return { warnings, codes };
}

const REMEDY = "as where files are joined; take the line out, or name the files one by one";

test("joined files: the header again is data, and is told", async () => {
  const one = await joined("code,label\na,1\ncode,label\nb,2\n");
  expect(one.codes).toEqual(["a", "code", "b"]);
  expect(one.warnings).toEqual([
    `codes.csv: 1 record is the header again, and data, in line 3, ${REMEDY}`,
  ]);
  const several = `${MARK}code,label\r\na,1\r\n${MARK}code,label\r\nb,2\r\n${MARK}code,label`;
  expect((await joined(several)).warnings).toEqual([
    `codes.csv: 2 records are the header again, and data, the first in line 3, ${REMEDY.replace("line", "lines")}`,
  ]);
  // What only begins like the header is another record.
  expect((await joined("code,label\na,1\ncode,labels\ncod,e\n")).warnings).toEqual([]);
});

test.each([
  ["as it is", []],
  ["on the slow path", ["--trim"]],
  ["in another encoding", ["--encoding", "windows-1252"]],
])("joined files, read %s: a byte order mark within is kept, and told", async (_, flags) => {
  const lines = `a,1\n${MARK}b,2\n${MARK}c,3\nd,${MARK}4\n`;
  const { warnings } = await joined(lines, ["--no-header", "--columns", "code,label", ...flags]);
  expect(warnings).toEqual([
    "codes.csv: 2 records begin with a byte order mark, a part of the value, the first in line 2, as where files are joined; take it out, or name the files one by one",
  ]);
});

test.each([
  ["a value", "code,label\r\na,1\u001A"],
  ["a record of one field", "code\r\na\r\n\u001A"],
])("Ctrl-Z at the end, as a part of %s", async (_, text) => {
  expect((await joined(text)).warnings).toEqual([
    "codes.csv ends in Ctrl-Z, as files of DOS do; it is a part of the last value: take it out",
  ]);
});

test("zeros at the end; those of UTF-16 are no zeros", async () => {
  expect((await joined(`code\na\n${"\0".repeat(9)}`)).warnings).toEqual([
    "codes.csv ends in a zero byte, as what a crash leaves does; it is a part of the last value: take it out",
  ]);
  const wide = "\uFEFFcode,label\na,1\n";
  expect((await joined(Buffer.from(wide, "utf16le"))).warnings).toEqual([]);
});

test("\\N is told where it is a field, and no flag says what it means", async () => {
  const text = "code,label\na,\\N\nb,x\\N\nc,1\n";
  expect((await joined(text)).warnings).toEqual([
    "codes.csv: a field is \\N, as MySQL and COPY write NULL, in line 2, and is read as these letters; --null '\\N' makes NULL of it",
  ]);
  for (const flags of [
    ["--null", "\\N"],
    ["--null-in", "label=\\N"],
  ])
    expect((await joined(text, flags)).warnings).toEqual([]);
  expect((await joined('code,label\na,x\\N\n"b","\\N"\n')).warnings).toEqual([]);
});

test("\\N is told wherever the first of them is, on both reading paths", async () => {
  const lines = Array.from({ length: 200_000 }, (_, at) => `${at},${"x".repeat(20)}\n`);
  for (const odd of ["", '0,"a ""quote"""\n']) {
    const text = `code,label\n${odd}${lines.join("")}a,\\N\nb,\\N\n`;
    const line = lines.length + (odd === "" ? 2 : 3);
    expect((await joined(text)).warnings).toEqual([
      expect.stringContaining(
        `as MySQL and COPY write NULL, in line ${line.toString()}, and is read`,
      ),
    ]);
  }
  expect((await joined('code,label\n"b ""x""",\\N\n')).warnings).toEqual([
    expect.stringContaining("in line 2,"),
  ]);
});

test("a document that is written by columns is told, where it is one record", async () => {
  const warning =
    'codes.json seems to be written by columns, as pandas does, and is read as one record: write it with to_json(orient="records")';
  const byColumns = '{"code":{"0":"a","1":"b"},"label":{"0":"x","1":"y"}}';
  expect((await joined(byColumns, [], "codes.json")).warnings).toEqual([warning]);
  const arrays = '{"code":["a","b"],"label":["x","y"]}';
  expect((await joined(arrays, [], "codes.json")).warnings).toEqual([warning]);
  for (const text of [
    '{"code":["a","b"],"label":["x"]}',
    '{"code":["a"],"label":["x"]}',
    '{"code":"a","label":{"0":1}}',
    `[${byColumns}]`,
    `${byColumns}{"code":"b"}`,
  ]) {
    expect((await joined(text, [], "codes.json")).warnings).toEqual([]);
  }
});

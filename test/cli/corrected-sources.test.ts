/** Sources that are corrected by a command that a fix prints: a shell runs it as it stands, and what it writes is loaded. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import Database from "better-sqlite3";
import { describe, expect, test } from "vitest";
import { runUpsurge } from "../helpers/run-upsurge.ts";
import type { RunResult } from "../helpers/run-upsurge.ts";
import { tempDir } from "../helpers/temp-dir.ts";

/** A folder with a database that has the table t of texts, whose key takes whatever is read. */
function folder(files: Readonly<Record<string, string>>): string {
  const cwd = tempDir(files);
  const db = new Database(join(cwd, "t.db"));
  db.exec("create table t (code text primary key, label text)");
  db.close();
  return cwd;
}

async function load(
  cwd: string,
  source: string,
  flags: readonly string[] = [],
): Promise<RunResult> {
  const args = [source, "--to", "t.db", "--table", "t", "--key", "code", ...flags];
  return await runUpsurge(args, { cwd });
}

function rows(cwd: string): unknown[] {
  const db = new Database(join(cwd, "t.db"), { readonly: true });
  const all = db.prepare("select code, label from t order by code").raw().all();
  db.close();
  return all;
}

const BOTH = [
  ["a", "1"],
  ["b", "2"],
];

const hasJq = spawnSync("jq", ["--version"]).status === 0;

const COMMANDS: readonly (readonly [string, string, string, string])[] = [
  ["Ctrl-Z at the end", "in.csv", "code,label\r\na,1\r\nb,2\r\n\u001A", "tr -d '\\032'"],
  ["Ctrl-Z in a line", "in.csv", "code,label\r\na,1\r\nb,2\r\n\u001A\r\n", "tr -d '\\032'"],
  ["zeros at the end", "in.csv", `code,label\na,1\nb,2\n${"\0".repeat(99)}`, "tr -d '\\000'"],
  ["a count of rows", "in 1.csv", "code,label\na,1\nb,2\n(2 rows)\n", "sed 4d"],
  ["a note after a blank line", "in.csv", "code,label\na,1\nb,2\n\nmade in May\n", "sed 5d"],
  [
    "a comma after a record",
    "in.ndjson",
    '{"code":"a","label":"1"},\n{"code":"b","label":"2"},\n',
    "sed",
  ],
  [
    "commas between documents",
    "in.json",
    '{"code":"a","label":"1"},\n{"code":"b","label":"2"},\n',
    "sed",
  ],
  ["the same, on one line", "in.json", '{"code":"a","label":"1"},{"code":"b","label":"2"}', "sed"],
  [
    "text sequences",
    "in.ndjson",
    '\u001E{"code":"a","label":"1"}\n\u001E{"code":"b","label":"2"}\n',
    "tr",
  ],
  [
    "events of a server",
    "in.ndjson",
    'data: {"code":"a","label":"1"}\n\ndata: {"code":"b","label":"2"}\n',
    "sed",
  ],
  [
    "records within lines of a log",
    "in.ndjson",
    'INFO {"code":"a","label":"1"}\nstarted\nINFO {"code":"b","label":"2"};\n',
    "sed",
  ],
  ["lines in quotes as a whole", "in.csv", '"code,label"\r\n"a,""1"""\r\n"b,2"\r\n', "sed"],
  [
    "logs between records",
    "in.ndjson",
    '{"code":"a","label":"1"}\nstarted\n{"code":"b","label":"2"}\n',
    "grep",
  ],
  ...(hasJq ? withJq() : []),
];

function withJq(): readonly (readonly [string, string, string, string])[] {
  const [a, b] = ['{"code":"a","label":"1"}', '{"code":"b","label":"2"}'].map((text) =>
    JSON.stringify(text),
  );
  return [
    ["JSON in texts", "in.ndjson", `${a}\n${b}\n`, "jq"],
    [
      "arrays of records in an array",
      "in.json",
      '[[{"code":"a","label":"1"}],[{"code":"b","label":"2"}]]',
      "jq",
    ],
    ["JSON in texts of an array", "in.json", `[${a},${b}]`, "jq"],
    [
      "arrays in lines",
      "in.ndjson",
      '{"code":"a","label":"1"}\n[{"code":"b","label":"2"}]\n',
      "jq",
    ],
    ["names in the first line", "in.ndjson", '["code","label"]\n["a","1"]\n["b","2"]\n', "jq"],
  ];
}

describe.runIf(process.platform !== "win32")("a command that corrects", () => {
  test.each(COMMANDS)("%s", async (_, file, text, command) => {
    const cwd = folder({ [file]: text });

    const refused = await load(cwd, file);
    const fix = /^fix: +(.*)$/m.exec(refused.stderr)?.[1] ?? "";
    const [, printed = ""] = /`([^`]+)`, and load that file/.exec(fix) ?? [];
    const [, written = ""] = / > '?([^']*\.corrected\.[^']*)'?$/.exec(printed) ?? [];
    const ran = spawnSync("bash", ["-c", printed], { cwd, encoding: "utf8" });
    const loaded = await load(cwd, written);

    expect([2, 4], refused.stderr).toContain(refused.exitCode);
    expect(printed).toContain(command);
    expect([ran.status, ran.stderr]).toEqual([0, ""]);
    expect(loaded.exitCode, loaded.stderr).toBe(0);
    expect(rows(cwd)).toEqual(BOTH);
  });

  test("no command is printed for what it would not read", async () => {
    const cwd = tempDir({});
    const wide = Buffer.from("code,label\na,1\n(1 row)\n", "utf16le");
    const { stderr } = await runUpsurge(
      ["-", "--to", "t.db", "--create", "--table", "t", "--encoding", "utf-16le"],
      { cwd, stdin: wide },
    );

    expect(stderr).toMatch(
      /^fix: +take the line out, if it is a note and no record; or, if it is a record,/m,
    );
  });
});

test.runIf(hasJq)("a record with all values of a column in each member", async () => {
  const cwd = tempDir({ "in.json": '{"code":[1,2],"label":["x","y"]}' });
  new Database(join(cwd, "t.db")).exec("create table t (code integer primary key, label)").close();

  const refused = await load(cwd, "in.json");
  const [, printed = ""] = /`([^`]+)`, and load that file/.exec(refused.stderr) ?? [];
  spawnSync("bash", ["-c", printed], { cwd });
  const loaded = await load(cwd, "in.json.corrected.ndjson");

  expect(refused.exitCode, refused.stdout).toBe(4);
  expect(loaded.exitCode, printed + loaded.stderr).toBe(0);
  expect(rows(cwd)).toEqual([
    [1, "x"],
    [2, "y"],
  ]);
});

test("the end of COPY's data: the flag of the fix", async () => {
  const cwd = folder({ "in.csv": "code,label\na,1\nb,2\n\\.\n" });

  const refused = await load(cwd, "in.csv");
  const loaded = await load(cwd, "in.csv", ["--comment", "\\."]);

  expect(refused.stderr).toContain("fix:   pass --comment '\\.'");
  expect(loaded.exitCode, loaded.stderr).toBe(0);
  expect(rows(cwd)).toEqual(BOTH);
});

test.each([
  [
    "a mark where files were joined",
    '{"code":"a"}\n\uFEFF{"code":"b"}\n',
    "name the files one by one",
  ],
  ["names without quotes", '{code:"a"}\n', "names in double quotes"],
  ["undefined", '{"code":"a","label":undefined}\n', "null for undefined"],
  ["a comma at the end of an object", '{"code":"a",}\n', "the comma before }"],
  ["a comma at the end of an array", '{"code":"a","label":[1,]}\n', "the comma before ]"],
  ["a comment", '{"code":"a" /* b */}\n', "take the comments out"],
  ["a line of comment", '// a\n{"code":"a"}\n', "take the comments out"],
  ["a tab within a text", '{"code":"a\tb"}\n', "write \\t for a tab"],
])("JSON that is none, %s: what JSON lacks is told", async (_, text, fix) => {
  const lines = await load(folder({ "in.ndjson": text }), "in.ndjson");

  expect(lines.stderr).toContain("ROW_JSON");
  expect(/^fix: .*$/m.exec(lines.stderr)?.[0]).toContain(fix);
});

test("a mark before a quoted field is told, and not its quotes", async () => {
  const text = '"code","label"\n"a","1"\n\uFEFF"code","label"\n"b","2"\n';
  const { stderr } = await load(folder({ "in.csv": text }), "in.csv");

  expect(stderr).toContain("ROW_QUOTES");
  expect(stderr).toMatch(/^fix: .*name the files one by one/m);
});

test("a formula of Excel for a text is told", async () => {
  const { stderr } = await load(folder({ "in.csv": 'code,label\n="01",x\n' }), "in.csv");

  expect(stderr).toMatch(/^fix: +take the = before the quotes out/m);
});

test.runIf(process.platform !== "win32").each([
  ["a total under the records", "id,n\n1,2\n2,3\nTotal,5\n", "sed 4d"],
  ["types under the names", "id,n\nint,numeric\n1,2\n2,3\n", "sed 2d"],
])("%s: the command takes the line out", async (_, text, command) => {
  const cwd = tempDir({ "in.csv": text });
  const db = new Database(join(cwd, "t.db"));
  db.exec("create table t (id integer primary key, n numeric)");
  const args = ["--to", "t.db", "--table", "t", "--key", "id"];

  const refused = await runUpsurge(["in.csv", ...args], { cwd });
  const [, printed = ""] = /`([^`]+)`, and load that file/.exec(refused.stderr) ?? [];
  spawnSync("bash", ["-c", printed], { cwd });
  const loaded = await runUpsurge(["in.csv.corrected.csv", ...args], { cwd });

  expect(printed).toContain(command);
  expect(loaded.exitCode, loaded.stderr).toBe(0);
  expect(db.prepare("select id, n from t order by id").raw().all()).toEqual([
    [1, 2],
    [2, 3],
  ]);
  db.close();
});

test.each([
  ["names and values in quotes", [], '"code";"label"\n"a";"1"\n"b";"2"\n'],
  [
    "values in quotes, and no header",
    ["--no-header", "--columns", "code,label"],
    '"a";"1"\n"b";"2"\n',
  ],
])("another delimiter between %s: the flag for it", async (_, flags, text) => {
  const cwd = folder({ "in.csv": text });

  const refused = await load(cwd, "in.csv", flags);
  const loaded = await load(cwd, "in.csv", [...flags, "--delimiter", ";"]);

  expect(refused.stderr).toMatch(/^fix: +pass --delimiter ';'/m);
  expect(loaded.exitCode, loaded.stderr).toBe(0);
  expect(rows(cwd)).toEqual(BOTH);
});

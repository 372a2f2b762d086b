/** Sources that are something else than CSV or JSON are called what they are, with the command that helps. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import Database from "better-sqlite3";
import { expect, test } from "vitest";
import { runUpsurge } from "../helpers/run-upsurge.ts";
import type { RunResult } from "../helpers/run-upsurge.ts";
import { tempDir } from "../helpers/temp-dir.ts";

/** A folder with a database that has the table t (id, name). */
function folder(files: Readonly<Record<string, string | Uint8Array>>): string {
  const cwd = tempDir(files);
  const db = new Database(join(cwd, "t.db"));
  db.exec("create table t (id integer primary key, name text)");
  db.close();
  return cwd;
}

async function load(cwd: string, source: string, ...flags: string[]): Promise<RunResult> {
  return await runUpsurge([source, "--to", "t.db", "--table", "t", ...flags], { cwd });
}

const bytes = (...parts: readonly (string | readonly number[])[]): Uint8Array =>
  Buffer.concat(
    parts.map((part) =>
      typeof part === "string" ? Buffer.from(part, "latin1") : Buffer.from(part),
    ),
  );

const FOREIGN: readonly (readonly [string, Uint8Array, RegExp, RegExp])[] = [
  [
    "a.zip",
    bytes("PK", [3, 4], "\u0014\0\0\0data.csv"),
    /a zip archive/,
    /unzip -p a\.zip \| upsurge -/,
  ],
  ["b.csv", bytes("PK", [3, 4], "\u0014\0\0\0xl/workbook.xml"), /an Excel workbook/, /as CSV/],
  ["c.csv.xz", bytes([0xfd], "7zXZ", [0, 0, 4]), /xz/, /xz -dc c\.csv\.xz \| upsurge -/],
  ["d e.bz2", bytes("BZh91AY&SY", [1, 2]), /bzip2/, /bzip2 -dc 'd e\.bz2' \| upsurge -/],
  ["f.csv", bytes("PAR1", [0x15, 4, 0x15]), /a Parquet file/, /duckdb -c/],
  ["g.csv", bytes("\n<!DOCTYPE html>\n<html>"), /a web page \(HTML\)/, /get the file again/],
  [
    "h.csv",
    bytes("version https://git-lfs.github.com/spec/v1\noid x\n"),
    /Git LFS/,
    /git lfs pull --include h\.csv/,
  ],
  ["i.csv", gzipSync("<html></html>"), /a web page \(HTML\)/, /get the file again/],
  [
    "j.csv",
    bytes("i\0d\0,\0n\0a\0m\0e\0\n\0", "1\0,\0a\0\n\0"),
    /UTF-16LE without a byte order mark/,
    /--encoding utf-16le/,
  ],
  ["k.xls", bytes([0xd0, 0xcf, 0x11, 0xe0, 0xa1]), /old Excel/, /as CSV/],
  ["l.csv", bytes("SQLite format 3\0"), /an SQLite database/, /sqlite3 -csv -header l\.csv/],
  ["m.csv", bytes("%PDF-1.7"), /a PDF/, /get the file again/],
];

test.each(FOREIGN)("%s", async (name, content, kind, fix) => {
  const cwd = folder({ [name]: content });

  const { stderr, exitCode } = await load(cwd, name);
  const inspected = await runUpsurge(["inspect", name], { cwd });

  expect(exitCode).toBe(6);
  expect(stderr).toContain("SOURCE_KIND");
  expect(/^error: .*/m.exec(stderr)?.[0]).toMatch(kind);
  expect(/^fix: .*/m.exec(stderr)?.[0]).toMatch(fix);
  expect(inspected.exitCode).toBe(6);
});

test.each([
  ["https://example.com/a.csv", /curl -fsSL https:\/\/example\.com\/a\.csv \| upsurge -/],
  ["s3://bucket/a b.csv", /aws s3 cp 's3:\/\/bucket\/a b\.csv' - \| upsurge -/],
  ["file:///data/a.csv", /by its path: \/data\/a\.csv/],
  ["postgres://app@db/shop", /the database goes to --to/],
])("%s is no file", async (source, fix) => {
  const { stderr, exitCode } = await load(folder({}), source);
  expect(exitCode).toBe(6);
  expect(stderr).toMatch(fix);
});

test("names that look like magic are names", async () => {
  for (const header of ["PAR1,PAR2", "BZh9,x", "ORC,id", "version,id"]) {
    const cwd = folder({ "a.csv": `${header}\n1,2\n` });
    const { stderr } = await load(cwd, "a.csv");
    expect(stderr, header).not.toContain("SOURCE_KIND");
  }
});

test("Excel's first line is named with the flags that read it, and inspect reads with them", async () => {
  for (const [delimiter, flag] of [
    [";", "--delimiter ';'"],
    ["\t", "--delimiter '\\t'"],
  ] as const) {
    const text = `sep=${delimiter}\r\nid${delimiter}name\r\n1${delimiter}a\r\n`;
    const cwd = folder({ "a.csv": text });

    const refused = await load(cwd, "a.csv");
    const typed = ["--skip-lines", "1", "--delimiter", delimiter];
    const loaded = await load(cwd, "a.csv", ...typed);
    const inspected = await runUpsurge(["inspect", "a.csv"], { cwd });

    expect(refused.stderr).toContain(`pass --skip-lines 1 ${flag}`);
    expect(loaded.exitCode, loaded.stderr).toBe(0);
    expect(inspected.stdout).toContain(`read with --skip-lines 1 ${flag}`);
    expect(inspected.stdout).toMatch(/^ {2}name +text +a$/m);
  }
});

test("inspect splits a header of one field by the delimiter it shows, and says so", async () => {
  const cwd = folder({
    "a.csv": "id|name\n1|a\n",
    "b.csv": "id;name\n1;a\n",
    "one.csv": "id\n1\n",
  });

  const piped = await runUpsurge(["inspect", "-"], { stdin: "id|name\n1|a\n" });

  expect((await runUpsurge(["inspect", "a.csv"], { cwd })).stdout).toMatch(
    /name +text +a\n[^]*read with --delimiter '\|'/,
  );
  expect((await runUpsurge(["inspect", "b.csv"], { cwd })).stdout).toContain("--delimiter ';'");
  expect((await runUpsurge(["inspect", "one.csv"], { cwd })).stdout).not.toContain("--delimiter");
  expect(piped.stdout).toContain("the header looks as if it wants --delimiter '|'");
});

test("records inside of a document are taken out by the command that is printed", async () => {
  const cwd = folder({
    "a.json": '{"data":[{"id":1,"name":"a"},{"id":2,"name":"b"}],"total":2}',
    "e.json": '{"error":"rate limit","code":429}',
  });

  const { stderr } = await load(cwd, "a.json");
  const service = await load(cwd, "e.json");

  expect(stderr).toContain("jq -c '.data[]' a.json | upsurge - --format ndjson");
  expect(service.stderr).toContain("the error that a service has answered with");
});

test("an answer of a service in a file for CSV is called an error, and other JSON gets the format that reads it", async () => {
  const answers = [
    '{"error":"rate limit","code":429}\n',
    '{\n  "errors": [{"reason": "gone"}]\n}\n',
    '{"message":"Not Found","status":"404"}',
  ];
  for (const text of answers) {
    const { stderr, exitCode } = await load(folder({ "a.csv": text }), "a.csv");
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining("a service has answered with")]);
  }
  for (const [text, format] of [
    ['{"id":1,"name":"a"}\n{"id":2,"name":"b"}\n', "ndjson"],
    ['[{"id":1,"name":"a"},{"id":2,"name":"b"}]', "json"],
    ['[\n{"id":1,"name":"a"},\n{"id":2,"name":"b"}\n]\n', "json"],
    ['{\n "id":1,\n "name":"a"\n}\n{"id":2,"name":"b"}\n', "json"],
  ] as const) {
    const cwd = folder({ "a.csv": text });
    const { stderr } = await load(cwd, "a.csv");
    expect(stderr).toContain(`it looks like JSON: pass --format ${format}\n`);
    const loaded = await load(cwd, "a.csv", "--format", format);
    expect(loaded.stdout).toContain("inserted  2");
  }
  const bracketed = folder({ "a.csv": "[id],{name}\n1,a\n" });
  const mapped = await load(bracketed, "a.csv", "--map", "[id]:id", "--map", "{name}:name");
  expect(mapped.exitCode, mapped.stderr).toBe(0);
});

test("an array in a file for NDJSON is read as the array it is, unless --format says otherwise", async () => {
  const rows = '{"id":1,"name":"a"},\n{"id":"x"},\n{"id":2,"name":"b"}';
  for (const text of [`[\n${rows}\n]\n`, `\n [${rows}]`]) {
    const cwd = folder({ "a.ndjson": text });
    const ran = await load(cwd, "a.ndjson", "--key", "id", "--max-rejects", "1");
    expect([ran.exitCode, ran.stdout]).toEqual([3, expect.stringMatching(/inserted +2/)]);
    const again = await load(cwd, "a.ndjson.rejects.json", "--key", "id");
    expect(again.stderr).toContain("a.ndjson.rejects.json, record 1, line 1");
  }
  const several = folder({ "a.ndjson": '[{"id":1}]\n[{"id":2}]\n', "b.ndjson": "[\n{}\n]\n" });
  expect((await load(several, "a.ndjson")).stderr).toContain("then .[] else . end' < a.ndjson");
  expect((await load(several, "b.ndjson", "--format", "ndjson")).stderr).toContain("ROW_JSON");
});

test.each([
  ["a member around each record", '{"user":{"id":1,"name":"a"}}\n', ""],
  ["Elasticsearch", '{"_index":"x","_source":{"id":1,"name":"a","x":2}}\n', " and drops the rest"],
  [
    "a change",
    '{"before":{"id":1,"name":"z"},"after":{"id":1,"name":"a"}}\n',
    " and drops the rest",
  ],
  ["Debezium", '{"before":null,"after":{"id":1,"name":"a"},"op":"c"}\n', " and drops the rest"],
  [
    "a string that only looks like JSON",
    '{"a":"{x","b":{"id":1,"name":"a"}}\n',
    " and drops the rest",
  ],
])("records inside of others, %s: flags for their members", async (_, text, drops) => {
  const cwd = folder({ "a.ndjson": text });

  const refused = await load(cwd, "a.ndjson");
  const [, typed = "", does] =
    /fix: +pass (.*), which takes the members of \S+ that have columns(.*?); or /.exec(
      refused.stderr,
    ) ?? [];
  const loaded = await load(
    cwd,
    "a.ndjson",
    ...typed.split(" ").map((word) => word.replaceAll("'", "")),
  );

  expect([refused.exitCode, does]).toEqual([2, drops]);
  expect(loaded.exitCode, loaded.stderr).toBe(0);
  const db = new Database(join(cwd, "t.db"), { readonly: true });
  expect(db.prepare("select id, name from t").raw().all()).toEqual([[1, "a"]]);
  db.close();
});

test("a record in a text is no record inside of another", async () => {
  const text = `${JSON.stringify({ log: '{"id":1,"name":"a"}', stream: "stdout" })}\n`;
  const { stderr } = await load(folder({ "a.ndjson": text }), "a.ndjson");

  expect(stderr).toContain("PLAN_NO_KNOWN_FIELD");
  expect(stderr).not.toContain("which takes the members");
});

test("records by their keys are not taken for one", async () => {
  const text = '{"k1":{"id":1,"name":"a"},"k2":{"id":2,"name":"b"}}';
  const { stderr } = await load(folder({ "a.json": text }), "a.json");

  expect(stderr).toContain("PLAN_NO_KNOWN_FIELD");
  expect(stderr).not.toContain("which takes the members");
});

test("messages of Singer, of which some are no records", async () => {
  const text = [
    { type: "SCHEMA", stream: "t", schema: {} },
    { type: "RECORD", stream: "t", record: { id: 1, name: "a" } },
    { type: "STATE", value: {} },
  ].map((each) => JSON.stringify(each));

  const { stderr } = await load(folder({ "a.ndjson": text.join("\n") }), "a.ndjson");

  expect(stderr).toContain(`jq -c 'select(.type == "RECORD") | .record' a.ndjson | upsurge -`);
});

test("lines that say what is done with the next one are told from records", async () => {
  const lines = [
    '{"index":{"_id":"1"}}',
    '{"id":1,"name":"a"}',
    '{"index":{"_id":"2"}}',
    '{"id":2}',
  ];
  const cwd = folder({ "a b.ndjson": `${lines.join("\n")}\n` });
  const { stderr, exitCode } = await load(cwd, "a b.ndjson");
  expect(exitCode).toBe(2);
  expect(stderr).toContain(
    `jq -c 'select(keys != ["index"])' 'a b.ndjson' | upsurge - --format ndjson with the same options`,
  );
});

test("a file that is said to be UTF-16, and is not", async () => {
  const cwd = folder({
    "a.csv": "id,name\n1,Ann\n",
    "b.csv": Buffer.from("id,name\n1,é\n", "utf16le"),
  });

  const refused = await load(cwd, "a.csv", "--encoding", "utf-16");
  const without = await load(cwd, "a.csv");
  const wide = await load(cwd, "b.csv", "--encoding", "utf-16", "--key", "id");

  expect(refused.stderr).toMatch(/SOURCE_KIND\n.*\nfix: +leave --encoding out/);
  expect([refused.exitCode, without.exitCode, wide.exitCode]).toEqual([6, 0, 0]);
});

test("half of a surrogate pair in UTF-16 is to be corrected: no encoding reads it", async () => {
  const text = "id,name\n1,a\ud83db\n";
  const bytes = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, "utf16le")]);
  const cwd = folder({ "a.csv": bytes });

  const { stderr } = await load(cwd, "a.csv");

  expect(stderr).toContain("ROW_ENCODING");
  expect(stderr).toMatch(/fix: +correct the record: half of a surrogate pair is no character/);
});

test("half of a pair in three bytes is no sign of another encoding", async () => {
  const bytes = Buffer.from("id,name\n1,\xc3\xa9 \xed\xa0\xbd\n", "latin1");
  const cwd = folder({ "a.csv": bytes });

  const { stderr } = await load(cwd, "a.csv");
  const header = await load(folder({ "a.csv": bytes.subarray(8) }), "a.csv");

  expect(stderr).toMatch(/fix: +correct the record: half of a surrogate pair is no character/);
  expect(header.stderr).toMatch(/fix: +correct the header: half of a surrogate pair/);
});

test("pairs of surrogates in three bytes each, as Oracle and Java write them, are CESU-8", async () => {
  const bytes = Buffer.from("id,name\n1,\xed\xa0\xbd\xed\xb8\x80\n", "latin1");
  const cwd = folder({ "a.csv": bytes });

  const refused = await load(cwd, "a.csv");
  const loaded = await load(cwd, "a.csv", "--encoding", "cesu-8");

  expect(refused.stderr).toContain("probably --encoding cesu-8");
  expect(loaded.exitCode).toBe(0);
  const db = new Database(join(cwd, "t.db"), { readonly: true });
  expect(db.prepare("select id, name from t").raw().all()).toEqual([[1, "😀"]]);
  db.close();
});

test.each([
  ["utf8mb4", "leave --encoding out"],
  ["utf_8_sig", "leave --encoding out"],
  ["65001", "leave --encoding out"],
  ["auto", "leave --encoding out"],
  ["ANSI", "pass --encoding windows-1252"],
  ["Unicode", "pass --encoding utf-16le"],
  ["klingon", "pass a name such as utf-8"],
])("the encoding that others call %s", async (name, fix) => {
  const { stderr } = await load(folder({ "a.csv": "id\n1\n" }), "a.csv", "--encoding", name);

  expect(stderr).toContain("SOURCE_ENCODING");
  expect(stderr).toContain(fix);
  expect(stderr).toContain("\nwhere: --encoding\n");
});

/** What a shell prints for the command that a fix has in it, up to `ends`. */
function printed(stderr: string, cwd: string, ends: string): string {
  const begin = stderr.indexOf("jq -c");
  const command = stderr.slice(begin, stderr.indexOf(ends, begin));
  return spawnSync("bash", ["-c", command], { cwd, encoding: "utf8" }).stdout;
}

test.runIf(spawnSync("jq", ["--version"]).status === 0)(
  "names and values that are apart in JSON are put together by the command of the fix",
  async () => {
    const split = folder({ "a.json": '{"columns":["id","name"],"index":[0],"data":[[1,"a"]]}' });
    const rows = folder({ "a.json": '[["id","name"],[1,"a"]]' });

    const ofSplit = printed((await load(split, "a.json")).stderr, split, " | upsurge");
    const ofRows = printed((await load(rows, "a.json")).stderr, rows, " > ");

    expect([ofSplit, ofRows]).toEqual(['{"id":1,"name":"a"}\n', '{"id":1,"name":"a"}\n']);
  },
);

test.each([
  ["# made by a tool\nid,name\n1,a\n", "pass --comment '#'", ["--comment", "#"]],
  ["People of May\nid,name\n1,a\n", "pass --skip-lines N", ["--skip-lines", "1"]],
] as const)("no fix makes a table of the title in %j", async (text, fix, flags) => {
  const cwd = folder({ "a.csv": text });
  const into = ["a.csv", "--to", "t.db", "--table", "made", "--create"];

  const refused = await runUpsurge(into, { cwd });
  const loaded = await runUpsurge([...into, ...flags], { cwd });

  expect([refused.exitCode, refused.stderr]).toEqual([4, expect.stringContaining(fix)]);
  expect(refused.stderr).not.toContain("--extra-fields");
  expect(loaded.stdout).toContain("inserted  1");
});

/** JSON whose records are inside of others: the fix for the error names the flags that read them, and does what it says. */
import Database from "better-sqlite3";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runUpsurge } from "../helpers/run-upsurge.ts";
import { tempDir } from "../helpers/temp-dir.ts";

const TABLE = "create table w (id integer primary key, n text, total integer)";

/** What a shell makes of the flags that a fix begins with. */
function typed(stderr: string): string[] {
  const [, flags = ""] =
    /^fix: +(?:pass )?((?:--\S+(?: '(?:[^']|'\\'')*'| [^\s,;]+)?[ ,;]?)+)/m.exec(stderr) ?? [];
  const words = flags.match(/'(?:[^']|'\\'')*'|[^\s,;]+/g) ?? [];
  return words.map((word) =>
    word.startsWith("'") ? word.slice(1, -1).replaceAll("'\\''", "'") : word.replace(/[:,;]$/, ""),
  );
}

/** Loads `text` into the table without a flag, and with those that are told then; the rows that are there in the end. */
async function corrected(name: string, text: string, setup = TABLE) {
  const cwd = tempDir({ [name]: text });
  const database = new Database(join(cwd, "t.db"));
  database.exec(setup);
  const args = [name, "--to", "t.db", "--table", "w", "--key", "id"];

  const refused = await runUpsurge(args, { cwd });
  const flags = typed(refused.stderr);
  const loaded = await runUpsurge([...args, ...flags], { cwd });

  expect(refused.exitCode, refused.stdout).toBe(2);
  expect(loaded.exitCode, `${flags.join(" ")}\n${loaded.stderr}`).toBe(0);
  const rows = database.prepare("select id, n from w order by id").raw().all();
  database.close();
  return { flags: flags.join(" "), rows };
}

const A_AND_B = [
  [1, "a"],
  [2, "b"],
];

test.each([
  [
    "two levels around the records",
    "w.json",
    '{"data":{"items":[{"id":1,"n":"a"},{"id":2,"n":"b"}],"total":2}}',
    "--records /data/items",
  ],
  [
    "a page whose own members have columns",
    "w.json",
    '{"page":1,"total":2,"data":[{"id":1,"n":"a"},{"id":2,"n":"b"}],"links":{}}',
    "--records /data",
  ],
  [
    "of several arrays the one whose elements have columns",
    "w.json",
    '{"warnings":[{"code":5}],"data":{"rows":[{"id":1,"n":"a"},{"id":2,"n":"b"}]}}',
    "--records /data/rows",
  ],
  [
    "objects two levels down",
    "w.ndjson",
    '{"data":{"item":{"id":1,"n":"a"}}}\n{"data":{"item":{"id":2,"n":"b"}}}\n',
    "--map data.item.id:id --map data.item.n:n",
  ],
  [
    "edges and nodes",
    "w.json",
    '{"data":{"users":{"edges":[{"cursor":"x","node":{"id":1,"n":"a"}},{"cursor":"y","node":{"id":2,"n":"b"}}]}}}',
    "--records /data/users/edges --map node.id:id --map node.n:n --map cursor:",
  ],
  [
    "attributes beside the key",
    "w.ndjson",
    '{"id":1,"type":"u","attributes":{"n":"a"}}\n{"id":2,"type":"u","attributes":{"n":"b"}}\n',
    "--map attributes.n:n --map type:",
  ],
])("%s", async (_, name, text, flags) => {
  const result = await corrected(name, text);

  expect(result.flags).toBe(flags);
  expect(result.rows).toEqual(A_AND_B);
});

test("a table that is to be created of a document: the array that has the key", async () => {
  const text = '{"page":1,"items":[{"id":1,"n":"a"},{"id":2,"n":"b"}]}';
  const cwd = tempDir({ "w.json": text });
  const args = ["w.json", "--to", "t.db", "--create", "--key", "id"];

  const refused = await runUpsurge(args, { cwd });
  const loaded = await runUpsurge([...args, ...typed(refused.stderr)], { cwd });

  expect(refused.stderr).toMatch(/^fix: +pass --records \/items, whose elements have id/m);
  expect(loaded.stdout).toMatch(/inserted +2/);
});

test("a table that was created of one document is told where the records seem to be", async () => {
  const text = '{"data":{"items":[{"id":1,"n":"a"},{"id":2,"n":"b"}]}}';
  const cwd = tempDir({ "w.json": text, "one.json": '{"id":1,"tags":[{"t":"x"}]}\n{"id":2}' });
  const args = ["--to", "t.db", "--create"];

  const warned = await runUpsurge(["w.json", ...args], { cwd });
  const again = await runUpsurge(["w.json", ...args, "--table", "x", "--records", "/data/items"], {
    cwd,
  });
  const several = await runUpsurge(["one.json", ...args], { cwd });

  expect(warned.stdout, warned.stderr).toContain(
    "warning: w.json is one record, and has 2 objects in an array of it; if those are the records, --records /data/items reads them",
  );
  expect(again.stdout).toMatch(/inserted +2/);
  expect(`${again.stdout}${several.stdout}`).not.toContain("warning");
});

test("members that hold rows of other tables", async () => {
  const text =
    '{"id":1,"lines":[{"n":1}],"tags":["x"],"more":[]}\n{"id":2,"lines":[],"odd":[[1]]}\n';
  const cwd = tempDir({ "w.ndjson": text });
  new Database(join(cwd, "t.db")).exec(TABLE).close();

  const { stderr } = await runUpsurge(["w.ndjson", "--to", "t.db", "--table", "w"], { cwd });

  expect(stderr).toContain(
    "--nest 'lines:TABLE' --nest 'tags: {table: TABLE, value: COLUMN}' write the elements of lines and tags to tables of their own",
  );
});

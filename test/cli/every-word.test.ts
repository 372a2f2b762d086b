/**
 * Every choice of an option, and every code of an error or a reject, that no other test of `npm test` meets in a run of the
 * program: a session each. `test/tiers/complete.test.ts` tells what is missing here.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { beforeAll, describe, expect, test } from "vitest";
import { ENGINES, useDatabase } from "../helpers/engines.ts";
import { runUpsurge } from "../helpers/run-upsurge.ts";
import type { RunResult } from "../helpers/run-upsurge.ts";
import { spawnUpsurge } from "../helpers/spawn-upsurge.ts";
import { tempDir } from "../helpers/temp-dir.ts";
import { INTO_ORDERS, orders, ORDERS, shop } from "./shop.ts";

const ALL = [
  [1, "tea", 2],
  [2, "pot", 1],
  [3, "cup", 6],
];

/** Loads the source into the shop: the rows, and what the run came to. */
async function load(
  name: string,
  content: string | Uint8Array,
  flags: readonly string[],
): Promise<RunResult & { rows: unknown[]; cwd: string }> {
  const cwd = shop({});
  writeFileSync(join(cwd, name), content);
  const result = await runUpsurge([name, ...INTO_ORDERS, ...flags], { cwd });
  return { ...result, rows: orders(cwd), cwd };
}

describe("a format by its name", () => {
  test.each([
    ["tsv", ORDERS.replaceAll(",", "\t")],
    ["json", '[{"id":2,"item":"pot","amount":1},{"id":3,"item":"cup","amount":6}]'],
  ])("--format %s", async (format, content) => {
    const { exitCode, rows } = await load("orders.txt", content, ["--format", format]);

    expect([exitCode, rows]).toEqual([0, ALL]);
  });

  test("--quote and --escape", async () => {
    const content = "id,item,amount\n2,'p\\'ot',1\n";
    const { exitCode, rows } = await load("a.csv", content, ["--quote", "'", "--escape", "\\"]);

    expect([exitCode, rows]).toEqual([0, [ALL[0], [2, "p'ot", 1]]]);
  });
});

describe("what a default is called", () => {
  test.each([
    ["--empty", "auto"],
    ["--empty", "null"],
    ["--empty", "string"],
    ["--extra-fields", "error"],
    ["--missing-fields", "default"],
    ["--null-key", "reject"],
    ["--if-locked", "fail"],
  ])("%s %s", async (flag, choice) => {
    const job = flag === "--if-locked" ? ["--job", "j", "--commit", "2"] : [];
    const { exitCode, rows, stderr } = await load("a.csv", ORDERS, [...job, flag, choice]);

    expect([exitCode, rows], stderr).toEqual([0, ALL]);
  });

  test("--missing-fields null fills what a record lacks", async () => {
    const content = "id,item,amount\n2,pot\n";
    const { exitCode, rows } = await load("a.csv", content, ["--missing-fields", "null"]);

    expect([exitCode, rows]).toEqual([0, [ALL[0], [2, "pot", null]]]);
  });
});

/** The events that a load tells of at a level of the log. */
async function told(level: string): Promise<readonly string[]> {
  const { exitCode, stderr } = await load("a.csv", ORDERS, ["--log-level", level, "-q"]);
  expect(exitCode).toBe(0);
  return [...stderr.matchAll(/ (?:TRACE|DEBUG|INFO) +\S+ (\S+)/g)].map(([, what = ""]) => what);
}

describe("what is told on the way", () => {
  test.each(["auto", "bar", "json"])("--progress %s", async (progress) => {
    const { exitCode, rows, stdout } = await load("a.csv", ORDERS, ["--progress", progress]);

    expect([exitCode, rows]).toEqual([0, ALL]);
    expect(stdout).toMatch(/^loaded 3 records/);
  });

  test("--verbose says how the records were written", async () => {
    const plain = await load("a.csv", ORDERS, []);
    const { stdout } = await load("a.csv", ORDERS, ["--verbose"]);

    expect(plain.stdout).toMatch(/^loaded 3 records into orders \(sqlite, upsert\) in /);
    expect(stdout).toMatch(/^loaded 3 records into orders \(sqlite, upsert, native, values\) in /);
  });

  test("--wait and --rejects-ok change nothing where there is nothing to wait for, and no reject", async () => {
    const { exitCode, rows } = await load("a.csv", ORDERS, ["--wait", "1s", "--rejects-ok"]);

    expect([exitCode, rows]).toEqual([0, ALL]);
  });

  test.each(["silent", "error", "warn"])("--log-level %s", async (level) => {
    const { exitCode, stderr } = await load("a.csv", ORDERS, ["--log-level", level, "-q"]);

    expect([exitCode, stderr]).toEqual([0, ""]);
  });

  test("--log-level trace tells what debug tells", async () => {
    const trace = await told("trace");

    expect(trace).toContain("batch");
    expect(trace).toEqual(await told("debug"));
  });

  test("--log-level info", async () => {
    const { exitCode, stderr } = await load("a.csv", ORDERS, ["--log-level", "info", "-q"]);
    const said = stderr.split("\n").filter((line) => / INFO {2}/.test(line));

    expect([exitCode, said.map((line) => line.split(" ")[5])]).toEqual([
      0,
      ["connected", "planned", "committed"],
    ]);
  });
});

/** Loads that are refused: the code, the source, and the flags. */
const REFUSED: readonly (readonly [code: string, content: string, flags: readonly string[]])[] = [
  ["SOURCE_HEADER", 'id,"it"em\n', []],
  ["SOURCE_ENCODING", ORDERS, ["--encoding", "klingon"]],
  ["PLAN_KEY_NOT_IN_SOURCE", "item,amount\npot,1\n", []],
  ["PLAN_REQUIRED_COLUMN", "id,amount\n2,1\n", []],
];

describe("a load that is refused", () => {
  test.each(REFUSED)("%s", async (code, content, flags) => {
    const { exitCode, rows, stderr } = await load("a.csv", content, flags);

    expect(stderr).toMatch(new RegExp(`^error: .* {2}${code}\\n`));
    expect([exitCode, rows]).toEqual([2, [ALL[0]]]);
  });

  test("PLAN_NO_KEY", async () => {
    const cwd = shop();
    new Database(join(cwd, "shop.db"))
      .exec("create table bare (id int, item text, amount int)")
      .close();
    const into = ["--to", "shop.db", "--table", "bare", "--mode", "update"];
    const { exitCode, stderr } = await runUpsurge(["orders.csv", ...into], { cwd });

    expect([exitCode, stderr]).toEqual([2, expect.stringContaining("  PLAN_NO_KEY\n")]);
  });

  test.each([
    ["TARGET_NOT_A_DATABASE", "sqlite:orders.csv"],
    ["TARGET_NOT_WRITABLE", "sqlite:shop.db?mode=ro"],
  ])("%s", async (code, to) => {
    const args = ["orders.csv", "--to", to, "--table", "orders", "--key", "id"];
    const { exitCode, stderr } = await runUpsurge(args, { cwd: shop() });

    expect([exitCode, stderr]).toEqual([2, expect.stringContaining(`  ${code}\n`)]);
  });

  test("TARGET_DRIVER_MISSING", async () => {
    const cwd = shop();
    writeFileSync(
      join(cwd, "without.mjs"),
      `import Module from "node:module";
       const find = Module._resolveFilename;
       Module._resolveFilename = (name, ...more) => {
         if (name === "better-sqlite3") throw new Error("there is no better-sqlite3");
         return find(name, ...more);
       };`,
    );
    const preload = `file://${join(cwd, "without.mjs")}`;
    const { exitCode, stderr } = await spawnUpsurge(["orders.csv", ...INTO_ORDERS], cwd, {
      preload,
      // Node has a driver of its own since 22.13.
      env: { UPSURGE_TEST_SQLITE_DRIVER: "better-sqlite3" },
    }).ended;

    expect([exitCode, stderr]).toEqual([2, expect.stringContaining("  TARGET_DRIVER_MISSING\n")]);
    expect(stderr).toMatch(/^fix: {3}npm (?:install|rebuild) .*better-sqlite3/m);
  });
});

/** A record that is rejected behind a good one. */
interface Bad {
  readonly code: string;
  readonly source: "a.csv" | "a.ndjson";
  readonly record: string | Uint8Array;
  readonly flags?: readonly string[];
}

const REJECTED: readonly Bad[] = [
  { code: "ROW_ENCODING", source: "a.csv", record: Buffer.from("332cff2c310a", "hex") },
  { code: "ROW_QUOTES", source: "a.csv", record: '3,"cup" of,6\n' },
  {
    code: "ROW_TOO_LARGE",
    source: "a.csv",
    record: `3,${"x".repeat(3000)},6\n`,
    flags: ["--max-record-bytes", "2048"],
  },
  { code: "ROW_SURROGATE", source: "a.ndjson", record: '{"id":3,"item":"\\ud83d"}\n' },
  { code: "ROW_NOT_OBJECT", source: "a.ndjson", record: "[3]\n" },
  {
    code: "ROW_TOO_DEEP",
    source: "a.ndjson",
    record: `{"id":3,"item":${"[".repeat(2000)}${"]".repeat(2000)}}\n`,
  },
  { code: "ROW_UNKNOWN_FIELD", source: "a.ndjson", record: '{"id":3,"item":"cup","x":6}\n' },
  { code: "ROW_TWO_FIELDS", source: "a.ndjson", record: '{"id":3,"Item":"cup","item":"pan"}\n' },
];

describe("a record that is rejected", () => {
  test.each(REJECTED)("$code", async ({ code, source, record, flags = [] }) => {
    const good = source === "a.csv" ? "id,item,amount\n2,pot,1\n" : '{"id":2,"item":"pot"}\n';
    // A field among the first records is a fault of the plan; here it comes behind what the plan looks at.
    const many = code === "ROW_UNKNOWN_FIELD" ? good.repeat(2000) : good;
    const content = Buffer.concat([Buffer.from(many), Buffer.from(record)]);
    const more = ["--max-rejects", "1", "--reject-file", "bad", "--json", ...flags];
    const { exitCode, stdout, rows, cwd } = await load(source, content, more);

    const { counts, rejectReport } = JSON.parse(stdout);
    expect([exitCode, counts.rejected, rows.length]).toEqual([3, 1, 2]);
    expect(JSON.parse(readFileSync(join(cwd, rejectReport), "utf8"))).toMatchObject({ code });
  });
});

const [postgres] = ENGINES.filter(({ name }) => name === "postgres");
if (postgres === undefined) throw new Error("there is no engine postgres");

describe("what only PostgreSQL says", () => {
  const database = useDatabase(postgres);
  beforeAll(async () => {
    await database.exec('create table t (id int primary key, "Name" text, "NAME" text)');
  });

  async function run(content: string, ...flags: string[]): Promise<RunResult> {
    const cwd = tempDir({ "a.csv": content });
    const into = ["--to", database.url, "--table", "t", "--key", "id"];
    return await runUpsurge(["a.csv", ...into, ...flags], { cwd });
  }

  test("PLAN_AMBIGUOUS_FIELD", async () => {
    const { exitCode, stderr } = await run("id,name\n1,x\n");

    expect([exitCode, stderr]).toEqual([2, expect.stringContaining("  PLAN_AMBIGUOUS_FIELD\n")]);
  });

  test("PLAN_READ_ONLY_COLUMN", async () => {
    await database.exec(
      `create table made (id int primary key, "Name" text generated always as ('x') stored)`,
    );
    const { exitCode, stderr } = await run("id,Name\n1,x\n", "--table", "made");

    expect([exitCode, stderr]).toEqual([2, expect.stringContaining("  PLAN_READ_ONLY_COLUMN\n")]);
  });

  test("PLAN_UNUSABLE_KEY", async () => {
    await database.exec(
      "create table late (id int, constraint late_id unique (id) deferrable initially deferred)",
    );
    const flags = ["--table", "late", "--strategy", "native"];
    const { exitCode, stderr } = await run("id\n1\n", ...flags);

    expect([exitCode, stderr]).toEqual([2, expect.stringContaining("  PLAN_UNUSABLE_KEY\n")]);
  });

  test("PLAN_REFUSED", async () => {
    await database.exec(
      `create table ruled (id int primary key, "Name" text);
       create rule watched as on update to ruled do also select 1`,
    );
    const { exitCode, stderr } = await run("id,Name\n1,x\n", "--table", "ruled");

    expect([exitCode, stderr]).toEqual([2, expect.stringContaining("  PLAN_REFUSED\n")]);
  });

  test("ROW_NUL", async () => {
    const flags = ["--max-rejects", "1", "--reject-file", "bad", "--json"];
    const { exitCode, stdout } = await run("id,Name\n1,x\n2,\u0000\n", ...flags);

    expect([exitCode, JSON.parse(stdout).counts]).toMatchObject([3, { inserted: 1, rejected: 1 }]);
  });
});

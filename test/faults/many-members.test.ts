/** JSON records with more members than any table has columns: those without a column take no memory, and too many are a reject. */
import Database from "better-sqlite3";
import { createWriteStream, readFileSync, writeFileSync } from "node:fs";
import { once } from "node:events";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { ENGINES, useDatabase } from "../helpers/engines.ts";
import { runUpsurge } from "../helpers/run-upsurge.ts";
import { spawnUpsurge } from "../helpers/spawn-upsurge.ts";
import { tempDir } from "../helpers/temp-dir.ts";
import { firstTests } from "../tiers/tiers.ts";

/** The most members that are kept. */
const MOST = 4096;

function members(count: number, name: (at: number) => string): string {
  return Array.from({ length: count }, (_, at) => `"${name(at)}":${at}`).join(",");
}

/** Records around the limit: with and without a column, the last value in its place, a name many times. */
const RECORDS: readonly (readonly [record: string, a: string | null])[] = [
  ['{"a":1}', "1"],
  [`{"a":2,${members(MOST - 1, (at) => `m${at}`)}}`, "2"],
  [`{"a":3,${members(MOST, (at) => `m${at}`)}}`, "3"],
  [`{${members(MOST, (at) => `m${at}`)},"a":4}`, "4"],
  [`{"a":0,${members(3 * MOST, (at) => `m${at}`)},"a":5}`, "5"],
  [`{${members(MOST - 1, () => "a")},"a":6}`, "6"],
  [`{${members(MOST, () => "a")},"a":7}`, null],
  [`{"a":8,"o":{${members(3 * MOST, (at) => `m${at}`)}}}`, "8"],
  ['{"a":9}', "9"],
];

const INPUTS = {
  ndjson: `${RECORDS.map(([record]) => record).join("\n")}\n`,
  json: `[${RECORDS.map(([record]) => record).join(",\n")}]`,
};

describe.each(ENGINES)("$title", (engine) => {
  const database = useDatabase(engine);

  test.each(Object.entries(INPUTS))("%s", async (format, input) => {
    await database.reset();
    await database.exec("create table t (a int)");
    const cwd = tempDir();
    writeFileSync(join(cwd, `in.${format}`), input);
    const into = ["--to", database.url, "--table", "t", "--extra-fields", "ignore"];
    const load = [`in.${format}`, ...into, "--max-rejects", "1"];
    const { exitCode, stderr } = await runUpsurge(load, { cwd });
    expect(exitCode, stderr).toBe(3);
    const rows = await database.rows("select a from t order by a");
    expect(rows.map(([a]) => a)).toEqual(RECORDS.flatMap(([, a]) => (a === null ? [] : [a])));
    const report = readFileSync(join(cwd, `in.${format}.rejects.${format}.jsonl`), "utf8");
    expect(JSON.parse(report)).toMatchObject({
      record: 7,
      code: "ROW_MEMBERS",
      message: "the record has more than 4096 members that would be columns",
    });
  });
});

test("a fault of the JSON comes before the number of its members", async () => {
  const cwd = tempDir();
  new Database(join(cwd, "t.db")).exec("create table t (a)").close();
  writeFileSync(join(cwd, "in.ndjson"), `{${members(2 * MOST, () => "a")},oops}\n`);
  const load = ["in.ndjson", "--to", "t.db", "--table", "t", "--max-rejects", "1"];
  expect((await runUpsurge(load, { cwd })).exitCode).toBe(3);
  const report = readFileSync(join(cwd, "in.ndjson.rejects.ndjson.jsonl"), "utf8");
  expect(JSON.parse(report).code).toBe("ROW_JSON");
});

test.each(
  firstTests("heaps with many members", [
    ["dropped", "m", 0],
    ["kept", "a", 3],
  ] as const),
)("two million members that are %s fit into a small heap", async (_, name, exit) => {
  const cwd = tempDir();
  new Database(join(cwd, "t.db")).exec("create table t (a)").close();
  const file = createWriteStream(join(cwd, "in.ndjson"));
  file.write('{"a":1');
  const distinct = name === "m";
  for (let at = 0; at < 200; at += 1) {
    const part = members(10_000, (nth) => (distinct ? `${name}${at}_${nth}` : name));
    if (!file.write(`,${part}`)) await once(file, "drain");
  }
  file.end("}\n");
  await once(file, "close");
  const load = ["in.ndjson", "--to", "t.db", "--table", "t", "--extra-fields", "ignore"];
  const env = { NODE_OPTIONS: "--max-old-space-size=120" };
  const { ended } = spawnUpsurge([...load, "--max-rejects", "1"], cwd, { env });
  const { exitCode, stderr } = await ended;
  expect(exitCode, stderr).toBe(exit);
});

const FIELDS = 1_500_000;
test.each(
  firstTests("heaps with many members", [
    ["dropped", ["--extra-fields", "ignore"], 0, "1,2;x,y;3,4"],
    ["counted", [], 3, "1,2;3,4"],
  ] as const),
)(
  "quoted fields of CSV beyond the header, %s, fit into a small heap",
  async (_, flags, exit, found) => {
    const cwd = tempDir();
    const database = new Database(join(cwd, "t.db"));
    database.exec("create table t (a, b)");
    writeFileSync(join(cwd, "in.csv"), `a,b\n1,2\n"x",y${',"1"'.repeat(FIELDS)}\n3,4\n`);
    const load = ["in.csv", "--to", "t.db", "--table", "t", "--max-rejects", "1", ...flags];
    const env = { NODE_OPTIONS: "--max-old-space-size=60" };
    const { exitCode, stderr } = await spawnUpsurge(load, cwd, { env }).ended;
    expect(exitCode, stderr).toBe(exit);
    const rows = database.prepare("select a || ',' || b from t").pluck().all();
    database.close();
    expect(rows.join(";")).toBe(found);
    if (exit === 0) return;
    const report = readFileSync(join(cwd, "in.csv.rejects.csv.jsonl"), "utf8");
    expect(JSON.parse(report)).toMatchObject({
      code: "ROW_FIELD_COUNT",
      message: `${FIELDS + 2} fields found, 2 expected`,
    });
  },
);

/**
 * Nested records of several writers, and of several shards: where no two records with different keys have a row in common,
 * tables, counts of each level and rejects are those of one writer; where they may, one writer does the load and says why.
 */
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import type { FinishReport } from "../../src/model/shards/finish-report.ts";
import type { Report } from "../../src/report/report.ts";
import { ENGINES, useDatabase } from "../helpers/engines.ts";
import { runUpsurge } from "../helpers/run-upsurge.ts";
import { tempDir } from "../helpers/temp-dir.ts";

const [postgres] = ENGINES.filter(({ name }) => name === "postgres");
if (postgres === undefined) throw new Error("there is no engine postgres");

const TABLES = [
  "create table kinds (code text primary key)",
  "insert into kinds values ('a'), ('b')",
  "create table orders (k int primary key, n int, hist text, kind text references kinds (code))",
  "create table lines (order_k int references orders (k), nr int, n int check (n <> 77), hist text, primary key (order_k, nr))",
  "create table taxes (order_k int, nr int, code text, n int, primary key (order_k, nr, code), foreign key (order_k, nr) references lines)",
  "create table notes (order_k int references orders (k), text text)",
  "create table tags (order_k int references orders (k), name text unique)",
];
const HIST = "hist = concat(target.hist, ',', excluded.hist)";
const NEST = `
kind: { table: kinds, key: code, mode: find }
notes: { table: notes, value: text }
lines: { table: lines, key: [order_k, nr], set: { hist: "concat(target.hist, ',', excluded.hist)" }, nest: { taxes: taxes } }`;
const INTO = [
  ..."in.ndjson --table orders --key k --job j --commit 60 -b 20 --set".split(" "),
  HIST,
];
const LOAD = [...INTO, ..."--max-rejects 1000 --json -q".split(" ")];

/** Keys that come again and again, some spelled oddly, some at fault on a level, one of no kind. */
const RECORDS = Array.from({ length: 600 }, (_, at) => ({
  k: at % 151 === 150 ? `0${at % 37}` : (at * 7919) % 37,
  hist: String(at),
  ...(at % 5 > 0 && { kind: { code: at === 313 ? "z" : "ab"[at % 2] } }),
  notes: at % 7 === 0 ? [`note ${at}`] : [],
  lines: Array.from({ length: at % 4 }, (__, nr) => ({
    nr,
    hist: String(at),
    n: at % 211 === 210 && nr === 1 ? 77 : at,
    taxes: at % 3 === 0 ? [{ code: "t", n: at }] : [],
  })),
}));

const TOLD = ["orders", "lines", "taxes", "notes"] as const;
const QUERY: Readonly<Record<(typeof TOLD)[number], string>> = {
  orders: "select * from orders order by k",
  lines: "select * from lines order by order_k, nr",
  taxes: "select * from taxes order by order_k, nr, code",
  notes: "select * from notes order by order_k, text",
};

describe("nested records of several writers", () => {
  const database = useDatabase(postgres);
  let cwd = "";

  beforeEach(async () => {
    await database.reset();
    for (const sql of TABLES) await database.exec(sql);
    cwd = tempDir();
    const lines = RECORDS.map((record) => `${JSON.stringify(record)}\n`);
    writeFileSync(join(cwd, "in.ndjson"), lines.join(""));
  });

  const load = async (nest: string, flags: readonly string[]): Promise<Report> => {
    const args = [...LOAD, "--to", database.url, "--nest", nest, ...flags];
    const { stdout, stderr } = await runUpsurge(args, { cwd });
    expect(stderr).not.toContain("error:");
    return JSON.parse(stdout) as Report;
  };
  const contents = async (): Promise<unknown> => {
    const tables: unknown[] = [];
    for (const name of TOLD) tables.push(await database.rows(QUERY[name]));
    const rejects = readFileSync(join(cwd, "in.ndjson.rejects.ndjson"), "utf8");
    return [tables, rejects];
  };
  const again = async (): Promise<void> => {
    for (const name of TOLD.toReversed()) await database.exec(`truncate ${name} cascade`);
    await runUpsurge(["jobs", "--to", database.url, "--forget", "j"]);
    for (const end of ["", ".jsonl"])
      rmSync(join(cwd, `in.ndjson.rejects.ndjson${end}`), { force: true });
  };

  test("come to what one writer comes to, by writers and by shards", { timeout: 0 }, async () => {
    const one = await load(NEST, []);
    const expected = await contents();
    expect(one.tables?.map(({ counts }) => counts.read)).toEqual([600, 480, 86, 900, 300]);
    expect(one.counts.rejected).toBe(3);

    await again();
    const several = await load(NEST, ["--writers", "3"]);
    expect(several.tables).toEqual(one.tables);
    expect(await contents()).toEqual(expected);

    await again();
    for (const shard of ["1/3", "0/3", "2/3"]) await load(NEST, ["--shard", shard]);
    const words = ["finish", "--to", database.url, "--job", "j", "--json"];
    const { stdout } = await runUpsurge(words, { cwd });
    const finished = JSON.parse(stdout) as FinishReport;
    expect(finished.counts).toEqual(one.counts);
    expect(finished.levels).toEqual(
      one.tables?.slice(1).map(({ member, table, counts }) => ({ member, table, counts })),
    );
    const retold = await runUpsurge(words.slice(0, -1), { cwd });
    expect(retold.stdout).toContain("\nlines -> public.lines: 900 rows, ");
    expect(await contents()).toEqual(expected);
  });

  test.each([
    ["kind: { table: kinds, key: code }", "kind: several records may refer to the same row of"],
    [
      "tags: { table: tags, key: name }",
      "tags: rows of several records may meet in the unique key",
    ],
    [
      "lines: { table: lines, key: [order_k, nr], mode: update }",
      "lines: looking up rows before writing them",
    ],
  ])("%s takes one writer, and no shards", async (nest, why) => {
    const words = [...INTO, "--to", database.url, "--extra-fields", "ignore", "--nest", nest];
    const several = await runUpsurge(["plan", ...words, "--writers", "3"], { cwd });
    expect(several.stdout, several.stderr).toContain(`one writer: ${why}`);
    const shard = await runUpsurge([...words, "--shard", "0/3"], { cwd });
    expect([shard.exitCode, shard.stderr]).toEqual([2, expect.stringContaining("PLAN_SHARDS")]);
    expect(shard.stderr).toContain(why);
  });
});

/** The differences of nested records (`--diff`) are told wherever those of the records are: on pages and in GitHub Actions. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { expect, test } from "vitest";
import { faultsOf, textOf } from "../helpers/html.ts";
import { runUpsurge } from "../helpers/run-upsurge.ts";
import { tempDir } from "../helpers/temp-dir.ts";

const TABLES = `create table orders (k integer primary key, note text);
create table lines (order_k int references orders (k), n int, qty int, primary key (order_k, n))`;
const RECORDS = '{"k":1,"note":"one","lines":[{"n":1,"qty":5}]}\n';
const MANIFEST = "loads: [{ from: in.ndjson, table: orders, key: k, nest: { lines: lines } }]\n";
const LOAD = ["in.ndjson", "--table", "orders", "--key", "k", "--nest", "lines:lines"];

/** Checks the records against an empty shop; the files that tell of it. */
async function check(words: readonly string[]): Promise<Record<"page" | "again" | "step", string>> {
  const cwd = tempDir({ "in.ndjson": RECORDS, "run.yaml": MANIFEST });
  const database = new Database(join(cwd, "shop.db"));
  database.exec(TABLES);
  database.close();
  const env = { GITHUB_ACTIONS: "true", GITHUB_STEP_SUMMARY: join(cwd, "step.md") };
  writeFileSync(env.GITHUB_STEP_SUMMARY, "");
  const all = [...words, "--to", "shop.db", "--check", "--diff", "9"];
  await runUpsurge([...all, "--report", "load.html"], { cwd });
  await runUpsurge([...all, "--report", "load.json"], { cwd, env });
  await runUpsurge(["report", "load.json", "--out", "again.html"], { cwd });
  const read = (name: string): string => readFileSync(join(cwd, name), "utf8");
  return { page: read("load.html"), again: read("again.html"), step: read("step.md") };
}

test.each([
  ["a load", LOAD],
  ["a run", ["run", "run.yaml"]],
])("the pages and the summary of %s have the rows of every level", async (_, words) => {
  const { page, again, step } = await check(words);

  for (const each of [page, again]) {
    expect(faultsOf(each)).toEqual([]);
    expect(textOf(each)).toContain("differences in orders: 1 inserted");
    expect(textOf(each)).toContain("differences in lines: 1 inserted");
    expect(textOf(each)).toContain("order_k = 1, n = 1");
  }
  expect(step).toMatch(/^\| {2}\| key \| differences in orders: 1 inserted \|$/m);
  expect(step).toMatch(/^\| {2}\| key \| differences in lines: 1 inserted \|$/m);
  expect(step).toMatch(/^\| \+ \| order\\_k=1 n=1 \| qty: 5 \|$/m);
});

test("a run of one table is not called one of tables", async () => {
  const { step } = await check(["run", "run.yaml"]);

  expect(step).toContain("### upsurge: dry run of 1 table: changes\n");
});

/** Pages of reports: by `--report`, and by `upsurge report`. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { faultsOf, textOf } from "../helpers/html.ts";
import { runUpsurge } from "../helpers/run-upsurge.ts";
import { INTO_ORDERS, shop } from "./shop.ts";

test("--report with a name in .html writes a page, and a page of the JSON says the same", async () => {
  const cwd = shop({ "orders.csv": "id,item,amount\n1,tea,3\n2,pot,-1\n" });
  const load = ["orders.csv", ...INTO_ORDERS, "--max-rejects", "5", "--dry-run", "--diff", "all"];
  await runUpsurge([...load, "--report", "load.html"], { cwd });
  await runUpsurge([...load, "--report", "load.json"], { cwd });
  const made = await runUpsurge(["report", "load.json", "--out", "again.html"], { cwd });

  expect(made).toEqual({ exitCode: 0, stdout: "", stderr: "" });
  for (const name of ["load.html", "again.html"]) {
    const page = readFileSync(join(cwd, name), "utf8");
    expect(faultsOf(page)).toEqual([]);
    const text = textOf(page);
    expect(text).toContain("Dry run: done, with rejects");
    expect(text).toContain("amount: 2 → 3");
    expect(text).toMatch(/Statements .*insert into/);
  }
});

const INSERT: unknown = expect.stringMatching(/^-- .*\ninsert/);

test("a run that is refused tells the plans of the loads before the one at fault", async () => {
  const cwd = shop({
    "orders.csv": "id,item,amount\n2,pot,1\n",
    "wrong.csv": "id,thing\n3,cup\n",
    "run.yaml":
      "to: shop.db\nloads:\n  - {from: orders.csv, table: orders}\n  - {from: wrong.csv, table: orders}\n",
  });
  await runUpsurge(["run", "run.yaml", "--report", "run.html"], { cwd });
  const { exitCode } = await runUpsurge(["run", "run.yaml", "--report", "run.json"], { cwd });

  expect(exitCode).toBe(2);
  const told = JSON.parse(readFileSync(join(cwd, "run.json"), "utf8")) as { tables: unknown[] };
  expect(told.tables).toMatchObject([
    {
      load: "orders.csv",
      mode: "upsert",
      plan: { statements: [INSERT, INSERT, INSERT] },
    },
    { load: "wrong.csv", mode: null },
  ]);
  const text = textOf(readFileSync(join(cwd, "run.html"), "utf8"));
  expect(text).toMatch(/orders \(load 1\)\s+Not kept[^]*orders \(load 2\)\s+Failed/);
  expect(text).toMatch(/Statements .*insert into/);
});

test("a folder of reports makes a page of all of them, and names what is no report", async () => {
  const cwd = shop();
  mkdirSync(join(cwd, "reports"));
  for (const name of ["reports/a.json", "reports/a.html", "reports/b.json"]) {
    await runUpsurge(["orders.csv", ...INTO_ORDERS, "--report", name, "-q"], { cwd });
  }
  writeFileSync(join(cwd, "reports", "half.json"), '{"status":');
  const { exitCode } = await runUpsurge(["report", "reports", "--out", "index.html"], { cwd });

  const page = readFileSync(join(cwd, "index.html"), "utf8");
  expect([exitCode, faultsOf(page)]).toEqual([0, []]);
  expect(textOf(page)).toContain("2 reports of 1 series");
  expect(page).toContain('href="./reports/a.html"');
  expect(textOf(page)).toContain("half.json");

  mkdirSync(join(cwd, "none"));
  for (const paths of [["none"], ["reports", "none"]]) {
    const refused = await runUpsurge(["report", ...paths, "--out", "other.html"], { cwd });
    expect(refused.exitCode).toBe(6);
    expect(refused.stderr).toContain("error: no report in none  REPORT_UNREADABLE");
  }
});

test.skipIf(process.getuid?.() === 0)("a folder that may not be read is no bug", async () => {
  const cwd = shop();
  mkdirSync(join(cwd, "closed"), { mode: 0 });
  const { exitCode, stderr } = await runUpsurge(["report", "closed", "--out", "a.html"], { cwd });

  expect([exitCode, stderr]).toEqual([6, expect.stringContaining("  REPORT_UNREADABLE\n")]);
});

test.each([
  [["report", "load.json"], "--out is missing", 2],
  [["report", "--out", "a.html"], "a report is missing", 2],
  [["report", "orders.csv", "--out", "a.txt"], "--out cannot be 'a.txt'", 2],
  [["report", "none.json", "--out", "a.html"], "no file none.json", 6],
  [["report", "orders.csv", "--out", "a.html"], "no report in orders.csv  REPORT_UNREADABLE", 6],
])("%j is refused, and nothing is written", async (args, message, exit) => {
  const cwd = shop();
  const { exitCode, stderr } = await runUpsurge(args, { cwd });

  expect(stderr).toContain(`error: ${message}`);
  expect(exitCode).toBe(exit);
  expect(readdirSync(cwd).toSorted()).toEqual(["orders.csv", "shop.db"]);
});

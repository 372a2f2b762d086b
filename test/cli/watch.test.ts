/** What is written for those who watch loads: metrics for Prometheus, and test results of JUnit. */
import { chmodSync, lstatSync, readdirSync, readFileSync, statSync, symlinkSync } from "node:fs";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Sqlite from "better-sqlite3";
import { expect, test } from "vitest";
import { faultsOfJunit } from "../helpers/junit.ts";
import { faultsOfMetrics } from "../helpers/prometheus.ts";
import { runUpsurge } from "../helpers/run-upsurge.ts";
import type { RunResult } from "../helpers/run-upsurge.ts";
import { tempDir } from "../helpers/temp-dir.ts";
import { INTO_ORDERS, orders, shop } from "./shop.ts";

const BAD = "id,item,amount\n1,tea,3\n2,pot,0\n";

async function upsurge(cwd: string, ...args: string[]): Promise<RunResult> {
  return await runUpsurge(args, { cwd, now: new Date("2026-05-31T13:57:47Z") });
}

/** What a file of test results or metrics holds, which its readers take as it is. */
function read(cwd: string, name: string): string {
  const text = readFileSync(join(cwd, name), "utf8");
  expect(name.endsWith(".xml") ? faultsOfJunit(text) : faultsOfMetrics(text)).toEqual([]);
  return text;
}

/** The series of a file of metrics that are not 0. */
function series(text: string): string[] {
  return text
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#") && !line.endsWith(" 0"));
}

test("--metrics tells the counts of each table, the exit code, and when it was last done", async () => {
  const cwd = shop();

  const { exitCode } = await upsurge(cwd, "orders.csv", ...INTO_ORDERS, "--metrics", "m.prom");

  expect(exitCode).toBe(0);
  const text = read(cwd, "m.prom");
  expect(series(text.replace(/(duration_seconds\{name="m"\}) [\d.]+$/m, "$1 TIME"))).toEqual([
    'upsurge_last_run_counts{name="m",table="orders",count="read"} 3',
    'upsurge_last_run_counts{name="m",table="orders",count="inserted"} 2',
    'upsurge_last_run_counts{name="m",table="orders",count="unchanged"} 1',
    'upsurge_last_run_duration_seconds{name="m"} TIME',
    'upsurge_last_run_read_bytes{name="m"} 39',
    expect.stringMatching(
      /^upsurge_last_run_info\{name="m",status="ok",version="[^"]+",target="sqlite"\} 1$/,
    ),
    'upsurge_last_run_timestamp_seconds{name="m"} 1780235867',
    'upsurge_last_success_timestamp_seconds{name="m"} 1780235867',
  ]);
  expect(text).toContain("# TYPE upsurge_last_run_exit_code gauge\nupsurge_last_run_exit_code{");
  expect(text.match(/^# HELP/gm)?.length).toBe(new Set(text.match(/^# HELP \S+/gm)).size);
});

test("a load that fails, and a dry run, keep the time of the last success", async () => {
  const cwd = shop({ "orders.csv": "id,item,amount\n2,pot,1\n", "bad.csv": BAD });
  const success = 'upsurge_last_success_timestamp_seconds{name="m"} 1780235867';
  const later = { cwd, now: new Date("2026-06-01T00:00:00Z") };
  const flags = [...INTO_ORDERS, "--metrics", "m.prom"];

  const dry = await runUpsurge(["orders.csv", ...flags, "--dry-run"], later);
  expect(dry.exitCode).toBe(0);
  expect(read(cwd, "m.prom")).not.toContain("last_success");

  await upsurge(cwd, "orders.csv", ...flags);
  expect(series(read(cwd, "m.prom"))).toContain(success);

  const failed = await runUpsurge(["bad.csv", ...flags], later);
  expect(failed.exitCode).toBe(4);
  const after = series(read(cwd, "m.prom"));
  expect(after).toEqual(
    expect.arrayContaining([success, 'upsurge_last_run_exit_code{name="m"} 4']),
  );
  expect(after).toContain('upsurge_last_run_counts{name="m",table="orders",count="rejected"} 1');
});

test("a run tells of each of its tables", async () => {
  const cwd = shop({});
  mkdirSync(join(cwd, "seeds"));
  writeFileSync(join(cwd, "seeds/orders.csv"), "id,item,amount\n1,tea,5\n");

  const args = ["run", "seeds", "--to", "shop.db", "--metrics", "m.prom", "--junit", "r.xml"];
  const { exitCode } = await upsurge(cwd, ...args);

  expect(exitCode).toBe(0);
  expect(series(read(cwd, "m.prom"))).toContain(
    'upsurge_last_run_counts{name="m",table="orders",count="updated"} 1',
  );
  expect(read(cwd, "r.xml")).toContain(
    '<testsuite name="orders" tests="2" failures="0" errors="0"',
  );
});

test("the names of tables and files are escaped in metrics", async () => {
  const cwd = shop({ "orders.csv": "a\n1\n" });
  const table = 'a"b\\c';

  const flags = ["--to", "shop.db", "--create", "--metrics", 'x"y.prom'];
  const { exitCode } = await upsurge(cwd, "orders.csv", "--table", table, ...flags);

  expect(exitCode).toBe(0);
  expect(read(cwd, 'x"y.prom')).toMatch(
    /\{name="x\\"y",table="[^\n]*\\"[^\n]*\\\\[^\n]*",count="read"\} 1$/m,
  );
});

test("--junit tells rejects by reason, and they fail as the load does", async () => {
  const cwd = shop({ "<\u0007&.csv": "id,item,amount\n2,pot,1\n3,cup,0\n,,\n4,,1\n" });
  const flags = [...INTO_ORDERS, "--max-rejects", "5", "--junit", "r.xml"];

  const { exitCode } = await upsurge(cwd, "<\u0007&.csv", ...flags);

  expect(exitCode).toBe(3);
  const xml = read(cwd, "r.xml");
  expect(xml).toContain('<testsuite name="orders" tests="3" failures="2" errors="0" skipped="0"');
  expect(xml).toContain('<testcase name="rejects: ROW_CHECK" classname="orders">');
  expect(xml).toContain("&lt;\\u0007&amp;.csv, record 2, line 3");
  // eslint-disable-next-line no-control-regex
  expect(xml).not.toMatch(/[\u0000-\u0008\u000B-\u001F]/);

  expect(
    (await upsurge(cwd, "<\u0007&.csv", ...flags, "--rejects-ok", "--reject-file", "r.csv"))
      .exitCode,
  ).toBe(0);
  expect(read(cwd, "r.xml")).toContain('tests="3" failures="0" errors="0" skipped="2"');
});

test("--junit has rejects fail that keep rows from going, whatever else is said of rejects", async () => {
  const cwd = shop({ "orders.csv": "id,item,amount\n2,pot,1\n3,cup,0\n" });
  const flags = [...INTO_ORDERS, "--max-rejects", "5", "--rejects-ok", "--junit", "r.xml"];

  expect((await upsurge(cwd, "orders.csv", ...flags, "--delete-missing")).exitCode).toBe(3);
  expect(orders(cwd)).toHaveLength(2);
  const xml = read(cwd, "r.xml");
  expect(xml).toContain('<testsuite name="orders" tests="2" failures="1" errors="0" skipped="0"');
  expect(xml).toMatch(/name="rejects: ROW_CHECK" classname="orders">\s+<failure /);
});

test("--junit tells what --check finds to change; a row that no record has is no failure", async () => {
  const cwd = shop({ "orders.csv": "id,item,amount\n2,pot,1\n" });
  const flags = [...INTO_ORDERS, "--junit", "r.xml"];

  expect((await upsurge(cwd, "orders.csv", ...flags, "--check", "--diff", "5")).exitCode).toBe(3);
  const xml = read(cwd, "r.xml");
  expect(xml).toMatch(
    /name="difference: \+ id=2" classname="orders">\s+<failure message="inserted"/,
  );
  expect(xml).toMatch(/name="difference: \? id=1" classname="orders">\s+<skipped message="extra"/);

  expect((await upsurge(cwd, "orders.csv", ...flags, "--check")).exitCode).toBe(3);
  expect(read(cwd, "r.xml")).toContain('<failure message="1 row would change" type="changes">');

  await upsurge(cwd, "orders.csv", ...flags, "--dry-run", "--diff", "5");
  expect(read(cwd, "r.xml")).toContain('failures="0" errors="0" skipped="2"');
});

test("--junit tells the error that stopped a load", async () => {
  const cwd = shop({ "bad.csv": BAD });

  const { exitCode } = await upsurge(cwd, "bad.csv", ...INTO_ORDERS, "--junit", "r.xml");

  expect(exitCode).toBe(4);
  expect(read(cwd, "r.xml")).toMatch(
    /errors="1" .*\n.*\n.*<testcase name="load"[^]*<error message="[^"]+" type="[A-Z_]+">cause: /,
  );
});

test("the files are put in place by a rename, with the permissions they had, behind a link", async () => {
  const cwd = shop();
  mkdirSync(join(cwd, "out"));
  writeFileSync(join(cwd, "out/real.prom"), "old\n");
  chmodSync(join(cwd, "out/real.prom"), 0o640);
  symlinkSync("out/real.prom", join(cwd, "m.prom"));
  const before = statSync(join(cwd, "out/real.prom")).ino;

  await upsurge(cwd, "orders.csv", ...INTO_ORDERS, "--metrics", "m.prom");

  expect(lstatSync(join(cwd, "m.prom")).isSymbolicLink()).toBe(true);
  const { ino, mode } = statSync(join(cwd, "out/real.prom"));
  expect([ino === before, mode & 0o777]).toEqual([false, 0o640]);
  expect(readdirSync(join(cwd, "out"))).toEqual(["real.prom"]);
});

test.each(["--metrics", "--junit"])(
  "a file of %s that cannot be written is found out before the load",
  async (flag) => {
    const cwd = shop();
    const file = flag === "--metrics" ? "no/m.prom" : "no/r.xml";

    const { exitCode, stderr } = await upsurge(cwd, "orders.csv", ...INTO_ORDERS, flag, file);

    expect(stderr).toContain(`error: cannot write ${file}  OUTPUT_FILE\n`);
    expect(stderr).toContain(`or name another file with ${flag}\n`);
    expect(exitCode).toBe(6);
    expect(orders(cwd)).toHaveLength(1);
  },
);

test("loads into one table have suites of their own, and rows whose keys are hidden tests of their own", async () => {
  const cwd = shop({
    "a.csv": "id,item,amount\n2,pot,1\n3,cup,1\n",
    "b.csv": "id,item,amount\n4,tea,1\n",
    "run.yaml":
      "to: shop.db\nloads:\n  - {from: a.csv, table: orders}\n  - {from: b.csv, table: orders}\n",
  });
  await upsurge(cwd, "run", "run.yaml", "--check", "--junit", "run.xml");
  const hidden = ["--check", "--diff", "all", "--diff-hide", "id", "--junit", "hidden.xml"];
  await upsurge(cwd, "a.csv", ...INTO_ORDERS, ...hidden);

  const suites = [...read(cwd, "run.xml").matchAll(/<testsuite name="([^"]*)"/g)];
  expect(suites.map(([, name]) => name)).toEqual(["orders (a.csv)", "orders (b.csv)"]);
  const names = [...read(cwd, "hidden.xml").matchAll(/<testcase name="([^"]*)"/g)];
  expect(names.length).toBeGreaterThan(3);
});

test.each([
  ["a sample with a time", '# HELP a b\n# TYPE a gauge\na{b="c"} 1 1395066363000\n'],
  ["a quote that is not escaped", '# HELP a b\n# TYPE a gauge\na{b="c"d"} 1\n'],
  ["a series that is there twice", '# HELP a b\n# TYPE a gauge\na{b="c"} 1\na{b="c"} 2\n'],
  ["no type", '# HELP a b\na{b="c"} 1\n'],
  ["a suffix of histograms", "# HELP a_count b\n# TYPE a_count gauge\na_count 1\n"],
  ["no line break at the end", "# HELP a b\n# TYPE a gauge\na 1"],
])("metrics that would be refused: %s", (_, text) => {
  expect(faultsOfMetrics(text)).not.toEqual([]);
});

test.each([
  ["an attribute that is not known", '<testsuites skipped="1"></testsuites>'],
  ["one that is missing", '<testsuites><testsuite name="a"></testsuite></testsuites>'],
  ["an element in the wrong place", '<testsuites><testcase name="a"></testcase></testsuites>'],
  ["no time", '<testsuites time="1e-7"></testsuites>'],
  ["what is not closed", "<testsuites>"],
  ["a sum that is wrong", '<testsuites tests="1" failures="0" errors="0"></testsuites>'],
])("test results that would be refused: %s", (_, xml) => {
  expect(faultsOfJunit(`<?xml version="1.0" encoding="UTF-8"?>\n${xml}\n`)).not.toEqual([]);
});

test("the levels of nested records have series and suites of their own", async () => {
  const cwd = tempDir({
    "in.ndjson":
      '{"id":1,"lines":[{"n":1},{"n":2}]}\n{"id":2,"lines":[{"n":1},{"n":null}]}\n{"id":3,"lines":[]}\n',
  });
  const database = new Sqlite(join(cwd, "shop.db"));
  database.exec(
    "create table heads (id integer primary key); create table lines (head integer references heads (id), n integer not null, unique (head, n))",
  );
  database.close();
  const into = ["--to", "shop.db", "--table", "heads", "--key", "id", "--nest", "lines:lines"];
  const flags = [...into, "--max-rejects", "1", "--metrics", "m.prom", "--junit", "r.xml"];

  expect((await upsurge(cwd, "in.ndjson", ...flags)).exitCode).toBe(3);
  const counts = series(read(cwd, "m.prom")).filter((line) => line.includes("_counts{"));
  expect(counts).toEqual([
    'upsurge_last_run_counts{name="m",table="heads",count="read"} 3',
    'upsurge_last_run_counts{name="m",table="heads",count="inserted"} 2',
    'upsurge_last_run_counts{name="m",table="heads",count="rejected"} 1',
    'upsurge_last_run_counts{name="m",table="lines",member="lines",count="read"} 4',
    'upsurge_last_run_counts{name="m",table="lines",member="lines",count="inserted"} 2',
    'upsurge_last_run_counts{name="m",table="lines",member="lines",count="rejected"} 1',
    'upsurge_last_run_counts{name="m",table="lines",member="lines",count="dropped"} 1',
  ]);
  const xml = read(cwd, "r.xml");
  expect(xml).toContain('<testsuite name="heads: lines -&gt; lines" tests="1" failures="1"');
  expect(xml).toContain('<failure message="4 rows: 1 rejected, 1 dropped" type="rows">');
  expect(xml).toContain('<testsuites name="upsurge" tests="3" failures="2" errors="0"');

  const good = ["in.ndjson", ...into, "--limit", "1", "--junit", "r.xml"];
  expect((await upsurge(cwd, ...good, "--check")).exitCode).toBe(0);
  expect(read(cwd, "r.xml")).toContain(
    '<testsuite name="heads: lines -&gt; lines" tests="2" failures="0"',
  );
});

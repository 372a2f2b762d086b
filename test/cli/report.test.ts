/** What a load tells: summary, JSON, report file, and the exit code. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { runUpsurge } from "../helpers/run-upsurge.ts";
import { INTO_ORDERS, orders, shop } from "./shop.ts";

const BAD = "id,item,amount\n1,tea,3\n2,pot,0\n3,cup,6\n";

test("--json prints one line with exactly the fields of the documentation", async () => {
  const cwd = shop();

  const { exitCode, stdout, stderr } = await runUpsurge(["orders.csv", ...INTO_ORDERS, "--json"], {
    cwd,
    now: new Date("2026-05-31T13:57:47Z"),
  });

  expect(stdout).toMatch(/^[^\n]+\n$/);
  expect(JSON.parse(stdout)).toEqual({
    status: "ok",
    exit: 0,
    runId: expect.stringMatching(/^[0-9a-f]{12}$/),
    target: "sqlite",
    table: "orders",
    mode: "upsert",
    key: { columns: ["id"], origin: "named" },
    strategy: "native",
    rowSource: expect.any(String),
    ddl: [],
    counts: {
      read: 3,
      inserted: 2,
      updated: 0,
      unchanged: 1,
      ignored: 0,
      skipped: 0,
      suppressed: 0,
      deleted: 0,
      rejected: 0,
      removed: 0,
      created: 0,
      blank: 0,
    },
    sources: [{ name: "orders.csv", read: 3, rejected: 0 }],
    rejects: [],
    rejectFile: null,
    rejectReport: null,
    guarantee: "all-or-nothing",
    job: null,
    dryRun: false,
    startedAt: "2026-05-31T13:57:47.000Z",
    endedAt: "2026-05-31T13:57:47.000Z",
    seconds: expect.any(Number),
    rowsPerSecond: expect.any(Number),
    bytes: 39,
    warnings: [],
    version: expect.stringMatching(/^\d+\.\d+\.\d+/),
  });
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
});

test("the summary goes to stdout, and stderr stays empty", async () => {
  const { stdout, stderr } = await runUpsurge(["orders.csv", ...INTO_ORDERS], { cwd: shop() });

  expect(stdout).toMatch(
    /^loaded 3 records into orders \(.*\) in [\d.]+ s, [\d,]+ rows\/s\n {2}inserted {3}2\n {2}unchanged {2}1\n$/,
  );
  expect(stderr).toBe("");
});

test("--quiet prints nothing when all is well", async () => {
  const result = await runUpsurge(["orders.csv", ...INTO_ORDERS, "-q"], { cwd: shop() });

  expect(result).toEqual({ exitCode: 0, stdout: "", stderr: "" });
});

test("--report writes what --json prints", async () => {
  const cwd = shop();

  const { stdout } = await runUpsurge(
    ["orders.csv", ...INTO_ORDERS, "--json", "--report", "load.json"],
    { cwd },
  );

  expect(readFileSync(join(cwd, "load.json"), "utf8")).toBe(stdout);
});

test("a report that cannot be written is found out before the load", async () => {
  const cwd = shop();

  const { exitCode, stderr } = await runUpsurge(
    ["orders.csv", ...INTO_ORDERS, "--report", "no/load.json"],
    { cwd },
  );

  expect(stderr).toContain("error: cannot write no/load.json  OUTPUT_FILE\n");
  expect(exitCode).toBe(6);
  expect(orders(cwd)).toEqual([[1, "tea", 2]]);
});

test("with --json even a report that cannot be written is told in one line of JSON", async () => {
  const { exitCode, stdout } = await runUpsurge(
    ["orders.csv", ...INTO_ORDERS, "--report", "no/load.json", "--json"],
    { cwd: shop() },
  );

  expect(stdout).toMatch(/^[^\n]+\n$/);
  expect(JSON.parse(stdout)).toMatchObject({
    status: "failed",
    exit: 6,
    error: { code: "OUTPUT_FILE", where: "--report" },
  });
  expect(exitCode).toBe(6);
});

test.runIf(existsSync("/dev/full"))(
  "a report that fails after the load says that the load was kept",
  async () => {
    const cwd = shop();

    const { exitCode, stdout, stderr } = await runUpsurge(
      ["orders.csv", ...INTO_ORDERS, "--report", "/dev/full", "--json"],
      { cwd },
    );

    expect(stderr).toMatch(/^cause: ENOSPC.*; the load itself is done and was kept$/m);
    expect(JSON.parse(stdout)).toMatchObject({ status: "ok" });
    expect(exitCode).toBe(6);
    expect(orders(cwd)).toHaveLength(3);
  },
);

describe("exit codes", () => {
  test("4 when a record is rejected and none may be; nothing is kept", async () => {
    const cwd = shop({ "orders.csv": BAD });

    const { exitCode, stdout, stderr } = await runUpsurge(
      ["orders.csv", ...INTO_ORDERS, "--json"],
      { cwd },
    );

    expect(exitCode).toBe(4);
    expect(JSON.parse(stdout)).toMatchObject({
      status: "failed",
      exit: 4,
      // How far it came; nothing of it was kept.
      counts: { read: 3, inserted: 0, updated: 0, unchanged: 0, rejected: 1 },
      error: {
        code: "REJECT_LIMIT",
        where: expect.stringContaining("orders.csv, record 2, line 3"),
      },
    });
    expect(stderr).toMatch(
      /^error: .* {2}REJECT_LIMIT\ncause: .*\nfix: {3}.*\nwhere: orders\.csv, record 2, line 3/,
    );
    expect(orders(cwd)).toEqual([[1, "tea", 2]]);
  });

  test("3 when rejects are allowed; the rest is kept", async () => {
    const cwd = shop({ "orders.csv": BAD });

    const { exitCode, stdout } = await runUpsurge(
      ["orders.csv", ...INTO_ORDERS, "--max-rejects", "1", "--json"],
      { cwd },
    );

    expect(exitCode).toBe(3);
    expect(JSON.parse(stdout)).toMatchObject({ status: "rejects", counts: { rejected: 1 } });
    expect(orders(cwd)).toEqual([
      [1, "tea", 3],
      [3, "cup", 6],
    ]);
  });

  test("0 for a dry run, which changes nothing", async () => {
    const cwd = shop();

    const { exitCode, stdout } = await runUpsurge(
      ["orders.csv", ...INTO_ORDERS, "--dry-run", "--json"],
      { cwd },
    );

    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ dryRun: true, counts: { inserted: 2 } });
    expect(orders(cwd)).toEqual([[1, "tea", 2]]);
  });

  test("3 when --check finds changes, 0 when there are none", async () => {
    const cwd = shop();
    const args = ["orders.csv", ...INTO_ORDERS];

    expect((await runUpsurge([...args, "--check"], { cwd })).exitCode).toBe(3);
    await runUpsurge(args, { cwd });
    expect((await runUpsurge([...args, "--check"], { cwd })).exitCode).toBe(0);
  });

  test("2 when there is no such table", async () => {
    const cwd = shop();

    const { exitCode, stderr } = await runUpsurge(
      ["orders.csv", "--to", "shop.db", "--table", "order"],
      { cwd },
    );

    expect(stderr).toContain("PLAN_NO_TABLE");
    expect(stderr).toContain("did you mean orders?");
    expect(exitCode).toBe(2);
  });

  test("6 when there is no such file", async () => {
    const { exitCode, stderr } = await runUpsurge(["nowhere.csv", ...INTO_ORDERS], { cwd: shop() });

    expect(stderr).toContain("SOURCE_NOT_FOUND");
    expect(exitCode).toBe(6);
  });
});

test("annotates the line in GitHub Actions", async () => {
  const cwd = shop({ "orders.csv": BAD });

  const { stderr } = await runUpsurge(["orders.csv", ...INTO_ORDERS], {
    cwd,
    env: { GITHUB_ACTIONS: "true" },
  });

  expect(stderr).toMatch(/^::error file=orders\.csv,line=3::.*REJECT_LIMIT/m);
});

test("takes the target from the environment", async () => {
  const cwd = shop();

  const { exitCode } = await runUpsurge(["orders.csv", "--table", "orders", "--key", "id"], {
    cwd,
    env: { DATABASE_URL: "sqlite:shop.db" },
  });

  expect(exitCode).toBe(0);
  expect(orders(cwd)).toHaveLength(3);
});

test("reads standard input", async () => {
  const cwd = shop({});

  const { exitCode } = await runUpsurge(["-", ...INTO_ORDERS], { cwd, stdin: "id,item\n9,jam\n" });

  expect(exitCode).toBe(0);
  expect(orders(cwd)).toEqual([
    [1, "tea", 2],
    [9, "jam", null],
  ]);
});

test("loads several files named by a pattern", async () => {
  const cwd = shop({ "a-1.csv": "id,item\n5,five\n", "a-2.csv": "id,item\n6,six\n" });

  const { stdout } = await runUpsurge(["a-*.csv", ...INTO_ORDERS, "--json"], { cwd });

  expect(JSON.parse(stdout)).toMatchObject({ counts: { read: 2, inserted: 2 } });
});

test("a password equal to a word of the report leaves the JSON whole", async () => {
  const cwd = shop();
  writeFileSync(join(cwd, "bad.csv"), BAD);

  const { stdout } = await runUpsurge(["bad.csv", ...INTO_ORDERS, "--json"], {
    cwd,
    env: { PGPASSWORD: "upsert" },
  });

  expect(JSON.parse(stdout)).toMatchObject({ mode: "upsert" });
});

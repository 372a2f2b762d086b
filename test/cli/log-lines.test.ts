/** What stderr says beside errors for people: the log in both formats, and everything as JSON where that is asked for. */
import { join } from "node:path";
import Database from "better-sqlite3";
import { describe, expect, test } from "vitest";
import { prettyLine } from "../../src/cli/log.ts";
import { Screen } from "../../src/cli/screen.ts";
import { MemoryOutput, runUpsurge } from "../helpers/run-upsurge.ts";
import { spawnUpsurge } from "../helpers/spawn-upsurge.ts";
import { until } from "../helpers/until.ts";
import { INTO_ORDERS, ORDERS, shop } from "./shop.ts";

interface Line {
  readonly level: number;
  readonly time: number;
  readonly runId: string;
  readonly msg: string;
  readonly event?: string;
  readonly code?: string;
  readonly fix?: string;
  readonly phase?: string;
}

function colours(env: Readonly<Record<string, string>>, isTTY: boolean): boolean {
  return new Screen(new MemoryOutput(isTTY), env).isColoured;
}

/** Each line of stderr, which must be JSON. */
function linesOf(stderr: string): Line[] {
  expect(stderr).toMatch(/\n$/);
  return stderr
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Line);
}

const JSON_LOG = ["--log-format", "json"];
const INFO = ["--log-level", "info"];

describe("--log-format json", () => {
  test("a load says what it connects to, plans and commits, under the id of its report", async () => {
    const args = ["orders.csv", ...INTO_ORDERS, ...JSON_LOG, ...INFO, "--json"];
    const { stdout, stderr } = await runUpsurge(args, { cwd: shop() });
    const { runId } = JSON.parse(stdout) as { readonly runId: string };
    const lines = linesOf(stderr);

    expect(lines.map(({ msg }) => msg)).toEqual(["connected", "planned", "committed"]);
    expect(lines[0]).toMatchObject({ to: "shop.db", version: expect.stringMatching(/^SQLite 3/) });
    expect(lines[1]).toMatchObject({ table: "orders", mode: "upsert", strategy: "native" });
    expect(lines[2]).toMatchObject({ level: 30, read: 3, rejected: 0 });
    expect(new Set(lines.map((line) => line.runId))).toEqual(new Set([runId]));
  });

  test("each commit of a load in parts is told", async () => {
    const args = ["orders.csv", ...INTO_ORDERS, ...JSON_LOG, ...INFO, "--commit", "1"];
    const { stderr } = await runUpsurge([...args, "--batch-rows", "1"], { cwd: shop() });
    const commits = linesOf(stderr).filter(({ msg }) => msg === "committed");

    expect(commits.length).toBeGreaterThanOrEqual(3);
    expect(commits.at(-1)).toMatchObject({ read: 3 });
  });

  test.each([
    ["a record", ["orders.csv", ...INTO_ORDERS, ...JSON_LOG], {}],
    ["a flag that does not exist", ["orders.csv", "--nothing", "--log-format=json"], {}],
    ["what the environment says", ["none.csv", ...INTO_ORDERS], { UPSURGE_LOG_FORMAT: "json" }],
    ["the last word", ["none.csv", ...INTO_ORDERS, "--log-format", "pretty", ...JSON_LOG], {}],
  ])("an error is one line: %s", async (_what, args, env) => {
    const cwd = shop({ "orders.csv": `${ORDERS}4,pan,-1\n` });
    const { stderr, exitCode } = await runUpsurge(args, {
      cwd,
      env: { ...env, GITHUB_ACTIONS: "true" },
    });
    const lines = linesOf(stderr);

    expect(exitCode).toBeGreaterThan(0);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({
      level: 50,
      event: "error",
      code: expect.stringMatching(/^[A-Z_]+$/),
      cause: expect.any(String),
      fix: expect.any(String),
      msg: expect.any(String),
    });
  });

  test("with the log at debug the stack is in it, and nothing else is printed", async () => {
    const args = ["orders.csv", ...JSON_LOG, "--table", "orders", "--log-level", "debug"];
    const { stderr } = await runUpsurge([...args, "--batch-rows", "none"], { cwd: shop() });

    expect(linesOf(stderr).at(-1)).toMatchObject({ stack: expect.stringContaining("    at ") });
  });

  test.each([
    ["that are alike", '{"id":8,"item":"cup"}\n{"id":9,"item":"pot"}\n', "fast"],
    ["of several kinds", '{"id":8,"item":"cup"}\n{"item":"pot","id":9}\n', "fast"],
    [
      "of which one is out of the ordinary",
      '{"id":8,"item":"cup"}\n{"id":9,"id":10,"item":"pot"}\n',
      "slow",
    ],
  ])("a batch says which path its lines took: those %s", async (_, text, path) => {
    const args = ["in.ndjson", ...INTO_ORDERS, ...JSON_LOG, "--log-level", "debug"];
    const { stderr } = await runUpsurge(args, { cwd: shop({ "in.ndjson": text }) });

    expect(
      linesOf(stderr).find(({ msg }) => msg === "batch"),
      stderr,
    ).toMatchObject({ path });
  });

  test("progress and a retry are lines too", async () => {
    const cwd = shop();
    const other = new Database(join(cwd, "shop.db"));
    other.exec("begin immediate");
    const patience = ["--lock-timeout", "50ms", "--retry-timeout", "10m", "--progress", "bar"];
    const args = ["orders.csv", ...INTO_ORDERS, ...JSON_LOG, ...INFO, ...patience];
    const { child, ended } = spawnUpsurge(args, cwd);
    let said = "";
    child.stderr.on("data", (chunk: Buffer) => (said += chunk.toString()));
    await until("a second try", () => said.includes("starting again"));
    other.close();
    const { stderr, exitCode } = await ended;

    expect(exitCode, stderr).toBe(0);
    const retries = linesOf(stderr).filter(({ msg }) => msg.startsWith("starting again"));
    expect(retries[0]).toMatchObject({ level: 30, try: 1 });
    // What happened, without a name of the program's own before it.
    expect(retries[0]).toMatchObject({ error: expect.not.stringMatching(/^\w+: /) });
    const waits = linesOf(stderr).filter(({ phase }) => phase === "away");
    expect(waits[0]).toMatchObject({ msg: expect.stringContaining("trying again in") });
  });
});

describe("lines for people", () => {
  const line = JSON.stringify({
    level: 30,
    time: Date.UTC(2026, 10, 28, 12),
    pid: 7,
    hostname: "here",
    runId: "0123456789ab",
    msg: "planned",
    table: "orders",
    why: ["mode upsert", "one row\u001B[2J"],
    rows: 3,
  });

  test("begin with date and time, level and run", () => {
    const [first, ...others] = prettyLine(line, false).split("\n");

    expect(first).toMatch(
      /^2026-11-2[789] \d\d:\d\d:00\.000 INFO {2}0123456789ab planned table=orders rows=3 why=$/,
    );
    expect(others).toEqual(["    mode upsert", "    one row\\u001b[2J", ""]);
  });

  test("an error's stack is indented below", () => {
    const err = { message: "gone", stack: "Error: gone\n    at here" };
    const text = prettyLine(
      JSON.stringify({ level: 20, time: 0, runId: "a", msg: "no", err }),
      false,
    );

    expect(text).toMatch(/ DEBUG a no\n {4}Error: gone\n {8}at here\n$/);
  });

  test("have colours on a terminal only, and not where they are unwanted", () => {
    expect(colours({}, true)).toBe(true);
    expect([
      colours({}, false),
      colours({ NO_COLOR: "1" }, true),
      colours({ TERM: "dumb" }, true),
    ]).toEqual([false, false, false]);
    expect(colours({ NO_COLOR: "" }, true)).toBe(true);
    expect(prettyLine(line, true)).toContain("\u001B[32mINFO\u001B[39m  0123");
    expect(new Screen(new MemoryOutput(true), { TERM: "dumb" }).isTerminal).toBe(false);
  });
});

/** What only a process has: signals, closed pipes, exit codes. */
import { spawnSync } from "node:child_process";
import { EventEmitter } from "node:events";
import { closeSync, existsSync, openSync } from "node:fs";
import { PassThrough } from "node:stream";
import { expect, test, vi } from "vitest";
import { main } from "../../src/cli/main.ts";
import { MemoryOutput } from "../helpers/run-upsurge.ts";
import { BIN, spawnUpsurge } from "../helpers/spawn-upsurge.ts";
import { until } from "../helpers/until.ts";
import { INTO_ORDERS, orders, shop, untilLocked } from "./shop.ts";

test.each([
  ["SIGINT", 130],
  ["SIGTERM", 143],
  ["SIGHUP", 129],
] as const)("%s undoes the load and ends with %d", async (signal, exitCode) => {
  const cwd = shop();
  const { child, ended } = spawnUpsurge(["-", ...INTO_ORDERS, "--json"], cwd);
  child.stdin.write(`id,item\n${"7,jam\n".repeat(500_000)}8,`);
  await untilLocked(cwd);

  child.kill(signal);
  const result = await ended;

  expect(result.exitCode).toBe(exitCode);
  expect(JSON.parse(result.stdout)).toMatchObject({ status: "interrupted", exit: exitCode });
  expect(result.stderr).toContain(`${signal}: undoing the load`);
  expect(orders(cwd)).toEqual([[1, "tea", 2]]);
});

test("a signal ends the wait for standard input", async () => {
  const signals = Object.assign(new EventEmitter(), { exit: vi.fn() });
  const [stdout, stderr] = [new MemoryOutput(), new MemoryOutput()];
  const stdin = new PassThrough();
  const io = { stdin, stdout, stderr, env: {}, signals };

  const exitCode = main(["-", "--to", `${shop()}/shop.db`, "--table", "orders"], io);
  const readers = (): number => stdin.listenerCount("readable") + stdin.listenerCount("data");
  await until("a load that waits for its source", readers);
  signals.emit("SIGINT");

  expect(await exitCode).toBe(130);
  expect(stdout.text).toMatch(/^interrupted: 0 records read/);
});

test("a directory as standard input is no source without records", () => {
  const cwd = shop();
  const stdin = openSync(cwd, "r");
  const { status, stderr } = spawnSync(
    process.execPath,
    [BIN, "-", ...INTO_ORDERS, "--format", "csv"],
    { cwd, encoding: "utf8", stdio: [stdin, "pipe", "pipe"] },
  );
  closeSync(stdin);

  expect([status, stderr]).toEqual([
    6,
    expect.stringContaining("error: standard input is a directory  SOURCE_IS_DIRECTORY"),
  ]);
});

test("a closed stdout does not stop a load, and the exit code tells that the report was lost", async () => {
  const cwd = shop();
  const { child, ended } = spawnUpsurge(["orders.csv", ...INTO_ORDERS, "--json"], cwd);
  child.stdout.destroy();

  const { exitCode, stderr } = await ended;

  expect(stderr).toContain("error: cannot write standard output  OUTPUT_FILE");
  expect(exitCode).toBe(6);
  expect(orders(cwd)).toHaveLength(3);
});

test.runIf(existsSync("/dev/full"))("a full stdout is told as well", () => {
  const cwd = shop();
  const command = `"${process.execPath}" "${BIN}" "$@" > /dev/full`;

  const { status } = spawnSync("sh", ["-c", command, "sh", "orders.csv", ...INTO_ORDERS], { cwd });

  expect(status).toBe(6);
  expect(orders(cwd)).toHaveLength(3);
});

test("a failed load ends though its standard input is still open", async () => {
  const cwd = shop();
  const { child, ended } = spawnUpsurge(["-", "--to", "shop.db", "--table", "nowhere"], cwd);
  child.stdin.write(`id\n${"1\n".repeat(1_000_000)}`);

  expect((await ended).exitCode).toBe(2);
});

test("errors go to stderr alone", async () => {
  const { ended } = spawnUpsurge(["orders.csv", "--bogus"], shop());

  expect(await ended).toEqual({
    exitCode: 2,
    stdout: "",
    stderr: expect.stringMatching(/^error: unknown option --bogus {2}OPTION_UNKNOWN\n/),
  });
});

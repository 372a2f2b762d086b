/** The exit code tells the truth, also when nothing in the program does: no way out of it is a silent 0. */
import { pathToFileURL } from "node:url";
import { join } from "node:path";
import { writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { spawnUpsurge } from "../helpers/spawn-upsurge.ts";
import type { SpawnOptions, Spawned } from "../helpers/spawn-upsurge.ts";
import { INTO_ORDERS, orders, shop, untilLocked } from "../cli/shop.ts";

/** Starts a load into the shop in `cwd`, with `code` run before it. */
function start(
  cwd: string,
  args: readonly string[],
  code: string,
  env: SpawnOptions["env"] = {},
): Spawned {
  const path = join(cwd, "preload.mjs");
  writeFileSync(path, code);
  return spawnUpsurge(args, cwd, { preload: pathToFileURL(path).href, env });
}

const UNTOUCHED = [[1, "tea", 2]];

/** Nothing of these keeps Node's loop alive: it would end with 0, or with its own 13. */
const HANGING: readonly (readonly [string, string, string])[] = [
  [
    "standard input",
    "-",
    `import { Readable } from "node:stream";
     Object.defineProperty(process, "stdin", { value: new Readable({ read() {} }) });`,
  ],
  [
    "a read of a file, in the middle",
    "long.csv",
    `import { open } from "node:fs/promises";
     const handle = await open(process.execPath);
     const { read } = Object.getPrototypeOf(handle);
     await handle.close();
     let reads = 0;
     Object.getPrototypeOf(handle).read = function (...args) {
       reads += 1;
       return reads < 3 ? read.apply(this, args) : new Promise(() => {});
     };`,
  ],
  [
    "a look at a file",
    "orders.csv",
    `import fs from "node:fs/promises";
     import { syncBuiltinESMExports } from "node:module";
     fs.stat = () => new Promise(() => {});
     syncBuiltinESMExports();`,
  ],
];

test.each(HANGING)("%s that never settles is a failure that is told", async (_, source, code) => {
  const cwd = shop({
    "orders.csv": "id,item\n7,jam\n",
    "long.csv": `id,item\n${"7,jam\n".repeat(200_000)}`,
  });
  const { ended } = start(cwd, [source, ...INTO_ORDERS], code);

  const { exitCode, stdout, stderr } = await ended;

  expect(stderr).toMatch(/^error: upsurge has a bug: nothing is left to wait for.* {2}INTERNAL$/m);
  expect(stderr.trimEnd().split("\n")).toEqual([
    expect.stringMatching(/^error: /),
    expect.stringMatching(/^cause: .*nothing past the last commit was kept$/),
    expect.stringMatching(/^fix: {3}please report it/),
  ]);
  expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "" });
  expect(orders(cwd)).toEqual(UNTOUCHED);
});

/** Raised in the middle of a load, at a signal. */
const RAISED: readonly (readonly [string, string])[] = [
  ["an exception", "throw error;"],
  ["a rejection", "void Promise.reject(error);"],
];

test.each(RAISED)("%s that nobody caught ends the load with 1, without secrets", async (_, how) => {
  const cwd = shop();
  const code = `process.on("SIGUSR2", () => {
    const error = new Error("no postgres://ann:rosebud@db/shop, PGPASSWORD " + process.env.PGPASSWORD);
    ${how}
  });`;
  const secret = { PGPASSWORD: "xanadu-1941" };
  const args = ["-", ...INTO_ORDERS, "--log-level", "debug"];
  const { child, ended } = start(cwd, args, code, secret);
  child.stdin.write(`id,item\n${"7,jam\n".repeat(500_000)}8,`);
  await untilLocked(cwd);

  child.kill("SIGUSR2");
  const { exitCode, stdout, stderr } = await ended;

  expect(stderr).toContain(
    "error: upsurge has a bug: no postgres://ann:***@db/shop, PGPASSWORD ***  INTERNAL\n",
  );
  expect(stderr).toContain("caused by Error: no postgres");
  expect(stderr).not.toMatch(/rosebud|xanadu/);
  expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "" });
  expect(orders(cwd)).toEqual(UNTOUCHED);
});

test("an exit in the middle that nobody asked for is no 0", async () => {
  const cwd = shop();
  const code = `process.on("SIGUSR2", () => process.exit());`;
  const { child, ended } = start(cwd, ["-", ...INTO_ORDERS], code);
  child.stdin.write(`id,item\n${"7,jam\n".repeat(500_000)}8,`);
  await untilLocked(cwd);

  child.kill("SIGUSR2");

  expect((await ended).exitCode).toBe(1);
  expect(orders(cwd)).toEqual(UNTOUCHED);
});

test("an error after the answer is a failure as well", async () => {
  const cwd = shop();
  const code = `process.on("beforeExit", () => void Promise.reject(new Error("late")));`;

  const { exitCode, stderr } = await start(cwd, ["orders.csv", ...INTO_ORDERS], code).ended;

  expect(stderr).toContain("error: upsurge has a bug: late  INTERNAL\n");
  expect(exitCode).toBe(1);
  expect(orders(cwd)).toHaveLength(3);
});

test("a load that ends well says 0", async () => {
  const cwd = shop();

  const { exitCode, stderr } = await start(cwd, ["orders.csv", ...INTO_ORDERS], "").ended;

  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  expect(orders(cwd)).toHaveLength(3);
});

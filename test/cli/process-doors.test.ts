/** What others on the machine can see of a running load, and do to it. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { spawnUpsurge } from "../helpers/spawn-upsurge.ts";
import { until } from "../helpers/until.ts";
import { INTO_ORDERS, orders, shop } from "./shop.ts";

test.runIf(process.platform === "linux")("the process list shows no arguments", async () => {
  const { child, ended } = spawnUpsurge(["-", ...INTO_ORDERS, "--const", "item=hunter2"], shop());
  const shown = (): string => readFileSync(`/proc/${child.pid}/cmdline`, "utf8");

  await until("its own title", shown, (title) => title.startsWith("upsurge"));
  expect(shown()).not.toContain("hunter2");
  child.stdin.end("id,amount\n9,9\n");
  expect((await ended).exitCode).toBe(0);
});

test("SIGUSR1 opens no inspector, and the load goes on", async () => {
  const cwd = shop();
  const { child, ended } = spawnUpsurge(["-", ...INTO_ORDERS, "--progress", "log"], cwd);
  child.stdin.write("id,item,amount\n");
  child.stdin.write("8,jam,1\n".repeat(200_000));
  // It was read, so the load listens.
  await until(
    "a load that reads",
    () => child.stdin.writableLength,
    (unread) => unread < 1_000_000,
  );

  child.kill("SIGUSR1");
  child.stdin.end("9,jam,1\n");
  const { exitCode, stderr } = await ended;

  expect(exitCode, stderr).toBe(0);
  expect(stderr).not.toContain("Debugger");
  expect(orders(cwd)).toContainEqual([9, "jam", 1]);
});

/** A source that is read ahead in a thread is the same source: its chunks, rejects and errors. */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { firstTests, timesOf } from "../tiers/tiers.ts";

const RUNS = timesOf("read ahead");

/** Threads do not read TypeScript by themselves where the process does. */
const IN_THREADS = `data:text/javascript,
  import { isMainThread } from "node:worker_threads";
  import { register } from ${JSON.stringify(import.meta.resolve("tsx/esm/api"))};
  if (!isMainThread) register();`;

/** Runs a program of `reading-paths` with threads that read TypeScript; what it printed. */
function run(program: string, flags: readonly string[], args: readonly string[]): unknown {
  const path = fileURLToPath(new URL(`../helpers/reading-paths/${program}`, import.meta.url));
  const loaders = [import.meta.resolve("tsx"), IN_THREADS].flatMap((url) => ["--import", url]);
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [...flags, ...loaders, path, ...args],
    { encoding: "utf8" },
  );
  expect(status, stderr).toBe(0);
  return JSON.parse(stdout);
}

test("a thread finds what is found without one", { timeout: 300_000 + 500 * RUNS }, () => {
  const seen = run("prefetch.ts", [], [String(RUNS)]) as {
    readonly ahead: number;
    readonly encoded: number;
  };
  expect(seen.ahead, "blocks that a thread has looked at").toBeGreaterThan(RUNS / 50);
  expect(seen.encoded, "chunks that it has encoded").toBeGreaterThan(RUNS / 100);
});

test.each(firstTests("kinds of failing threads", ["throw", "warn"]))(
  "a thread that fails is done without, where promises that fail %s",
  (mode) => {
    const seen = run("failing-thread.ts", [`--unhandled-rejections=${mode}`], []);
    expect(seen).toEqual({ records: 1000, threads: 1 });
  },
);

/** A source that is read ahead in a thread is the same source: its chunks, rejects and errors. */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { timesOf } from "../tiers/tiers.ts";

const PROGRAM = fileURLToPath(new URL("../helpers/reading-paths/prefetch.ts", import.meta.url));
const RUNS = timesOf("read ahead");

/** Threads do not read TypeScript by themselves where the process does. */
const IN_THREADS = `data:text/javascript,
  import { isMainThread } from "node:worker_threads";
  import { register } from ${JSON.stringify(import.meta.resolve("tsx/esm/api"))};
  if (!isMainThread) register();`;

test("a thread finds what is found without one", { timeout: 300_000 + 500 * RUNS }, () => {
  const loaders = [import.meta.resolve("tsx"), IN_THREADS].flatMap((url) => ["--import", url]);
  const args = [...loaders, PROGRAM, String(RUNS)];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
  expect(status, stderr).toBe(0);
  const seen = JSON.parse(stdout) as { readonly ahead: number; readonly encoded: number };
  expect(seen.ahead, "blocks that a thread has looked at").toBeGreaterThan(RUNS / 50);
  expect(seen.encoded, "chunks that it has encoded").toBeGreaterThan(RUNS / 100);
});

/** A process that has the tests' PostgreSQL ends with the code that it was given: CI knows of failed tests by nothing else. */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const HELPER = new URL("../helpers/embedded-postgres.ts", import.meta.url).href;
const ROOT = fileURLToPath(new URL("../..", import.meta.url));

test.each([0, 1, 3])("%i stays the exit code", (code) => {
  const script = `await import(${JSON.stringify(HELPER)}); process.exitCode = ${code};`;
  const words = ["--import", "tsx", "--input-type=module", "--eval", script];
  const { status, stderr } = spawnSync(process.execPath, words, { cwd: ROOT, encoding: "utf8" });

  expect([status, stderr]).toEqual([code, ""]);
});

/** `npm test`: every check of the project in the order of their speed. Stops at the first that fails. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensureInstall } from "./ensure-install.mjs";
import { runTool } from "./steps.mjs";

const results = mkdtempSync(join(tmpdir(), "upsurge-test-"));
const resultFile = join(results, "results.json");

const STEPS = [
  ["format", "oxfmt", ["--check"]],
  ["lint", "oxlint", ["--type-aware", "--deny-warnings"]],
  ["types", "tsc", ["-p", "tsconfig.json", "--noEmit"]],
  ["build", "tsc", ["-p", "tsconfig.build.json"]],
  ["docs and invariants", "vitest", ["run", "test/docs.test.ts", "test/invariants.test.ts"]],
  [
    "tests",
    "vitest",
    ["run", "--reporter=default", "--reporter=json", `--outputFile.json=${resultFile}`],
  ],
];

await ensureInstall();
let failed = false;
for (const [title, tool, args] of STEPS) {
  const started = performance.now();
  const { code: exitCode, output } = await runTool(tool, args);
  // The tests' PostgreSQL ends the process in its own way, and may turn the exit code of a failure into 0.
  const code = title === "tests" && exitCode === 0 && !succeeded() ? 1 : exitCode;
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`${code === 0 ? "ok  " : "FAIL"} ${title.padEnd(20)} ${seconds.padStart(6)} s`);
  if (title === "build" && code === 0) await import("./make-executable.mjs");
  if (code === 0) continue;
  console.log(output);
  failed = true;
  break;
}
console.log(totals());
rmSync(results, { recursive: true, force: true });
process.exitCode = failed ? 1 : 0;

/** Whether vitest itself says that all went well. */
function succeeded() {
  try {
    return JSON.parse(readFileSync(resultFile, "utf8")).success === true;
  } catch {
    return false;
  }
}

/** `N passed, N failed`, from vitest's own count; a check that stopped the run before the tests counts as one. */
function totals() {
  try {
    const { numPassedTests, numFailedTests } = JSON.parse(readFileSync(resultFile, "utf8"));
    return `${numPassedTests} passed, ${Math.max(numFailedTests, failed ? 1 : 0)} failed`;
  } catch {
    return `0 passed, ${failed ? 1 : 0} failed`;
  }
}

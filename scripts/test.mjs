/** `npm test`: every check of the project in the order of their speed. Stops at the first that fails. */
import { ensureInstall } from "./ensure-install.mjs";
import { runTests, runTool } from "./steps.mjs";

const STEPS = [
  ["format", "oxfmt", ["--check"]],
  ["lint", "oxlint", ["--type-aware", "--deny-warnings"]],
  ["types", "tsc", ["-p", "tsconfig.json", "--noEmit"]],
  ["build", "tsc", ["-p", "tsconfig.build.json"]],
  ["docs and invariants", "vitest", ["run", "test/docs.test.ts", "test/invariants.test.ts"]],
  ["tests", null, []],
];

await ensureInstall();
let failed = false;
let results = null;
for (const [title, tool, args] of STEPS) {
  const started = performance.now();
  const done = tool === null ? await runTests(args) : await runTool(tool, args);
  const { code, output } = done;
  results = done.results ?? results;
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`${code === 0 ? "ok  " : "FAIL"} ${title.padEnd(20)} ${seconds.padStart(6)} s`);
  if (title === "build" && code === 0) await import("./make-executable.mjs");
  if (code === 0) continue;
  console.log(output);
  failed = true;
  break;
}
console.log(totals());
process.exitCode = failed ? 1 : 0;

/** `N passed, N failed`, from vitest's own count; a check that stopped the run before the tests counts as one. */
function totals() {
  if (results === null) return `0 passed, ${failed ? 1 : 0} failed`;
  const { numPassedTests, numFailedTests } = results;
  return `${numPassedTests} passed, ${Math.max(numFailedTests, failed ? 1 : 0)} failed`;
}

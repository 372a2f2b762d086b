/**
 * `npm test`: every check of the project in the order of their speed, and of the tests a part that covers every feature.
 * `npm run test:all` runs all of them. `test/tiers/tiers.ts` says what belongs where. Stops at the first check that fails.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "./build.mjs";
import { ensureInstall } from "./ensure-install.mjs";
import { runTests, runTool } from "./steps.mjs";

const tier = process.argv.includes("--all") ? "all" : "fast";
/** Where the tests note what they have made the program do. */
const seen = mkdtempSync(join(tmpdir(), "upsurge-seen-"));

/** What the tests are told of the run. */
const MARKED = { UPSURGE_TEST_TIER: tier, UPSURGE_TEST_SEEN: seen };

/** True where `npm test` has run just before: what it did in full is not done again. */
const goesOn = tier === "all" && existsSync(process.env.UPSURGE_TEST_WHOLE ?? "");

const QUICK = [
  ["format", "oxfmt", ["--check"]],
  ["lint", "oxlint", ["--type-aware", "--deny-warnings"]],
  ["types", "tsc", ["-p", "tsconfig.json", "--noEmit"]],
];
/** Tests that are run before the others, and not again with them. */
const TOLD = ["test/docs.test.ts", "test/invariants.test.ts", "test/house.test.ts"];

let passed = 0;
let failed = 0;
const started = performance.now();

await ensureInstall();
try {
  process.exitCode = (await everyCheck()) ? 0 : 1;
} finally {
  rmSync(seen, { recursive: true, force: true });
}
console.log(`${passed} passed, ${process.exitCode === 0 ? 0 : Math.max(failed, 1)} failed`);

async function everyCheck() {
  return (goesOn || (await quickChecks())) && (await allTests());
}

async function quickChecks() {
  for (const [title, tool, args] of QUICK) {
    if (!(await step(title, () => runTool(tool, args)))) return false;
  }
  if (!(await step("build", build))) return false;
  return await step("docs and invariants", () =>
    tests(TOLD, { ...MARKED, UPSURGE_TEST_POSTGRES: "none" }),
  );
}

async function allTests() {
  if (tier === "fast") console.log("tests: a part that covers every feature");
  else console.log(goesOn ? "tests: what npm test has left out" : "tests: all of them");
  const leftOut = `${seen}.left-out`;
  const done = goesOn ? [] : TOLD.flatMap((file) => ["--exclude", file]);
  const env = { ...MARKED, UPSURGE_TEST_LEFT_OUT: leftOut };
  const ok = await step("tests", () => tests(done, env, { echo: true }));
  tellLeftOut(leftOut);
  if (!ok) return false;
  if (goesOn) return true;
  // What the tests have done is only known when they are over.
  return await step("every feature was met", () =>
    tests(["test/tiers/complete.test.ts"], {
      UPSURGE_TEST_POSTGRES: "none",
      UPSURGE_TEST_MET: seen,
    }),
  );
}

/** Runs a check and says how it went; what it printed only when it failed, unless it was shown as it came. */
async function step(title, check) {
  const began = performance.now();
  const { code, output, echoed } = await check();
  const ok = code === 0;
  console.log(
    `${ok ? "ok  " : "FAIL"} ${title.padEnd(22)} ${seconds(began)} s${title === "tests" ? `, ${seconds(started)} s in all` : ""}`,
  );
  if (!ok && !echoed) console.log(output);
  return ok;
}

/** Tells which tests were not run, since the time of the run was over. */
function tellLeftOut(path) {
  if (!existsSync(path)) return;
  const files = readFileSync(path, "utf8").trim().split("\n");
  rmSync(path);
  console.log(`left out, since the time of this run was over: ${files.length} tests`);
  for (const file of new Set(files)) console.log(`  ${file}`);
}

async function tests(args, env, { echo = false } = {}) {
  const reporter = echo ? "test/tiers/progress.ts" : "default";
  const done = await runTests(args, { env: { ...process.env, ...env }, echo, reporter });
  passed += done.results?.numPassedTests ?? 0;
  failed += done.results?.numFailedTests ?? 0;
  if (done.code !== 0 && (done.results?.numFailedTests ?? 0) === 0) tellEnd(done);
  return { ...done, echoed: echo };
}

/** Tells how tests ended of which none has failed, and yet not all is well. */
function tellEnd({ code, signal, results }) {
  const suites = results?.numFailedTestSuites ?? "?";
  console.log(
    `no test failed; exit code ${code}, signal ${signal ?? "none"}, ${suites} groups failed`,
  );
}

function seconds(began) {
  return ((performance.now() - began) / 1000).toFixed(1).padStart(6);
}

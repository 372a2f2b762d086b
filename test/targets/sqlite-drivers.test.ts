/**
 * SQLite through both drivers, on each Node that has them, with conformance on the first and the last: vitest runs again under
 * that Node, with the driver it is told to use. `better-sqlite3` 13 is put in the place of the one that this project installs,
 * which has run the laws by itself; they are run here through the other driver.
 */
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { otherNode, packageFolder } from "../helpers/other-node.ts";
import { tempDir } from "../helpers/temp-dir.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
/** What shows that a driver is there and does what is asked of it. */
const FEW = [
  "test/unit/targets/sqlite/drivers.test.ts",
  "test/targets/sqlite.test.ts",
  "test/targets/jobs.test.ts",
];
const SUITES = [
  ...FEW,
  "test/targets/conformance.test.ts",
  "test/targets/sqlite-catalog.test.ts",
  "test/targets/sqlite-misfits.test.ts",
  "test/targets/sqlite-packed.test.ts",
];
const FILES = [
  ...SUITES,
  ...["any-batching", "repeats", "jobs-resume", "lookup", "value"].map(
    (law) => `test/laws/${law}.test.ts`,
  ),
];

/** Node 22.13 is the first that has `node:sqlite` without a flag. */
const CASES = [
  ["22.13.1", "node:sqlite", FILES, 150],
  ["22", "node:sqlite", FEW, 20],
  ["24", "node:sqlite", FEW, 20],
  ["26", "node:sqlite", SUITES, 100],
  ["22", "better-sqlite3", FEW, 20],
  ["26", "better-sqlite3", SUITES, 100],
] as const;

test.each(CASES)("Node %s with %s", (version, driver, files, atLeast) => {
  const other = otherNode(version);
  if (other === null) {
    console.log(`Node ${version} is not tried: there is no binary of it for this machine`);
    return;
  }
  const { output, status } = runUnder(other.node, driver, files);

  expect(status, output).toBe(0);
  const [, passed = "0"] = /Tests +(?:\d+ skipped \| )?(\d+) passed/.exec(output) ?? [];
  expect(Number(passed), output).toBeGreaterThan(atLeast);
});

function runUnder(
  node: string,
  driver: string,
  files: readonly string[],
): { output: string; status: number | null } {
  const vitest = join(ROOT, "node_modules/vitest/vitest.mjs");
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith("VITEST"));
  const env = {
    ...Object.fromEntries(own),
    NODE_OPTIONS: driver === "better-sqlite3" ? `--import=${newerDriver()}` : "",
    NO_COLOR: "1",
    UPSURGE_TEST_POSTGRES: "none",
    UPSURGE_TEST_SQLITE_DRIVER: driver,
    UPSURGE_TEST_TIER: "fast",
    UPSURGE_TEST_WHOLE: "",
  };
  // The titles of suites name the engine, those of the drivers' tests the driver.
  const args = [vitest, "run", ...files, "-t", "sqlite", "--reporter=default", "--maxWorkers=2"];
  const { stdout, stderr, status } = spawnSync(node, args, { cwd: ROOT, env, encoding: "utf8" });
  return { output: `${stdout}${stderr}`, status };
}

/** A file that, loaded first, has `better-sqlite3` found at its next version, which needs Node 22. */
function newerDriver(): string {
  const main = `file://${packageFolder("better-sqlite3", "13")}/lib/index.js`;
  const hooks = `export const resolve = (name, context, next) =>
    next(name === "better-sqlite3" || name.endsWith("/node_modules/better-sqlite3/lib/index.js")
      ? ${JSON.stringify(main)} : name, context);`;
  const folder = tempDir();
  writeFileSync(
    join(folder, "newer.mjs"),
    `import { register } from "node:module";
     register("data:text/javascript,${encodeURIComponent(hooks)}");`,
  );
  return `file://${join(folder, "newer.mjs")}`;
}

/** `npm run bench`: installs what the benches compare with, where it is missing, and runs them with the same words. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { ensureInstall } from "./ensure-install.mjs";
import { ROOT, run } from "./steps.mjs";

const FOLDER = join(ROOT, "bench");
const NPM = process.platform === "win32" ? "npm.cmd" : "npm";

await ensureInstall();
const { dependencies } = JSON.parse(readFileSync(join(FOLDER, "package.json"), "utf8"));
const missing = Object.keys(dependencies).filter((name) => !isThere(name));
if (missing.length > 0) {
  console.log(`installing into bench: ${missing.join(", ")}`);
  const { code, output } = await run(NPM, ["ci", "--no-audit", "--no-fund"], { cwd: FOLDER });
  if (code !== 0) {
    console.error(output);
    process.exit(1);
  }
}
const tsx = join(ROOT, "node_modules/tsx/dist/cli.mjs");
const args = [tsx, "bench/bench.ts", ...process.argv.slice(2)];
process.exitCode = spawnSync(process.execPath, args, { cwd: ROOT, stdio: "inherit" }).status ?? 1;

function isThere(name) {
  try {
    createRequire(join(FOLDER, "any.js")).resolve(name);
    return true;
  } catch {
    return false;
  }
}

/** Makes sure that the project's packages are there, so that `npm test` and `npm run demo` work in a fresh clone. */
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { ROOT, run } from "./steps.mjs";

const NPM = process.platform === "win32" ? "npm.cmd" : "npm";

/** Installs what is missing, saying so in one line; ends the process when that fails. */
export async function ensureInstall() {
  const missing = missingPackages();
  if (missing.length > 0) {
    console.log(`installing: ${missing.length} packages are missing, ${missing[0]} among them`);
    // Where another version of npm does not take the lock file as it is, `npm install` gets along with it.
    const exact = await npm("ci", "--no-audit", "--no-fund");
    if (exact.code !== 0) must(await npm("install", "--no-save", "--no-audit", "--no-fund"));
  }
  if (addonFault() === null) return;
  // npm 12 runs no install scripts unless they are allowed, and the addon is fetched or built by one.
  console.log("npm rebuild better-sqlite3: its native part is missing");
  must(await npm("rebuild", "better-sqlite3"));
  const fault = addonFault();
  if (fault !== null) fail(`better-sqlite3 does not load: ${fault}`);
}

function missingPackages() {
  const { dependencies, devDependencies } = JSON.parse(
    readFileSync(`${ROOT}/package.json`, "utf8"),
  );
  return Object.keys({ ...dependencies, ...devDependencies }).filter(
    (name) => !existsSync(`${ROOT}/node_modules/${name}/package.json`),
  );
}

function addonFault() {
  try {
    const Database = createRequire(`${ROOT}/package.json`)("better-sqlite3");
    new Database(":memory:").close();
    return null;
  } catch (error) {
    return error.message;
  }
}

function npm(...args) {
  return run(NPM, args);
}

function must({ code, output }) {
  if (code !== 0) fail(`${output}\nnpm failed`);
}

function fail(text) {
  console.error(text);
  process.exit(1);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await ensureInstall();

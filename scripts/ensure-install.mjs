/** Makes sure that the project's packages are there, so that `npm test` and `npm run demo` work in a fresh clone. */
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { ROOT, run } from "./steps.mjs";

const NPM = process.platform === "win32" ? "npm.cmd" : "npm";

/** Installs what is missing, saying so in one line; ends the process when that fails. */
export async function ensureInstall() {
  const missing = missingPackages();
  if (missing.length > 0) {
    const command = existsSync(`${ROOT}/package-lock.json`) ? "ci" : "install";
    console.log(`npm ${command}: ${missing.length} packages are missing, ${missing[0]} among them`);
    await npm(command, "--no-audit", "--no-fund");
  }
  if (addonFault() === null) return;
  // npm 12 runs no install scripts unless they are allowed, and the addon is fetched or built by one.
  console.log("npm rebuild better-sqlite3: its native part is missing");
  await npm("rebuild", "better-sqlite3");
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

async function npm(...args) {
  const { code, output } = await run(NPM, args);
  if (code !== 0) fail(`${output}\nnpm ${args.join(" ")} failed`);
}

function fail(text) {
  console.error(text);
  process.exit(1);
}

if (process.argv[1] === new URL(import.meta.url).pathname) await ensureInstall();

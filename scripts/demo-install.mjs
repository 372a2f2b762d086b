/**
 * What the demo needs and no more: the packages of the program and the bundler, in a folder of their own below .cache/, unless
 * the project's packages are there already. The databases, compilers and tools of the tests are not among them.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, relative } from "node:path";
import { bundle } from "./bundle/bundle.mjs";
import { ROOT, run } from "./steps.mjs";

const NPM = process.platform === "win32" ? "npm.cmd" : "npm";
const FOLDER = join(ROOT, ".cache/demo");

/** The packages inside the bundle, and what makes it. */
const PACKAGES = [
  "commander",
  "csv-parse",
  "esbuild",
  "fzstd",
  "iconv-lite",
  "pg",
  "pino",
  "tinyglobby",
  "xxhash-wasm",
  "yaml",
];

/** Makes the program ready to run, saying what it does; resolves to the program's file. */
export async function prepareProgram() {
  const names = hasNodeSqlite() ? PACKAGES : [...PACKAGES, "better-sqlite3"];
  const own = join(ROOT, "node_modules");
  const modules = names.every((name) => isThere(own, name)) ? own : join(FOLDER, "node_modules");
  if (!names.every((name) => isThere(modules, name))) {
    const place = relative(process.cwd(), FOLDER);
    const expected = hasNodeSqlite()
      ? "about 20 MB, some 10 seconds"
      : "about 50 MB, half a minute; some minutes where better-sqlite3, which Node 22.13 and later do without, must be compiled";
    const text = `installing ${names.length} packages into ${place} (${expected})`;
    await timed(text, () => install(names));
  }
  const outdir = join(FOLDER, "dist");
  await timed("building the program (about a second)", () => bundle({ outdir, modules }));
  // The folder above has a package.json of its own, of which Node would otherwise read that these are no modules, and warn.
  writeFileSync(join(outdir, "package.json"), '{ "type": "module" }\n');
  return join(outdir, "upsurge.js");
}

/** Opens a database file by the driver that the program will use. */
export function openDatabase(path) {
  if (hasNodeSqlite()) {
    const db = new (process.getBuiltinModule("node:sqlite").DatabaseSync)(path);
    return { exec: (sql) => db.exec(sql), rows: (sql) => db.prepare(sql).all().map(Object.values) };
  }
  const db = new (createRequire(join(FOLDER, "dist/upsurge.js"))("better-sqlite3"))(path);
  return { exec: (sql) => db.exec(sql), rows: (sql) => db.prepare(sql).raw().all() };
}

function hasNodeSqlite() {
  // Node calls it experimental when it is looked at.
  const own = Object.getOwnPropertyDescriptor(process, "emitWarning");
  process.emitWarning = () => {};
  const found = process.getBuiltinModule?.("node:sqlite") !== undefined;
  if (own !== undefined) Object.defineProperty(process, "emitWarning", own);
  return found;
}

function isThere(modules, name) {
  return existsSync(join(modules, name, "package.json"));
}

/** Installs the packages at the versions that the project's lock file names. */
async function install(names) {
  const { packages } = JSON.parse(readFileSync(join(ROOT, "package-lock.json"), "utf8"));
  const versions = names.map((name) => [name, packages[`node_modules/${name}`].version]);
  mkdirSync(FOLDER, { recursive: true });
  const manifest = {
    private: true,
    dependencies: Object.fromEntries(versions),
    allowScripts: { "better-sqlite3": true, esbuild: true },
  };
  writeFileSync(join(FOLDER, "package.json"), `${JSON.stringify(manifest, null, 2)}\n`);
  const { code, output } = await run(NPM, ["install", "--no-audit", "--no-fund"], { cwd: FOLDER });
  if (code !== 0) throw new Error(`npm install failed in ${FOLDER}:\n${output}`);
}

/** Runs `work`, says at once what it is, that it goes on, and how long it took. */
async function timed(text, work) {
  const began = performance.now();
  const seconds = () => ((performance.now() - began) / 1000).toFixed(1);
  console.log(`${text} …`);
  const ticking = setInterval(() => console.log(`  … ${seconds()} s`), 5000);
  try {
    await work();
  } finally {
    clearInterval(ticking);
  }
  console.log(`  done in ${seconds()} s`);
}

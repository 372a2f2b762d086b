/** The bundle: the program with all it needs inside, without what is built only for tests. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { writeLicences } from "../licences.mjs";
import { ROOT } from "../steps.mjs";
import { PROGRAM, parts } from "./parts.mjs";
import { fileOf, nodeWhenNeeded, packagesWhenNeeded } from "./when-needed.mjs";

/** What is not inside: optional drivers, and what `pg` asks for in other surroundings only. */
const EXTERNAL = ["better-sqlite3", "mssql", "pg-native", "pg-cloudflare"];

/** A script knows its file, and our own code asks for its address. */
const HERE = `const upsurgeUrl = require("node:url").pathToFileURL(__filename).href;`;

/** Packages inside are written for `require`, which a module does not have by itself. */
const REQUIRE = `import { createRequire as upsurgeRequire } from "node:module";
const require = upsurgeRequire(import.meta.url);`;

/** What a thread loads. */
const THREAD = {
  worker: "src/read/ahead/worker.ts",
  "copy-encoder": "src/targets/postgres/stage/copy-encoder.ts",
  "page-encoder": "src/targets/sqlite/stage/page-encoder.ts",
};

/** Bundles the program into `outdir`, with the packages of the folder `modules`. */
export async function bundle({ outdir, modules }) {
  // Only a build needs it: the other scripts import this file before anything is installed.
  const require = createRequire(join(modules, "any.js"));
  const { build: esbuild } = await import(pathToFileURL(require.resolve("esbuild")).href);
  const options = optionsOf({ outdir, modules });
  const packages = new Set();
  const found = packagesWhenNeeded(packages);
  const script = { ...options, format: "cjs", outExtension: { ".js": ".cjs" } };
  const module = { ...options, banner: { js: REQUIRE } };
  const made = await Promise.all([
    esbuild({
      ...script,
      banner: { js: HERE },
      define: { ...options.define, "import.meta.url": "upsurgeUrl" },
      entryPoints: [PROGRAM],
      // One script holds all: what is asked for later is run later.
      supported: { "dynamic-import": false },
      plugins: [parts(ROOT), nodeWhenNeeded(), found],
    }),
    esbuild({ ...options, entryPoints: { upsurge: "bin/launch.ts" } }),
    esbuild({
      ...module,
      entryPoints: { index: "src/index.ts" },
      splitting: true,
      plugins: [nodeWhenNeeded(), found],
    }),
    // Their thread shares nothing with the others.
    esbuild({ ...module, entryPoints: THREAD, plugins: [found] }),
  ]);
  const entries = [...packages].map((name) => [fileOf(name), name]);
  made.push(await esbuild({ ...script, entryPoints: Object.fromEntries(entries) }));
  const insides = made.flatMap(({ metafile }) =>
    Object.values(metafile.outputs).flatMap(({ inputs }) => Object.keys(inputs)),
  );
  writeLicences(insides, {
    licences: join(outdir, "LICENSES.txt"),
    list: join(outdir, "sbom.cdx.json"),
  });
}

/** What all files of the bundle are made with. */
function optionsOf({ outdir, modules }) {
  const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
  return {
    absWorkingDir: ROOT,
    outdir,
    nodePaths: [modules],
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20.19",
    external: EXTERNAL,
    // `pg` looks by `Response` for surroundings that are not Node's, which makes Node load all of its fetch.
    define: { UPSURGE_VERSION: JSON.stringify(version), Response: "undefined" },
    // Names stay: a stack in a bug report can be read.
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: "none",
    metafile: true,
    logLevel: "error",
  };
}

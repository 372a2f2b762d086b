/**
 * Builds the program, after removing what was built before:
 *   dist/bin, dist/src  each file by itself, which tests plant bugs in; not in the package
 *   dist/upsurge.js     the command with all it needs inside, in parts that are loaded when they are needed
 *   dist/index.js       the library, out of the same parts; dist/types has its declarations
 *   dist/testing        the moments at which tests cut a load of the command short; not in the package
 */
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { writeLicences } from "./licences.mjs";
import { ROOT, runTool } from "./steps.mjs";
import { together } from "./together.mjs";

const DIST = join(ROOT, "dist");

/** What is not inside: optional drivers, and what `pg` asks for in other surroundings only. */
const EXTERNAL = ["better-sqlite3", "mssql", "pg-native", "pg-cloudflare"];

/** Packages inside are written for `require`, which a module does not have by itself. */
const REQUIRE = `import { createRequire as upsurgeRequire } from "node:module";
const require = upsurgeRequire(import.meta.url);`;

/** Programs that share parts. */
const PROGRAMS = {
  upsurge: "bin/upsurge.ts",
  index: "src/index.ts",
  "testing/fail-point": "src/testing/fail-point.ts",
};

/** What a thread loads. */
const THREAD = {
  worker: "src/read/ahead/worker.ts",
  "page-encoder": "src/targets/sqlite/stage/page-encoder.ts",
};

/** Builds everything; resolves to an exit code and what there is to say. */
export async function build() {
  rmSync(DIST, { recursive: true, force: true });
  const { code, output } = await runTool("tsc", ["-p", "tsconfig.build.json"]);
  if (code !== 0) return { code, output };
  try {
    await bundle({ outdir: DIST, modules: join(ROOT, "node_modules") });
  } catch (error) {
    return { code: 1, output: `${output}${error.stack}` };
  }
  copyDeclarations();
  for (const file of ["bin/upsurge.js", "upsurge.js"]) chmodSync(join(DIST, file), 0o755);
  return { code, output };
}

/** Bundles the program into `outdir`, with the packages of the folder `modules`. */
export async function bundle({ outdir, modules }) {
  // Only a build needs it: the other scripts import this file before anything is installed.
  const require = createRequire(join(modules, "any.js"));
  const { build: esbuild } = await import(pathToFileURL(require.resolve("esbuild")).href);
  const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
  const options = {
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
    banner: { js: REQUIRE },
    // Names stay: a stack in a bug report can be read.
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: "none",
    metafile: true,
    logLevel: "error",
  };
  const built = await Promise.all([
    esbuild({
      ...options,
      entryPoints: PROGRAMS,
      splitting: true,
      plugins: [together(ROOT)],
    }),
    // Their thread shares nothing with the others.
    esbuild({ ...options, entryPoints: THREAD }),
  ]);
  const insides = built.flatMap(({ metafile }) =>
    Object.values(metafile.outputs).flatMap(({ inputs }) => Object.keys(inputs)),
  );
  writeLicences(insides, {
    licences: join(outdir, "LICENSES.txt"),
    list: join(outdir, "sbom.cdx.json"),
  });
}

/** Copies the declarations that the library's reaches, with the names that their files will have for whoever imports them. */
function copyDeclarations() {
  const seen = new Set();
  const copy = (file) => {
    if (seen.has(file)) return;
    seen.add(file);
    const text = readFileSync(file, "utf8").replaceAll(/(["'])(\.{1,2}\/[^"']+)\.ts\1/g, '"$2.js"');
    const to = join(DIST, "types", relative(join(DIST, "src"), file));
    mkdirSync(dirname(to), { recursive: true });
    writeFileSync(to, text.replace(/^\/\/# sourceMappingURL=.*\n?/m, ""));
    for (const [, name] of text.matchAll(/["'](\.{1,2}\/[^"']+)\.[jt]s["']/g))
      copy(resolve(dirname(file), `${name}.d.ts`));
  };
  copy(join(DIST, "src/index.d.ts"));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { code, output } = await build();
  if (code !== 0) console.error(output);
  process.exitCode = code;
}

/**
 * Builds the program, after removing what was built before:
 *   dist/bin, dist/src  each file by itself, which tests plant bugs in; not in the package
 *   dist/program.cjs    the program with all it needs inside, as one script
 *   dist/upsurge.js     the command, which runs it
 *   dist/index.js       the library, out of the same script; dist/types has its declarations
 */
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { bundle } from "./bundle/bundle.mjs";
import { ROOT, runTool } from "./steps.mjs";

const DIST = join(ROOT, "dist");

/** Builds everything; resolves to an exit code and what there is to say. Types are not checked where that is done beside it. */
export async function build({ typesAreChecked = false } = {}) {
  rmSync(DIST, { recursive: true, force: true });
  const checks = typesAreChecked ? ["--noCheck"] : [];
  const { code, output } = await runTool("tsc", ["-p", "tsconfig.build.json", ...checks]);
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

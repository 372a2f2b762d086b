/**
 * The program as one script, whose parts are run when they are needed: what `import("./one.ts")` asks for. It notes which
 * parts those were, by which the launcher knows whether it has kept the code of all of them.
 */
import { relative, resolve } from "node:path";

/** The name of the entry that `parts` makes. */
export const PROGRAM = "program";

/** What the script exports: a `Program` of `bin/kept-code.ts`. */
const ENTRY = `export { parts } from "note:";
export const command = async () => await import("./bin/upsurge.ts");`;

/** What is loaded instead of a file, by the namespace of esbuild. */
const CONTENTS = {
  program: () => ENTRY,
  note: () => "export const parts = new Set();",
  part: (path) => `import { parts } from "note:";
parts.add(${JSON.stringify(path.replace(/\.ts$/, ""))});
export * from ${JSON.stringify(`./${path}`)};`,
};

/** For esbuild: makes the entry, and has each part noted. */
export function parts(root) {
  return {
    name: "parts",
    setup(build) {
      build.onResolve({ filter: /^(?:program|note:)$/ }, ({ path }) => ({
        path,
        namespace: path.replace(":", ""),
      }));
      build.onResolve({ filter: /^\./ }, ({ kind, path, resolveDir }) =>
        kind === "dynamic-import"
          ? {
              path: relative(root, resolve(resolveDir, path)).replaceAll("\\", "/"),
              namespace: "part",
            }
          : undefined,
      );
      for (const [namespace, contentsOf] of Object.entries(CONTENTS))
        build.onLoad({ filter: /.*/, namespace }, ({ path }) => ({
          contents: contentsOf(path),
          resolveDir: root,
          loader: "js",
        }));
    },
  };
}

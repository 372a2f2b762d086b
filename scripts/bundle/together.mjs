/**
 * Modules that are loaded when they are needed, and at the same time: the bundle has them in one part. Node takes some tenths
 * of a millisecond for each file, and a load would open a hundred.
 */
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";

/** By the name of the part. What stands nowhere here is a part of its own. */
const PARTS = {
  main: ["cli/main", "cli/process-guard"],
  load: [
    "cli/commands/load",
    "cli/log",
    "read/csv/reader",
    "targets/postgres/index",
    "targets/sqlite/index",
    "targets/sqlserver/index",
  ],
  pages: ["report/html/load-page", "report/render/render-junit", "report/render/render-metrics"],
  "other-commands": ["finish", "inspect", "jobs", "plan", "report", "run", "split"].map(
    (name) => `cli/commands/${name}`,
  ),
  completion: ["cli/completion/complete", "cli/commands/completion"],
  manifest: [
    "config/connection",
    "config/read-config",
    "manifest/env-file",
    "manifest/read-manifest",
    "manifest/settle",
    "options/nest/yaml-tree",
    "run/plan-run",
    "run/refuse-hosts",
  ],
};

/** For esbuild: `import("./one.ts")` becomes an import of all that is loaded together with it. */
export function together(root) {
  const paths = Object.entries(PARTS).map(([part, names]) => [
    part,
    names.map((name) => join(root, "src", `${name}.ts`)),
  ]);
  const partOf = new Map(paths.flatMap(([part, files]) => files.map((file) => [file, part])));
  const filesOf = new Map(paths);
  return {
    name: "together",
    setup(build) {
      build.onResolve({ filter: /^\./ }, ({ kind, path, resolveDir }) => {
        const part = kind === "dynamic-import" ? partOf.get(resolve(resolveDir, path)) : undefined;
        return part === undefined ? undefined : { path: part, namespace: "together" };
      });
      build.onLoad({ filter: /.*/, namespace: "together" }, ({ path: part }) => {
        const files = filesOf.get(part);
        refuseTwice(part, files);
        const contents = files.map((file) => `export * from ${JSON.stringify(file)};`).join("\n");
        return { contents, resolveDir: root, loader: "js" };
      });
    },
  };
}

/** Throws where two modules of a part export one name: neither would be there. */
function refuseTwice(part, files) {
  const names = files.flatMap((file) =>
    [
      ...readFileSync(file, "utf8").matchAll(
        /^export (?:async )?(?:function\*?|const|let|class) (\w+)/gm,
      ),
    ].map(([, name]) => name),
  );
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) throw new Error(`two modules of the part ${part} export ${twice}`);
}

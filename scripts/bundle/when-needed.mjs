/**
 * What a small load does without is loaded when it is needed, and at once: packages that are asked for by
 * `createRequire(import.meta.url)("package")`, each a file of its own in the bundle, and the larger modules of Node.
 */
import { readFileSync } from "node:fs";

const CALL = /createRequire\(import\.meta\.url\)\("([^"]+)"\)/g;

/** What our own files import of these modules of Node. The build fails for an import that is missing here. */
const OF_NODE = {
  "node:crypto": { functions: ["createHash", "randomUUID"], classes: [] },
  "node:net": { functions: ["connect", "isIP", "isIPv6"], classes: ["Socket"] },
  "node:util": { functions: ["isDeepStrictEqual", "promisify"], classes: [] },
  "node:v8": { functions: ["getHeapStatistics", "setFlagsFromString"], classes: [] },
  "node:worker_threads": { functions: [], classes: ["Worker"] },
};

/** For esbuild: asks for the files instead of the packages, whose names it adds to `packages`. */
export function packagesWhenNeeded(packages) {
  return {
    name: "packages-when-needed",
    setup(build) {
      build.onLoad({ filter: /[\\/]src[\\/].*\.ts$/ }, ({ path }) => {
        const contents = readFileSync(path, "utf8").replaceAll(CALL, (_call, name) => {
          packages.add(name);
          return `createRequire(import.meta.url)("./${fileOf(name)}.cjs")`;
        });
        return { contents, loader: "ts" };
      });
    },
  };
}

/** The file that a package becomes, without its ending. */
export function fileOf(name) {
  return name.replace("/", "-");
}

/** For esbuild: functions and classes that load their module of Node when they are called. */
export function nodeWhenNeeded() {
  return {
    name: "node-when-needed",
    setup(build) {
      build.onResolve({ filter: /^node:/ }, ({ kind, path, importer }) => {
        // Commander starts programs for commands that are files, of which there are none.
        if (path === "node:child_process" && /[\\/]commander[\\/]/.test(importer))
          return { path, namespace: "never-needed" };
        const isOurs = kind === "import-statement" && /[\\/]src[\\/].*\.ts$/.test(importer);
        return isOurs && path in OF_NODE ? { path, namespace: "node-when-needed" } : undefined;
      });
      build.onLoad({ filter: /.*/, namespace: "never-needed" }, () => ({ contents: "" }));
      build.onLoad({ filter: /.*/, namespace: "node-when-needed" }, ({ path }) => {
        const { functions, classes } = OF_NODE[path];
        const load = `process.getBuiltinModule(${JSON.stringify(path)})`;
        const lines = [
          ...functions.map(
            (name) => `export const ${name} = (...given) => ${load}.${name}(...given);`,
          ),
          ...classes.map(
            (name) =>
              `export function ${name}(...given) { return Reflect.construct(${load}.${name}, given); }`,
          ),
        ];
        return { contents: lines.join("\n"), loader: "js" };
      });
    },
  };
}

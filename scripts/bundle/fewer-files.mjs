/**
 * The second pass of the bundle: what esbuild splits into some fifty files becomes a few. It makes a file for every set of
 * parts that share something, and Node takes half a millisecond for each. Here, what the usual parts share is together.
 */
import { createHash } from "node:crypto";
import { basename, dirname, relative } from "node:path";

/**
 * Writes what the first pass `made` to `outdir`, in few files. `usual` are the parts whose shared files are put together,
 * those that are loaded first before the others; `library` is the part that shall not load what it does not reach.
 */
export async function writeFewFiles(esbuild, { made, options, usual, library }) {
  const { outdir } = options;
  const files = filesOf(made);
  const groupOf = groupsOf(files, { usual, library });
  const entries = [...files.values()].filter(({ entryPoint }) => entryPoint !== undefined);
  const groups = new Map([...groupOf.values()].map((group) => [group, []]));
  for (const [name, group] of groupOf) groups.get(group).push(name);
  const entryPoints = Object.fromEntries([
    ...entries.map(({ path }) => [path.slice(outdir.length + 1).replace(/\.js$/, ""), path]),
    ...[...groups.keys()].map((group) => [group, group]),
  ]);
  return await esbuild({
    ...options,
    entryPoints,
    plugins: [regroup({ files, groupOf, groups, outdir })],
  });
}

/** By name: where each file is to be, its text, and what it imports and exports. */
function filesOf({ outputFiles, metafile }) {
  const about = new Map(
    Object.entries(metafile.outputs).map(([path, rest]) => [basename(path), rest]),
  );
  return new Map(
    outputFiles.map(({ path, text }) => {
      const { imports, exports, entryPoint } = about.get(basename(path));
      const shared = imports.filter(({ kind }) => kind === "import-statement");
      const names = shared.map((each) => basename(each.path)).filter((name) => about.has(name));
      return [basename(path), { path, text, exports, entryPoint, imports: names }];
    }),
  );
}

/** The group of each shared file, by the file's name. What only rare parts share is in no group with others. */
function groupsOf(files, { usual, library }) {
  const reached = new Map(
    [...usual, library].map((part) => {
      const [name] = [...files.keys()].filter((each) => each.replace(/(-\w+)?\.js$/, "") === part);
      return [part, closure(files, name)];
    }),
  );
  const key = (name) => {
    const part = usual.find((each) => reached.get(each).has(name));
    if (part === undefined) return name.replace(/\.js$/, "");
    return reached.get(library).has(name) ? `${part}-shared` : `${part}-command`;
  };
  const shared = [...files].filter(([, { entryPoint }]) => entryPoint === undefined);
  const keys = new Map(shared.map(([name]) => [name, key(name)]));
  // The name changes with the content, as those of the first pass do.
  const hashes = new Map(
    [...new Set(keys.values())].map((group) => {
      const names = [...keys].filter(([, each]) => each === group).map(([name]) => name);
      return [group, createHash("sha256").update(names.join()).digest("hex").slice(0, 8)];
    }),
  );
  return new Map([...keys].map(([name, group]) => [name, `${group}-${hashes.get(group)}`]));
}

/** All that comes with a file. */
function closure(files, name, seen = new Set()) {
  if (seen.has(name)) return seen;
  seen.add(name);
  for (const each of files.get(name).imports) closure(files, each, seen);
  return seen;
}

/** For esbuild: imports of a file within its group stay, and all others are imports of the file that its group becomes. */
function regroup({ files, groupOf, groups, outdir }) {
  // Two files of a group may export one name.
  const inGroup = (name) => {
    const at = groups.get(groupOf.get(name)).indexOf(name);
    return files.get(name).exports.map((each) => [each, `${each}$${at}`]);
  };
  const contents = {
    made: (name) => files.get(name).text,
    group: (group) =>
      groups
        .get(group)
        .map((name) => reexports(`./${name}`, inGroup(name)))
        .join("\n"),
    elsewhere: (path) => {
      const name = basename(path);
      const names = inGroup(name).map(([here, there]) => [there, here]);
      return reexports(`${dirname(path)}/${groupOf.get(name)}.js`, names);
    },
  };
  const resolve = ({ path, importer, kind, namespace }) => {
    if (kind === "entry-point")
      return groups.has(path)
        ? { path, namespace: "group" }
        : { path: basename(path), namespace: "made" };
    if (kind === "dynamic-import" || namespace === "elsewhere") return { path, external: true };
    const name = basename(path);
    const group = namespace === "group" ? importer : groupOf.get(importer);
    if (groupOf.get(name) === group) return { path: name, namespace: "made" };
    const folder = namespace === "group" ? outdir : dirname(files.get(importer).path);
    return { path: `${relative(folder, outdir) || "."}/${name}`, namespace: "elsewhere" };
  };
  return {
    name: "regroup",
    setup(build) {
      build.onResolve({ filter: /^[./]|^[^:]*$/ }, (asked) =>
        asked.kind === "entry-point" || /^[.]/.test(asked.path) ? resolve(asked) : undefined,
      );
      for (const [namespace, of] of Object.entries(contents))
        build.onLoad({ filter: /.*/, namespace }, ({ path }) => ({
          contents: of(path),
          resolveDir: "/",
        }));
    },
  };
}

function reexports(from, names) {
  const list = names.map(([there, here]) => `${there} as ${here}`).join(", ");
  return `export { ${list} } from ${JSON.stringify(from)};`;
}

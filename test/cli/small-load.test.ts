/** What a small load makes Node read: files of the bundle, modules of Node, packages. What it does without costs it nothing. */
import { spawnSync } from "node:child_process";
import {
  closeSync,
  openSync,
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
} from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { openPostgres } from "../helpers/postgres-database.ts";
import { openSqlite } from "../helpers/sqlite-database.ts";
import { tempDir } from "../helpers/temp-dir.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const DIST = join(ROOT, "dist");

/** Notes what is asked for with `import`, and at the end what with `require`, and what Node has loaded of its own. */
const WATCH_FILES = `
  import { register } from "node:module";
  const hook = \`
    import { appendFileSync } from "node:fs";
    export async function load(url, context, next) {
      appendFileSync("files.txt", url + "\\\\n");
      return await next(url, context);
    }\`;
  register("data:text/javascript," + encodeURIComponent(hook));
`;
const WATCH_NODE = `
  const { writeFileSync } = require("node:fs");
  const before = new Set(process.moduleLoadList);
  process.on("exit", () => {
    const loaded = process.moduleLoadList.filter((name) => !before.has(name));
    writeFileSync("node.txt", loaded.join("\\n"));
    writeFileSync("required.txt", Object.keys(require.cache).join("\\n"));
  });
`;

const SOURCE = Array.from({ length: 10 }, (_, id) => `${id},"a ""name"""\n`).join("");
test.each([
  // What the driver of PostgreSQL needs by itself is in none of these.
  ["postgres", openPostgres, 1380, ["child_process", "worker_threads", "zlib", "http"]],
  [
    "sqlite",
    openSqlite,
    1155,
    ["child_process", "worker_threads", "zlib", "http", "crypto", "net"],
  ],
] as const)("ten records into %s", async (_name, open, kilobytes, spared) => {
  const database = await open();
  try {
    await database.exec("create table people (id int primary key, name text)");
    const cwd = folder();
    const args = ["people.csv", "--to", database.url, "--table", "people", "--key", "id"];
    const first = run(cwd, ["--import", "./watch-files.mjs"], args);
    const second = run(cwd, ["--require", "./watch-node.cjs"], args);

    expect([first, second], readFileSync(join(cwd, "output.txt"), "utf8")).toEqual([0, 0]);
    const files = linesOf(cwd, "files.txt").flatMap(
      (url) => /\/dist\/([^/]+)$/.exec(url)?.[1] ?? [],
    );
    const sizes = files.map((file) => statSync(join(DIST, file)).size);
    const required = linesOf(cwd, "required.txt").filter((file) => file.includes("dist"));
    const node = new Set(linesOf(cwd, "node.txt").map((each) => each.replace("NativeModule ", "")));
    expect(files.length).toBeGreaterThan(0);
    expect(files.length, files.join("\n")).toBeLessThanOrEqual(12);
    expect(Math.round(sizes.reduce((sum, size) => sum + size, 0) / 1000)).toBeLessThanOrEqual(
      kilobytes,
    );
    expect(required).toEqual([]);
    expect(node.has("os")).toBe(true);
    expect(spared.filter((each) => node.has(each))).toEqual([]);
  } finally {
    await database.close();
  }
});

/** With a file for stdout: Node needs its sockets for a pipe. */
function run(cwd: string, flags: readonly string[], args: readonly string[]) {
  const output = openSync(join(cwd, "output.txt"), "a");
  const { status } = spawnSync(process.execPath, [...flags, "dist/upsurge.js", ...args], {
    cwd,
    stdio: ["ignore", output, output],
  });
  closeSync(output);
  return status;
}

/** The bundle in a folder, with the drivers that are installed. */
function folder(): string {
  const cwd = tempDir({
    "people.csv": `id,name\n${SOURCE}`,
    "watch-files.mjs": WATCH_FILES,
    "watch-node.cjs": WATCH_NODE,
    "package.json": '{ "type": "module" }',
  });
  mkdirSync(join(cwd, "dist"));
  for (const name of readdirSync(DIST).filter((each) => /\.c?js$/.test(each)))
    copyFileSync(join(DIST, name), join(cwd, "dist", name));
  symlinkSync(join(ROOT, "node_modules"), join(cwd, "node_modules"), "junction");
  return cwd;
}

function linesOf(cwd: string, name: string): string[] {
  return readFileSync(join(cwd, name), "utf8").split("\n");
}

/** What a small load runs: parts of the program, modules of Node, packages. What it does without costs it nothing. */
import { spawnSync } from "node:child_process";
import {
  closeSync,
  openSync,
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
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

/** Notes at the end what was asked for with `require`, and what Node has loaded of its own. */
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
  ["postgres", openPostgres, ["postgres"], ["child_process", "worker_threads", "http"]],
  [
    "sqlite",
    openSqlite,
    ["postgres", "sqlserver", "sqlite"],
    ["child_process", "worker_threads", "http", "crypto", "net"],
  ],
] as const)("ten records into %s", async (target, open, asked, spared) => {
  const database = await open();
  try {
    await database.exec("create table people (id int primary key, name text)");
    const cwd = folder();
    const args = ["people.csv", "--to", database.url, "--table", "people", "--key", "id"];
    const status = run(cwd, ["--require", "./watch-node.cjs"], args);

    expect(status, readFileSync(join(cwd, "output.txt"), "utf8")).toBe(0);
    expect(partsRun(cwd)).toEqual(
      [
        "cli/commands/load",
        "cli/log",
        "read/csv/reader",
        `targets/${target}/connect/connect`,
        // Each is asked in turn whether the address is its own.
        ...asked.map((name) => `targets/${name}/index`),
      ].toSorted(),
    );
    const required = linesOf(cwd, "required.txt").filter((file) => file.includes("dist"));
    const node = new Set(linesOf(cwd, "node.txt").map((each) => each.replace("NativeModule ", "")));
    expect(required).toEqual([]);
    expect(node.has("os")).toBe(true);
    expect(spared.filter((each) => node.has(each))).toEqual([]);
  } finally {
    await database.close();
  }
});

/** The parts of the program that have run, as it has kept their names with their code. */
function partsRun(cwd: string): string[] {
  const [file = ""] = readdirSync(join(cwd, "cache/upsurge"));
  const [head = ""] = linesOf(cwd, join("cache/upsurge", file));
  return head
    .split(/[ ,]/)
    .flatMap((part) => /^src\/(.+)/.exec(part)?.[1] ?? [])
    .toSorted();
}

/** With a file for stdout: Node needs its sockets for a pipe. */
function run(cwd: string, flags: readonly string[], args: readonly string[]) {
  const output = openSync(join(cwd, "output.txt"), "a");
  const { status } = spawnSync(process.execPath, [...flags, "dist/upsurge.js", ...args], {
    cwd,
    stdio: ["ignore", output, output],
    env: { ...process.env, XDG_CACHE_HOME: join(cwd, "cache") },
  });
  closeSync(output);
  return status;
}

/** The bundle in a folder, with the drivers that are installed. */
function folder(): string {
  const cwd = tempDir({
    "people.csv": `id,name\n${SOURCE}`,
    "watch-node.cjs": WATCH_NODE,
    "package.json": '{ "type": "module" }',
  });
  mkdirSync(join(cwd, "dist"));
  mkdirSync(join(cwd, "cache"));
  for (const name of readdirSync(DIST).filter((each) => /\.c?js$/.test(each)))
    copyFileSync(join(DIST, name), join(cwd, "dist", name));
  symlinkSync(join(ROOT, "node_modules"), join(cwd, "node_modules"), "junction");
  return cwd;
}

function linesOf(cwd: string, name: string): string[] {
  return readFileSync(join(cwd, name), "utf8").split("\n");
}

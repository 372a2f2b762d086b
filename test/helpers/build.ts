/** Builds the program before the tests where its source is newer: tests that start a process start what a user would have. */
import { spawnSync } from "node:child_process";
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const PROGRAM = "dist/upsurge.js";

/** Vitest's global setup. */
export default function setup(): void {
  if (
    newest("src", "bin", "package.json", "tsconfig.json", "tsconfig.build.json", "scripts") <
    changed(PROGRAM)
  ) {
    return;
  }
  const { stdout, stderr, status } = spawnSync("npm", ["run", "--silent", "build"], {
    cwd: ROOT,
    encoding: "utf8",
    shell: process.platform === "win32",
  });
  if (status !== 0) throw new Error(`the program does not build:\n${stdout}${stderr}`);
}

function newest(...paths: readonly string[]): number {
  const files = paths.flatMap((path) => {
    if (!statSync(join(ROOT, path)).isDirectory()) return [path];
    return readdirSync(join(ROOT, path), { recursive: true, encoding: "utf8" }).map((name) =>
      join(path, name),
    );
  });
  return Math.max(...files.map(changed));
}

/** When it was written; 0 when there is no such file. */
function changed(path: string): number {
  return statSync(join(ROOT, path), { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

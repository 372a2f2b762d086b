/** What is there on this machine: other programs, and a build of upsurge that is not older than its source. */
import { spawnSync } from "node:child_process";
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./folders.ts";

/** The command that users run. */
export const UPSURGE = join(ROOT, "dist/upsurge.js");

/** The version that `program` prints about itself, or null when it is not installed. */
export function versionOf(program: string): string | null {
  const { status, stdout } = spawnSync(program, ["--version"], { encoding: "utf8" });
  return status === 0 ? (/\d+(?:\.\d+)+/.exec(stdout)?.[0] ?? "unknown") : null;
}

/** Whether `upsurge load` knows a flag. */
export function upsurgeHas(flag: string): boolean {
  const { stdout } = spawnSync(process.execPath, [UPSURGE, "help", "load"], { encoding: "utf8" });
  return new RegExp(`${flag}\\b`).test(stdout);
}

/** Builds upsurge unless the build is newer than everything it is made of. */
export function ensureBuild(): void {
  const sources = ["bin", "src"].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
      .filter((path) => path.endsWith(".ts"))
      .map((path) => join(ROOT, folder, path)),
  );
  const newest = Math.max(...sources.map(modified));
  if (modified(UPSURGE) > newest) return;
  console.log("building upsurge");
  const { status } = spawnSync("npm", ["run", "--silent", "build"], {
    cwd: ROOT,
    stdio: "inherit",
  });
  if (status !== 0) throw new Error("the build failed");
}

/** The commit that is measured, with a mark when files were changed since. */
export function commit(): string {
  const hash = git("rev-parse", "--short", "HEAD");
  return git("status", "--porcelain", "--", "src", "bin") === "" ? hash : `${hash} and changes`;
}

function git(...args: readonly string[]): string {
  return spawnSync("git", args, { cwd: ROOT, encoding: "utf8" }).stdout.trim();
}

function modified(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

/** Where the benchmark keeps its things: data that is made once, and what a run leaves behind until it ends. */
import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder of the project. */
export const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** Everything that can be made again; git ignores it. */
export const CACHE = join(ROOT, "bench/.cache");

/** Where results are written. */
export const RESULTS = join(ROOT, "bench/results");

/** Makes a folder for this run, and removes those of runs that were killed. */
export function makeRunFolder(): string {
  mkdirSync(CACHE, { recursive: true });
  for (const name of readdirSync(CACHE)) {
    const pid = /^run-(\d+)$/.exec(name)?.[1];
    if (pid !== undefined && !isAlive(Number(pid))) {
      rmSync(join(CACHE, name), { recursive: true, force: true });
    }
  }
  const folder = join(CACHE, `run-${process.pid}`);
  mkdirSync(folder);
  return folder;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

#!/usr/bin/env node
/**
 * The executable: hands the process to `main` and its answer to the shell. It imports no code at once: the bundle would load
 * much of the program for it, before Node is told to keep what it compiles.
 */
import type { Environment } from "../src/model/environment.ts";

/** What later versions of Node add to `node:module`. */
interface CompilesOnce {
  enableCompileCache?(folder: string): unknown;
}

// Node takes work that never settles for work that is done; until `main` has answered, this is a failure.
process.exitCode = 1;
// The arguments may hold a password, and other users can read them in the process list.
process.title = "upsurge";
// A reader that went away is met where the result is written; unheard, the event would kill the load.
process.stdout.on("error", () => {});
keepCompiled(process.env);
void run();

async function run(): Promise<void> {
  const { watchOver } = await import("../src/cli/process-guard.ts");
  const answer = watchOver(process);
  const { main } = await import("../src/cli/main.ts");
  const exitCode = await main(process.argv.slice(2), {
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    signals: process,
  });
  answer(exitCode);
  // A pipe that is still open would keep the process waiting for input that nobody reads.
  process.stdin.destroy();
}

/**
 * Has Node 22.1 and later keep what it compiles from now on, so that the next start loads it: in the user's folder for caches.
 * Without one a start takes longer. https://nodejs.org/api/module.html#module-compile-cache
 */
function keepCompiled(env: Environment): void {
  if (!("getBuiltinModule" in process)) return;
  const compiler = process.getBuiltinModule("node:module") as CompilesOnce;
  if (compiler.enableCompileCache === undefined) return;
  const folder = cacheFolder(env);
  if (folder !== null) compiler.enableCompileCache(folder);
}

/** Where the user keeps caches; `null`: nowhere that only he may write to. */
function cacheFolder(env: Environment): string | null {
  const { XDG_CACHE_HOME: caches = "", HOME: home = "", LOCALAPPDATA: local = "" } = env;
  const path = process.getBuiltinModule("node:path");
  if (process.platform === "win32") return path.isAbsolute(local) ? `${local}/upsurge/cache` : null;
  if (path.isAbsolute(caches)) return isOwn(caches) ? `${caches}/upsurge` : null;
  return path.isAbsolute(home) && isOwn(home) ? `${home}/.cache/upsurge` : null;
}

/** What is kept is run: it must not come from a folder that another user may write to, such as a HOME that sudo has left. */
function isOwn(folder: string): boolean {
  try {
    const { uid, mode } = process.getBuiltinModule("node:fs").statSync(folder);
    return uid === process.geteuid?.() && (mode & 0o002) === 0;
  } catch {
    return false;
  }
}

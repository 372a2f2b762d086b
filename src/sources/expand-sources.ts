/**
 * Source arguments as paths: patterns are expanded here, for shells that do not.
 */
import type { Dirent } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { basename, dirname, isAbsolute, join, resolve } from "node:path";
import { nearest } from "../errors/edit-distance.ts";
import { shellWord } from "../errors/shell-word.ts";
import { upsurgeError } from "../errors/upsurge-error.ts";
import type { UpsurgeError } from "../errors/upsurge-error.ts";
import { refuseUrl } from "../read/foreign.ts";
import { sourceError } from "../read/bytes/source-error.ts";
import { PatternWatch } from "./pattern-watch.ts";

/**
 * The paths that `patterns` name, in their order, each pattern's matches sorted; those that are relative are relative to
 * `base`. Throws `SOURCE_*` errors.
 */
export async function expandSources(patterns: readonly string[], base = ""): Promise<string[]> {
  const paths: string[] = [];
  // A pattern may match more files than a call takes arguments.
  for (const pattern of patterns) for (const path of await expand(pattern, base)) paths.push(path);
  return paths;
}

async function expand(pattern: string, base: string): Promise<string[]> {
  if (pattern === "-") return [pattern];
  if (pattern === "") {
    const fix = "name a file; a variable of the shell that is not set leaves an empty name";
    throw upsurgeError("SOURCE_NOT_FOUND", { path: "''" }, { fix });
  }
  const at = (path: string): string => (base === "" || isAbsolute(path) ? path : join(base, path));
  const missing = await whyMissing(at(pattern));
  if (missing === null) return [at(pattern)];
  refuseUrl(pattern);
  // Most sources are files, and need no patterns.
  const { glob, isDynamicPattern } = await import("tinyglobby");
  if (!isDynamicPattern(pattern)) throw await withNearFile(pattern, at(pattern), missing);
  const { folder, rest } = split(pattern, isDynamicPattern);
  const cwd = at(folder);
  const watch = new PatternWatch();
  const within = cwd === "" ? "." : cwd;
  const found = await glob(rest, { cwd: within, expandDirectories: false, fs: watch });
  watch.refuse(found.map((path) => resolve(within, path)));
  if (found.length === 0) throw upsurgeError("SOURCE_NOT_FOUND", { path: at(pattern) });
  return found.map((path) => at(folder + path)).toSorted(byCodeUnits);
}

/** The part of a pattern that names a folder as it is, so that matches are spelled as the pattern is. */
function split(
  pattern: string,
  isDynamic: (part: string) => boolean,
): { readonly folder: string; readonly rest: string } {
  const parts = pattern.split("/");
  const at = parts.findIndex((part) => isDynamic(part));
  const fixed = at < 0 ? parts.length - 1 : at;
  const folder = parts.slice(0, fixed).map((part) => `${part}/`);
  return { folder: folder.join(""), rest: parts.slice(fixed).join("/") };
}

/** The error with the name of a file in the same folder that may be meant. */
async function withNearFile(
  pattern: string,
  path: string,
  missing: UpsurgeError,
): Promise<UpsurgeError> {
  const near = await nearestEntry(path, pattern, (entry) => !entry.isDirectory());
  if (near === null) return missing;
  const fix = `did you mean ${shellWord(near)}?`;
  return upsurgeError("SOURCE_NOT_FOUND", { path }, { cause: missing.cause, fix });
}

/** The entry beside `path`, which was written as `written`, that may be meant by it, in the same spelling; `null`: none. */
export async function nearestEntry(
  path: string,
  written: string,
  isMeant: (entry: Dirent) => boolean,
): Promise<string | null> {
  const entries = await readdir(dirname(path), { withFileTypes: true }).catch(() => []);
  const near = nearest(
    basename(path),
    entries.filter((entry) => isMeant(entry)).map(({ name }) => name),
  );
  if (near === null) return null;
  const bare = written.replace(/\/+$/, "");
  return `${bare.slice(0, bare.length - basename(bare).length)}${near}`;
}

async function whyMissing(path: string): Promise<UpsurgeError | null> {
  try {
    const stats = await stat(path);
    if (stats.isDirectory()) throw upsurgeError("SOURCE_IS_DIRECTORY", { path });
    return null;
  } catch (error) {
    const known = sourceError(path, error);
    if (known.code === "SOURCE_NOT_FOUND") return known;
    throw known;
  }
}

/** Orders names in the same way on every machine, whatever its locale. */
export function byCodeUnits(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

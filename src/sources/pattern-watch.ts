/**
 * Watches over the search for the files of a pattern: folders that cannot be read and links that lead to nothing are passed
 * over by whoever searches, and a load must not be complete without them.
 */
import * as fs from "node:fs";
import type { Dirent, Stats } from "node:fs";
import { resolve } from "node:path";
import { systemCodeOf } from "../errors/system-code.ts";
import { sourceError } from "../read/bytes/source-error.ts";

/** Node's functions as the search calls them. */
export class PatternWatch {
  #closed: { readonly path: string; readonly error: unknown } | null = null;
  /** Links that lead to nothing, and why: only those count that the pattern means. */
  readonly #broken = new Map<string, unknown>();

  readonly readdir = ((
    path: string,
    options: { readonly withFileTypes: true },
    done: (error: NodeJS.ErrnoException | null, entries: Dirent[]) => void,
  ): void => {
    fs.readdir(path, options, (error, entries) => {
      // A folder that is gone by now has no files.
      if (error !== null && systemCodeOf(error) !== "ENOENT") this.#closed ??= { path, error };
      done(error, entries);
    });
  }) as typeof fs.readdir;

  readonly realpath = ((
    path: string,
    done: (error: NodeJS.ErrnoException | null, resolved: string) => void,
  ): void => {
    fs.realpath(path, (error, resolved) => {
      if (error !== null) this.#broken.set(resolve(path), error);
      done(null, error === null ? resolved : path);
    });
  }) as typeof fs.realpath;

  readonly stat = ((
    path: string,
    done: (error: NodeJS.ErrnoException | null, stats: Stats) => void,
  ): void => {
    if (this.#broken.has(resolve(path))) fs.lstat(path, done);
    else fs.stat(path, done);
  }) as typeof fs.stat;

  /** Throws `SOURCE_*` for a folder that could not be read, and for one of these paths that is a link to nothing. */
  refuse(found: readonly string[]): void {
    if (this.#closed !== null) throw sourceError(this.#closed.path, this.#closed.error);
    for (const path of found)
      if (this.#broken.has(path)) throw sourceError(path, this.#broken.get(path));
  }
}

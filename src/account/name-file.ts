/** Files that get their names once they are whole, and never that of another file. */
import { linkSync, lstatSync, renameSync } from "node:fs";
import { systemCodeOf } from "../errors/system-code.ts";

/** What file systems say that have no hard links, and those of networks that make none. */
const NO_LINKS = new Set(["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK", "EXDEV"]);

/**
 * Gives the file `part` the name `path`; it keeps its own as well where the file system lets a file have two. Throws where
 * something has the name.
 */
export function nameFile(part: string, path: string): void {
  try {
    linkSync(part, path);
  } catch (error) {
    // To give it another name moves a file whole, or not at all: a copy might be cut short.
    if (!NO_LINKS.has(systemCodeOf(error)) || isThere(path)) throw error;
    renameSync(part, path);
  }
}

/** Whether anything has the name, a link that leads nowhere included. */
export function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

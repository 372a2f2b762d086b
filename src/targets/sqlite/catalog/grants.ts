/** What a load into a database file needs of the file system, in place of the grants of a server. Pure. */
import { dirname, resolve } from "node:path";

/** The permissions that a load needs, as comments of SQL: SQLite itself has no users. */
export function permissions(path: string): readonly string[] {
  const file = resolve(path);
  return [
    "-- SQLite has no users; the user that runs upsurge needs, of the file system:",
    `--   read and write permission on ${oneLine(file)}`,
    `--   read, write and search permission on ${oneLine(dirname(file))}, where the journal is made`,
  ];
}

/** A line break in a name would end the comment. */
function oneLine(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

/** The SQLite target, through `better-sqlite3` or Node's own driver. */
import { basename, resolve } from "node:path";
import type { Target } from "../target.ts";
import { SQLITE_DDL } from "./catalog/new-table.ts";
import { inFolder, isFileUrl, readFileUrl, suggestUrl } from "./connect/file-url.ts";

/** The target that the registry offers for `sqlite:` URLs and database files. */
export const sqlite: Target = {
  name: "sqlite",
  accepts: isFileUrl,
  describe: (url) => url,
  hosts: (url) => {
    const { path } = readFileUrl(url);
    return [path, resolve(path), basename(path)];
  },
  inFolder,
  suggest: (url) => {
    const meant = suggestUrl(url);
    if (meant === null) return null;
    return { reason: "its name does not end like a database file's", fix: `pass --to ${meant}` };
  },
  ddl: SQLITE_DDL,
  connect: async (options) => await (await import("./connect/connect.ts")).connect(options),
};

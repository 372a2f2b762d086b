/** The SQLite target, through `better-sqlite3` or Node's own driver. */
import type { Target } from "../target.ts";
import { SQLITE_DDL } from "./catalog/new-table.ts";
import { isFileUrl, suggestUrl } from "./connect/file-url.ts";

/** The target that the registry offers for `sqlite:` URLs and database files. */
export const sqlite: Target = {
  name: "sqlite",
  accepts: isFileUrl,
  describe: (url) => url,
  suggest: (url) => {
    const meant = suggestUrl(url);
    if (meant === null) return null;
    return { reason: "its name does not end like a database file's", fix: `pass --to ${meant}` };
  },
  ddl: SQLITE_DDL,
  connect: async (options) => await (await import("./connect/connect.ts")).connect(options),
};

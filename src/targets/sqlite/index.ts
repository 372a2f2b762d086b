/** The SQLite target, through the driver `better-sqlite3`. */
import type { Target } from "../target.ts";

/** The target that the registry offers for `sqlite:` URLs and database files. */
export const sqlite: Target = {
  name: "sqlite",
  accepts: (url) => /^sqlite:/i.test(url) || isDatabasePath(url),
  describe: (url) => url,
  connect: async (options) => await (await import("./connect.ts")).connect(options),
};

/** A path, not another target's URL, that ends as database files do. */
function isDatabasePath(url: string): boolean {
  return !/^[a-z][a-z0-9+.-]+:\/\//i.test(url) && /\.(db|sqlite|sqlite3)$/i.test(url);
}

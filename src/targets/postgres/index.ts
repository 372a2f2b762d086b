/** The PostgreSQL target, versions 14 to 18, through the driver `pg`. */
import type { Target } from "../target.ts";
import { POSTGRES_DDL } from "./catalog/new-table.ts";
import { isConnectionText } from "./connect/connection-text.ts";
import { suggestUrl } from "./connect/suggest-url.ts";
import { describeUrl, hostsOf, secretsElsewhere } from "./connect/connection-url.ts";

/** The target that the registry offers for `postgres://` URLs and keyword strings. */
export const postgres: Target = {
  name: "postgres",
  accepts: isConnectionText,
  bytesText: (hex) => `\\x${hex}`,
  describe: describeUrl,
  hosts: hostsOf,
  secrets: secretsElsewhere,
  suggest: suggestUrl,
  ddl: POSTGRES_DDL,
  connect: async (options) => await (await import("./connect/connect.ts")).connect(options),
};

/** The SQL Server target, through the driver `mssql`. */
import type { Target } from "../target.ts";
import { SQLSERVER_DDL } from "./catalog/new-table.ts";
import { acceptsUrl, describeUrl, readSettings } from "./connect/connection-url.ts";

/** The target that the registry offers for `sqlserver://` URLs and connection strings. */
export const sqlserver: Target = {
  name: "sqlserver",
  accepts: acceptsUrl,
  bytesText: (hex) => `0x${hex}`,
  describe: describeUrl,
  hosts: (url, environment) => [readSettings(url, environment).host],
  ddl: SQLSERVER_DDL,
  connect: async (options) => await (await import("./connect/connect.ts")).connect(options),
};

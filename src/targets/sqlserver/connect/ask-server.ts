/** What a server says of itself: which it is, and what its database can do. */
import { upsurgeError } from "../../../errors/upsurge-error.ts";
import type { SqlServerConnection } from "./connection.ts";
import { rowWith } from "./result-sets.ts";

/** The server of a session. */
export interface SqlServerInfo {
  /** In a few words: `SQL Server 16.0.4135.4`. */
  readonly version: string;
  /** False for another maker's server that speaks the same language. */
  readonly isMicrosoft: boolean;
  readonly hasOpenJson: boolean;
  /** The number of the session. */
  readonly spid: number;
  /** The collation of the database, as COLLATE takes it. */
  readonly collation: string;
}

/** The oldest server with OPENJSON, SQL Server 2016; and the compatibility level it asks of a database. */
const OLDEST = 13;
const OPENJSON_LEVEL = 130;

/** What SERVERPROPERTY calls the editions that are installed; all others are Azure's, whose versions mean nothing. */
const INSTALLED_EDITIONS = new Set([1, 2, 3, 4]);

const QUESTION = `SELECT @@VERSION AS product, CONVERT(nvarchar(128), SERVERPROPERTY('ProductVersion')) AS version,
CONVERT(int, SERVERPROPERTY('EngineEdition')) AS edition, d.compatibility_level AS level, d.collation_name AS collation, @@SPID AS spid
FROM sys.databases AS d WHERE d.name = DB_NAME()`;

/** Asks the server. Throws `PLAN_UNSUPPORTED` for a SQL Server older than 2016. */
export async function askServer(connection: SqlServerConnection): Promise<SqlServerInfo> {
  const row = rowWith(await connection.batch(QUESTION), "version");
  const version = String(row["version"]);
  const isMicrosoft = String(row["product"]).startsWith("Microsoft");
  const isInstalled = INSTALLED_EDITIONS.has(Number(row["edition"]));
  if (isMicrosoft && isInstalled && Number.parseInt(version, 10) < OLDEST) {
    throw upsurgeError("PLAN_UNSUPPORTED", {
      what: `SQL Server ${version}`,
      reason: "version 2016 is the oldest that is supported",
      suggestion: "upgrade the server",
    });
  }
  const level = Number(row["level"] ?? OPENJSON_LEVEL);
  return {
    version: `${isInstalled ? "SQL Server" : "Azure SQL"} ${version}`,
    isMicrosoft,
    hasOpenJson: !isMicrosoft || level >= OPENJSON_LEVEL,
    spid: Number(row["spid"] ?? 0),
    collation: String(row["collation"] ?? "DATABASE_DEFAULT"),
  };
}

/** What a server says of itself: which it is, and what its database can do. */
import { upsurgeError } from "../../../errors/upsurge-error.ts";
import { quoteIdentifier } from "../quote.ts";
import type { SqlServerConnection } from "./connection.ts";
import { rowWith } from "./result-sets.ts";

/** The server of a session. */
export interface SqlServerInfo {
  /** In a few words: `SQL Server 16.0.4135.4`. */
  readonly version: string;
  /** False for another maker's server that speaks the same language. */
  readonly isMicrosoft: boolean;
  readonly hasOpenJson: boolean;
  /** Why MERGE is not relied on; `null` where it is. */
  readonly mergeDoubt: string | null;
  /** The number that the server gives for a text that is too long. */
  readonly tooLong: number;
  /** The number of the session. */
  readonly spid: number;
  /** The collation of the database, as COLLATE takes it. */
  readonly collation: string;
}

/** The oldest server with OPENJSON, SQL Server 2016. */
const OLDEST = 13;

/** The compatibility levels of a database from which on it knows TRY_CONVERT and OPENJSON, and names the column of a text that is too long. */
const TRY_CONVERT_LEVEL = 110;
const OPENJSON_LEVEL = 130;
const NAMED_COLUMN_LEVEL = 150;

/** Editions of Azure's for analysis, which are documented to have no MERGE or half of it. */
const FOR_ANALYSIS = new Set([6, 11]);

/** What SERVERPROPERTY calls the editions that are installed; all others are Azure's, whose versions mean nothing. */
const INSTALLED_EDITIONS = new Set([1, 2, 3, 4]);

const QUESTION = `SELECT @@VERSION AS product, CONVERT(nvarchar(128), SERVERPROPERTY('ProductVersion')) AS version,
CONVERT(int, SERVERPROPERTY('EngineEdition')) AS edition, d.compatibility_level AS level, d.collation_name AS collation, @@SPID AS spid, d.name AS name
FROM sys.databases AS d WHERE d.name = DB_NAME()`;

/** Asks the server. Throws `PLAN_UNSUPPORTED` for a SQL Server older than 2016, and for a database that behaves like one of 2008. */
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
  const level = Number(row["level"] ?? NAMED_COLUMN_LEVEL);
  if (isMicrosoft) refuseLevel(level, quoteIdentifier(String(row["name"])));
  return {
    version: `${isInstalled ? "SQL Server" : "Azure SQL"} ${version}`,
    isMicrosoft,
    hasOpenJson: !isMicrosoft || level >= OPENJSON_LEVEL,
    mergeDoubt: mergeDoubt(isMicrosoft, Number(row["edition"])),
    tooLong: isMicrosoft && level < NAMED_COLUMN_LEVEL ? 8152 : 2628,
    spid: Number(row["spid"] ?? 0),
    collation: String(row["collation"] ?? "DATABASE_DEFAULT"),
  };
}

function refuseLevel(level: number, database: string): void {
  if (level >= TRY_CONVERT_LEVEL) return;
  throw upsurgeError("PLAN_UNSUPPORTED", {
    what: `a load into a database of compatibility level ${level}`,
    reason: `TRY_CONVERT, which tells the values that do not fit, takes level ${TRY_CONVERT_LEVEL}`,
    suggestion: `ALTER DATABASE ${database} SET COMPATIBILITY_LEVEL = ${TRY_CONVERT_LEVEL}; it changes how the server reads some statements of every application, so ask who owns the database`,
  });
}

function mergeDoubt(isMicrosoft: boolean, edition: number): string | null {
  if (!isMicrosoft) return "the server is not Microsoft's, and may have no MERGE or another one";
  return FOR_ANALYSIS.has(edition) ? "this edition of Azure SQL may have no MERGE" : null;
}

/** What all of the program knows of SQL Server before the target is loaded. */
import type { TargetWords } from "../target.ts";

/** The words of SQL Server. */
export const SQLSERVER_WORDS: TargetWords = {
  schemes: ["sqlserver", "mssql"],
  pathSchemes: [],
  secretVariables: ["MSSQL_PASSWORD", "SQLCMDPASSWORD"],
};

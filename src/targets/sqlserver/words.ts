/** What all of the program knows of SQL Server before the target is loaded. */
import type { TargetWords } from "../target-words.ts";

/** The words of SQL Server. */
export const SQLSERVER_WORDS: TargetWords = {
  schemes: ["sqlserver", "mssql"],
  pathSchemes: [],
  secretVariables: [
    "MSSQL_PASSWORD",
    "SQLCMDPASSWORD",
    // What the driver reads for a login of Entra ID.
    "AZURE_CLIENT_SECRET",
    "AZURE_CLIENT_CERTIFICATE_PASSWORD",
    "AZURE_PASSWORD",
    "IDENTITY_HEADER",
  ],
};

/** What helps where the server refuses a login. */
export const LOGIN_FIX =
  "check user, password and database; MSSQL_USER and MSSQL_PASSWORD count where the URL has none";

/** What helps where Entra ID gives no token. */
export const ENTRA_FIX =
  "log in with `az login`, set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET, or run where there is a managed identity; the database needs a user made FROM EXTERNAL PROVIDER for it";

/** What helps where the server's certificate is not trusted. */
export const TLS_FIX =
  "pass ca=FILE for a private CA, or accept the risk: trustServerCertificate=true or encrypt=false";

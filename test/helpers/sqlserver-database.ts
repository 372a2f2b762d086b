/**
 * A SQL Server database of its own for a test file: on the server of UPSURGE_TEST_SQLSERVER, or else on the tests' TDS server,
 * which translates T-SQL for PostgreSQL.
 */
import { randomBytes } from "node:crypto";
import mssql from "mssql";
import { inject } from "vitest";
import { clientConfig } from "../../src/targets/sqlserver/connect/client-config.ts";
import { startTdsServer } from "../support/tds/server.ts";
import { createTsqlDatabase, tsqlBackend } from "../support/tsql/backend.ts";
import type { ServerProfile } from "../support/tsql/profile.ts";
import type { TestDatabase } from "./engines.ts";

/** The server of UPSURGE_TEST_SQLSERVER; `null` when there is none. */
export const REAL_SERVER = process.env["UPSURGE_TEST_SQLSERVER"] ?? null;

/** Makes a database and opens it. */
export async function openSqlServer(): Promise<TestDatabase> {
  return REAL_SERVER === null ? openTranslated() : openReal(REAL_SERVER);
}

/** A database of the tests' own server, which passes for a server of `profile`. */
export async function openTranslated(profile?: ServerProfile): Promise<TestDatabase> {
  const postgres = inject("postgresUrl");
  const database = await createTsqlDatabase(postgres);
  const server = await startTdsServer({
    backend: tsqlBackend({ server: postgres, ...(profile === undefined ? {} : { profile }) }),
  });
  const url = `sqlserver://sa:secret@127.0.0.1:${server.port}/${database.name}?encrypt=false`;
  const pool = await connect(url);
  return {
    ...queries(pool),
    url,
    reset: () => database.reset(),
    close: async () => {
      await pool.close();
      await server.close();
      await database.drop();
    },
  };
}

/** Empties a database: foreign keys first, since they hold their tables. */
const EMPTY = `DECLARE @sql nvarchar(max) = N'';
SELECT @sql = @sql + N'ALTER TABLE ' + QUOTENAME(SCHEMA_NAME(schema_id)) + N'.' + QUOTENAME(OBJECT_NAME(parent_object_id)) + N' DROP CONSTRAINT ' + QUOTENAME(name) + N';' FROM sys.foreign_keys;
SELECT @sql = @sql + N'DROP VIEW ' + QUOTENAME(SCHEMA_NAME(schema_id)) + N'.' + QUOTENAME(name) + N';' FROM sys.views;
SELECT @sql = @sql + N'DROP TABLE ' + QUOTENAME(SCHEMA_NAME(schema_id)) + N'.' + QUOTENAME(name) + N';' FROM sys.tables;
EXEC(@sql);`;

async function openReal(server: string): Promise<TestDatabase> {
  const name = `upsurge_${randomBytes(6).toString("hex")}`;
  await once(server, `CREATE DATABASE [${name}]`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  const pool = await connect(url.href);
  return {
    ...queries(pool),
    url: url.href,
    reset: async () => void (await pool.request().batch(EMPTY)),
    close: async () => {
      await pool.close();
      await once(
        server,
        `ALTER DATABASE [${name}] SET SINGLE_USER WITH ROLLBACK IMMEDIATE; DROP DATABASE [${name}]`,
      );
    },
  };
}

function connect(url: string): Promise<mssql.ConnectionPool> {
  return new mssql.ConnectionPool(clientConfig(url, {})).connect();
}

async function once(url: string, sql: string): Promise<void> {
  const pool = await connect(url);
  await pool.request().batch(sql);
  await pool.close();
}

function queries(pool: mssql.ConnectionPool): Pick<TestDatabase, "exec" | "rows"> {
  return {
    exec: async (sql) => {
      // Views and triggers must stand alone in their batch.
      for (const batch of sql.split(/;?\s*\bgo\s*\n/i)) await pool.request().batch(batch);
    },
    rows: async (sql) => {
      const request = pool.request();
      request.arrayRowMode = true;
      const { recordset, columns } = (await request.query(sql)) as unknown as ArrayResult;
      return recordset.map((row) => row.map((value, at) => textOf(value, columns[0]?.[at]?.scale)));
    },
  };
}

/** What the driver answers in its array mode, which its types do not tell. */
interface ArrayResult {
  readonly recordset: readonly (readonly unknown[])[];
  readonly columns: readonly (readonly { readonly scale?: number }[])[];
}

/** A value as SQL Server would spell it: the driver has made numbers and dates of decimals and times. */
function textOf(value: unknown, scale: number | undefined): string | null {
  if (value === null || value === undefined) return null;
  if (typeof value === "boolean") return value ? "1" : "0";
  if (typeof value === "number") return scale ? value.toFixed(scale) : String(value);
  if (value instanceof Date) return value.toISOString().replace("T", " ").replace("Z", "");
  if (value instanceof Uint8Array) return `0x${Buffer.from(value).toString("hex").toUpperCase()}`;
  return typeof value === "string" ? value : JSON.stringify(value);
}

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
import { until } from "./until.ts";
import type { ServerProfile } from "../support/tsql/profile.ts";
import type { TestDatabase } from "./engines.ts";

/** The server of UPSURGE_TEST_SQLSERVER; `null` when there is none. */
export const REAL_SERVER = process.env["UPSURGE_TEST_SQLSERVER"] ?? null;

/** Makes a database and opens it. */
export async function openSqlServer(): Promise<TestDatabase> {
  return REAL_SERVER === null ? openTranslated() : openReal(REAL_SERVER);
}

/** A database of the tests' own server, which passes for a server of `profile`; `received` is told of each request's text. */
export async function openTranslated(
  profile?: ServerProfile,
  received?: (sql: string) => void,
): Promise<TestDatabase> {
  const postgres = inject("postgresUrl");
  const database = await createTsqlDatabase(postgres);
  const server = await startTdsServer({
    backend: tsqlBackend({ server: postgres, ...(profile === undefined ? {} : { profile }) }),
    faults: ({ sql }) => {
      received?.(sql);
      return undefined;
    },
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

/**
 * Empties a database: foreign keys first, since they hold their tables; then what stands on tables, the tables, and what they
 * stand on. Each name is quoted by the server.
 */
const EMPTY = `DECLARE @sql nvarchar(max) = N'';
SELECT @sql = @sql + N'ALTER TABLE ' + QUOTENAME(SCHEMA_NAME(schema_id)) + N'.' + QUOTENAME(OBJECT_NAME(parent_object_id)) + N' DROP CONSTRAINT ' + QUOTENAME(name) + N';' FROM sys.foreign_keys;
SELECT @sql = @sql + N'DROP SYNONYM ' + QUOTENAME(SCHEMA_NAME(schema_id)) + N'.' + QUOTENAME(name) + N';' FROM sys.synonyms;
SELECT @sql = @sql + N'DROP VIEW ' + QUOTENAME(SCHEMA_NAME(schema_id)) + N'.' + QUOTENAME(name) + N';' FROM sys.views;
SELECT @sql = @sql + N'DROP TABLE ' + QUOTENAME(SCHEMA_NAME(schema_id)) + N'.' + QUOTENAME(name) + N';' FROM sys.tables;
SELECT @sql = @sql + N'DROP SCHEMA ' + QUOTENAME(name) + N';' FROM sys.schemas WHERE schema_id BETWEEN 5 AND 16383;
EXEC(@sql);`;

/** How a database on a real server is made, other than by the server's defaults. */
export interface RealDatabase {
  readonly collation?: string;
  /** Readers see the last committed rows, in the place of waiting (READ_COMMITTED_SNAPSHOT). */
  readonly rowVersions?: boolean;
}

/** A database of its own on a Microsoft server. */
export async function openReal(
  server: string,
  { collation, rowVersions = false }: RealDatabase = {},
): Promise<TestDatabase> {
  const name = `upsurge_${randomBytes(6).toString("hex")}`;
  await createDatabase(
    server,
    `CREATE DATABASE [${name}]${collation ? ` COLLATE ${collation}` : ""}`,
  );
  // No other connection is in it as yet, which it would wait for.
  if (rowVersions) await once(server, `ALTER DATABASE [${name}] SET READ_COMMITTED_SNAPSHOT ON`);
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

/** Another database is being made, which holds the model that all are copied from. */
const MODEL_IN_USE = 1807;

/** Test files make their databases at the same time: one has to wait for the other. */
export async function createDatabase(server: string, sql: string): Promise<void> {
  const isMade = async (): Promise<boolean> => {
    try {
      await once(server, sql);
      return true;
    } catch (error) {
      if (hasNumber(error, MODEL_IN_USE)) return false;
      throw error;
    }
  };
  await until("the model database is free", isMade);
}

/** True for an error of the server's with this number, or one that came before it for the same statement. */
function hasNumber(error: unknown, number: number): boolean {
  if (!(error instanceof Error)) return false;
  const before: unknown = "precedingErrors" in error ? error.precedingErrors : [];
  const errors: unknown[] = [error, ...(Array.isArray(before) ? before : [])];
  return errors.some((each) => each instanceof Error && "number" in each && each.number === number);
}

function connect(url: string): Promise<mssql.ConnectionPool> {
  return new mssql.ConnectionPool(clientConfig(url, {})).connect();
}

/** Runs a batch over a connection of its own. */
export async function once(url: string, sql: string): Promise<void> {
  const pool = await connect(url);
  try {
    await pool.request().batch(sql);
  } finally {
    await pool.close();
  }
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
      return recordset.map((row) => row.map((value, at) => textOf(value, columns[0]?.[at])));
    },
  };
}

/** A column as the driver tells it in its array mode. */
interface DriverColumn {
  readonly scale?: number;
  readonly type?: { readonly declaration?: string };
}

/** What the driver answers in its array mode, which its types do not tell. */
interface ArrayResult {
  readonly recordset: readonly (readonly unknown[])[];
  readonly columns: readonly (readonly DriverColumn[])[];
}

/** A value as SQL Server would spell it: the driver has made numbers and dates of decimals and times. */
function textOf(value: unknown, column: DriverColumn = {}): string | null {
  const type = column.type?.declaration ?? "";
  if (value === null || value === undefined) return null;
  if (typeof value === "boolean") return value ? "1" : "0";
  if (typeof value === "number") {
    const digits = type.endsWith("money") ? 4 : column.scale;
    return digits ? value.toFixed(digits) : String(value);
  }
  if (value instanceof Date) return timeText(value, type, column.scale ?? 0);
  if (value instanceof Uint8Array) return `0x${Buffer.from(value).toString("hex").toUpperCase()}`;
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** A time with the digits of its type; the driver keeps beside its milliseconds what comes after them, in seconds. */
function timeText(value: Date, type: string, scale: number): string {
  const text = value.toISOString().replace("T", " ").replace("Z", "");
  const [whole = "", milliseconds = ""] = text.split(".");
  if (type === "date") return whole.slice(0, 10);
  if (type === "smalldatetime") return whole;
  if (type === "datetime" || type === "") return text;
  const delta = "nanosecondsDelta" in value ? Number(value.nanosecondsDelta) : 0;
  const fraction = `${milliseconds}${String(Math.round(delta * 1e7)).padStart(4, "0")}`;
  const time = scale === 0 ? whole : `${whole}.${fraction.slice(0, scale)}`;
  if (type === "time") return time.slice(11);
  return type === "datetimeoffset" ? `${time} +00:00` : time;
}

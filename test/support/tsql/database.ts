/** Databases for the T-SQL backend: PostgreSQL databases with SQL Server's catalog and functions installed. */
import { createHash, randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { Client } from "pg";

/** A database that a test may fill and empty. */
export interface TsqlDatabase {
  readonly name: string;
  /** Leaves the database as it was made. */
  reset(): Promise<void>;
  drop(): Promise<void>;
}

const FILES = ["conversions", "functions", "views"];

/** Who makes the template first holds this lock; the others wait for it. */
const LOCK = 7_733_001;

/** Makes a database on the server. */
export async function createTsqlDatabase(serverUrl: string): Promise<TsqlDatabase> {
  const name = `tsql_${randomBytes(6).toString("hex")}`;
  const install = installation();
  const template = `tsql_template_${createHash("sha256").update(install).digest("hex").slice(0, 12)}`;
  await withClient(serverUrl, async (client) => {
    await client.query("SELECT pg_advisory_lock($1)", [LOCK]);
    const { rows } = await client.query("SELECT 1 FROM pg_database WHERE datname = $1", [template]);
    if (rows.length === 0) await makeTemplate(serverUrl, client, { template, install });
    await client.query(`CREATE DATABASE ${name} TEMPLATE ${template} STRATEGY file_copy`);
    await client.query("SELECT pg_advisory_unlock($1)", [LOCK]);
  });
  const url = databaseUrl(serverUrl, name);
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query("SET client_min_messages = error; SET lock_timeout = '2min'");
  return {
    name,
    reset: async () => void (await client.query("SELECT tsql.reset()")),
    drop: async () => {
      await client.end();
      await withClient(
        serverUrl,
        async (other) => void (await other.query(`DROP DATABASE ${name} WITH (FORCE)`)),
      );
    },
  };
}

function installation(): string {
  const files = FILES.map((file) =>
    readFileSync(new URL(`install/${file}.sql`, import.meta.url), "utf8"),
  );
  return [
    "SET client_min_messages = error; SET check_function_bodies = off; CREATE SCHEMA tsql; CREATE SCHEMA sys; CREATE SCHEMA dbo; SET search_path = dbo, tsql;",
    ...files,
  ].join("\n");
}

/** Made under another name, so that a template that failed halfway is never used. */
async function makeTemplate(
  serverUrl: string,
  client: Client,
  { template, install }: { readonly template: string; readonly install: string },
): Promise<void> {
  const draft = `${template}_draft`;
  await client.query(`DROP DATABASE IF EXISTS ${draft} WITH (FORCE)`);
  await client.query(`CREATE DATABASE ${draft}`);
  await withClient(
    databaseUrl(serverUrl, draft),
    async (inside) => void (await inside.query(install)),
  );
  await client.query(`ALTER DATABASE ${draft} RENAME TO ${template}`);
}

function databaseUrl(serverUrl: string, name: string): string {
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return url.href;
}

async function withClient(url: string, action: (client: Client) => Promise<void>): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await action(client);
  } finally {
    await client.end();
  }
}

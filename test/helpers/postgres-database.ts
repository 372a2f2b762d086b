/** A PostgreSQL database for a test file, which nobody else uses; each case starts from an empty schema. */
import { randomBytes } from "node:crypto";
import { Client } from "pg";
import { inject } from "vitest";
import type { TestDatabase } from "./engines.ts";
import { KeptDatabases } from "./kept-databases.ts";
import type { Keepable } from "./kept-databases.ts";

const kept = new KeptDatabases(make);

/** Opens a database on the tests' server. */
export async function openPostgres(): Promise<TestDatabase> {
  const database = await kept.take(inject("postgresUrl"));
  const { client } = database;
  return {
    url: database.url,
    exec: async (sql) => void (await client.query(sql)),
    rows: async (sql) => {
      const types = { getTypeParser: () => (text: unknown) => text };
      const result = await client.query({ text: sql, rowMode: "array", types });
      return result.rows as (string | null)[][];
    },
    reset: async () => {
      database.timesEmptied += 1;
      await client.query(
        "set client_min_messages = error; drop schema public cascade; create schema public; reset all",
      );
    },
    close: () => kept.give(database),
  };
}

interface PostgresDatabase extends Keepable {
  readonly url: string;
  timesEmptied: number;
}

/** Empties the schema of all, and gives it back to whom it belongs in a new database since version 15. */
const RENEW = `set client_min_messages = error; drop schema public cascade;
  create schema public authorization pg_database_owner; grant usage on schema public to public; reset all`;

/** Makes a database on the server. */
async function make(server: string): Promise<PostgresDatabase> {
  const name = `upsurge_${randomBytes(6).toString("hex")}`;
  await once(server, `create database ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  const client = new Client({ connectionString: url.href });
  await client.connect();
  return {
    url: url.href,
    client,
    timesEmptied: 0,
    empty: async () => void (await client.query(RENEW)),
    drop: async () => {
      await client.end();
      await once(server, `drop database ${name} with (force)`);
    },
  };
}

async function once(url: string, sql: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query(sql);
  await client.end();
}

/** A PostgreSQL database of its own for a test file; each case starts from an empty schema. */
import { randomBytes } from "node:crypto";
import { Client } from "pg";
import { inject } from "vitest";
import type { TestDatabase } from "./engines.ts";

/** Makes a database on the tests' server and opens it. */
export async function openPostgres(): Promise<TestDatabase> {
  const server = inject("postgresUrl");
  const name = `upsurge_${randomBytes(6).toString("hex")}`;
  await once(server, `create database ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  const client = new Client({ connectionString: url.href });
  await client.connect();
  return {
    url: url.href,
    exec: async (sql) => void (await client.query(sql)),
    rows: async (sql) => {
      const types = { getTypeParser: () => (text: unknown) => text };
      const result = await client.query({ text: sql, rowMode: "array", types });
      return result.rows as (string | null)[][];
    },
    reset: async () => {
      await client.query(
        "set client_min_messages = error; drop schema public cascade; create schema public; reset all",
      );
    },
    close: async () => {
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

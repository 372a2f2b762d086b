/** Opens connections to PostgreSQL, and sessions on them. */
import type Pg from "pg";
import type { Client } from "pg";
import { upsurgeError } from "../../errors/upsurge-error.ts";
import type { ConnectOptions, Session } from "../target.ts";
import { clientConfig } from "./client-config.ts";
import { describeUrl } from "./connection-url.ts";
import type { Environment } from "./connection-url.ts";
import { connectError, isServerError } from "./errors.ts";
import { PostgresSession } from "./session.ts";

/** A session on the server that the URL and the environment name. Throws `TARGET_*` errors. */
export async function connect({
  url,
  environment,
  lockTimeoutMs,
}: ConnectOptions): Promise<Session> {
  const label = describeUrl(url);
  const reconnect = (): Promise<Client> => openClient(url, environment);
  const client = await reconnect();
  try {
    return await PostgresSession.open(client, { label, environment, lockTimeoutMs, reconnect });
  } catch (error) {
    await client.end().catch(() => {});
    throw connectError(error, label, false);
  }
}

/** Connects in the first way that `sslmode` allows and the server takes. */
async function openClient(url: string, environment: Environment): Promise<Client> {
  const pg = await loadDriver();
  const attempts = clientConfig(url, environment);
  let failure: unknown = null;
  for (const config of attempts) {
    const client = new pg.Client(config);
    // A broken connection is reported by the query that meets it; without a listener it would end the process.
    client.on("error", () => {});
    try {
      await client.connect();
      return client;
    } catch (error) {
      failure = error;
      await client.end().catch(() => {});
      if (isServerError(error)) break;
    }
  }
  throw connectError(failure, describeUrl(url), attempts[0]?.ssl !== false);
}

async function loadDriver(): Promise<typeof Pg> {
  try {
    return (await import("pg")).default;
  } catch (cause) {
    throw upsurgeError("TARGET_DRIVER_MISSING", { driver: "pg" }, { cause });
  }
}

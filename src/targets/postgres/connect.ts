/** Opens connections to PostgreSQL, and sessions on them. */
import type Pg from "pg";
import type { Client } from "pg";
import { upsurgeError } from "../../errors/upsurge-error.ts";
import type { ConnectOptions, Session } from "../target.ts";
import { clientConfig } from "./client-config.ts";
import { describeUrl } from "./connection-url.ts";
import type { Environment } from "./connection-url.ts";
import { connectInTime, endClient, watchStatements } from "./deadline.ts";
import { connectError, isServerError } from "./errors.ts";
import { PostgresSession } from "./session.ts";

/** A session on the server that the URL and the environment name. Throws `TARGET_*` errors. */
export async function connect({
  url,
  environment,
  lockTimeoutMs,
  statementTimeoutMs,
}: ConnectOptions): Promise<Session> {
  const label = describeUrl(url);
  const reconnect = (limitMs: number): Promise<Client> =>
    openClient(url, environment, { connectMs: limitMs, statementMs: limitMs });
  const client = await openClient(url, environment, { statementMs: statementTimeoutMs });
  try {
    return await PostgresSession.open(client, { label, environment, lockTimeoutMs, reconnect });
  } catch (error) {
    await endClient(client);
    throw connectError(error, label, false);
  }
}

interface Limits {
  /** 0: none. */
  readonly statementMs: number;
  /** Where the settings allow more. */
  readonly connectMs?: number;
}

/** Connects in the first way that `sslmode` allows and the server takes. */
async function openClient(
  url: string,
  environment: Environment,
  { statementMs, connectMs }: Limits,
): Promise<Client> {
  const pg = await loadDriver();
  const attempts = clientConfig(url, environment);
  let failure: unknown = null;
  for (const { connectionTimeoutMillis: allowedMs = 0, ...config } of attempts) {
    const client = new pg.Client(config);
    // A broken connection is reported by the query that meets it; without a listener it would end the process.
    client.on("error", () => {});
    try {
      await connectInTime(client, Math.min(connectMs ?? Infinity, allowedMs || Infinity));
      watchStatements(client, statementMs);
      return client;
    } catch (error) {
      failure = error;
      await endClient(client);
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

/**
 * The connections to PostgreSQL that sessions take and give back: a server process that has read the catalog and planned its
 * views once serves the next session at a tenth of the cost.
 */
import { Client } from "pg";

/** What a session leaves behind ends with it, as if its connection had. */
const CLEAN =
  "ROLLBACK; SELECT pg_advisory_unlock_all(); DISCARD TEMP; DISCARD SEQUENCES; RESET ALL";

/** So many wait for the next session in each database. */
const MOST_IDLE = 3;

const idle = new Map<string, Client[]>();

/** A connection that no other session has. */
export async function takeClient(url: string): Promise<Client> {
  const waiting = idle.get(url)?.pop();
  if (waiting !== undefined) return waiting;
  const client = new Client({ connectionString: url });
  client.on("error", () => drop(url, client));
  client.on("end", () => drop(url, client));
  await client.connect();
  return client;
}

/** Gives back a connection on which nothing runs. */
export async function giveClient(url: string, client: Client): Promise<void> {
  const others = idle.get(url) ?? [];
  if (others.length >= MOST_IDLE) return await client.end();
  try {
    await client.query(CLEAN);
  } catch {
    return await client.end();
  }
  idle.set(url, [...(idle.get(url) ?? []), client]);
}

/** A connection that is over, as when its database is dropped, waits for nobody. */
function drop(url: string, client: Client): void {
  const rest = (idle.get(url) ?? []).filter((other) => other !== client);
  if (rest.length > 0) idle.set(url, rest);
  else idle.delete(url);
}

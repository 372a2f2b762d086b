/**
 * The connections to PostgreSQL that sessions take and give back: a server process that has read the catalog and planned its
 * views once serves the next session at a tenth of the cost.
 */
import { Client } from "pg";

/** What a session leaves behind ends with it, as if its connection had. */
const CLEAN =
  "ROLLBACK; SELECT pg_advisory_unlock_all(); DISCARD TEMP; DISCARD SEQUENCES; RESET ALL";

/** So many wait for the next session in each place. */
const MOST_IDLE = 3;

const idle = new Map<string, Client[]>();

/** What a connection is to: a database, and the settings that its session begins with. */
export interface Place {
  readonly url: string;
  readonly settings: Readonly<Record<string, string>>;
}

/** A connection that no other session has. */
export async function takeClient(place: Place): Promise<Client> {
  const key = keyOf(place);
  const waiting = idle.get(key)?.pop();
  if (waiting !== undefined) return waiting;
  // What a connection is asked for as it begins is what RESET ALL comes back to.
  const options = Object.entries(place.settings).map(([name, value]) => `-c ${name}=${value}`);
  const client = new Client({ connectionString: place.url, options: options.join(" ") });
  client.on("error", () => drop(key, client));
  client.on("end", () => drop(key, client));
  await client.connect();
  return client;
}

/** Gives back a connection on which nothing runs. */
export async function giveClient(place: Place, client: Client): Promise<void> {
  const key = keyOf(place);
  const others = idle.get(key) ?? [];
  if (others.length >= MOST_IDLE) return await client.end();
  try {
    await client.query(CLEAN);
  } catch {
    return await client.end();
  }
  idle.set(key, [...(idle.get(key) ?? []), client]);
}

function keyOf({ url, settings }: Place): string {
  return `${url} ${JSON.stringify(settings)}`;
}

/** A connection that is over, as when its database is dropped, waits for nobody. */
function drop(key: string, client: Client): void {
  const rest = (idle.get(key) ?? []).filter((other) => other !== client);
  if (rest.length > 0) idle.set(key, rest);
  else idle.delete(key);
}

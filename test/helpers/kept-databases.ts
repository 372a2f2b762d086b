/**
 * Databases on the tests' own PostgreSQL that outlive the file they were made for: the next file of the process gets one that is
 * as good as new. One that cannot be left so is dropped. On a server that the environment names every file makes and drops its
 * own, since nobody would drop what is kept there.
 */
import { DatabaseError } from "pg";
import type { Client } from "pg";

/** A database that can be kept. */
export interface Keepable {
  /** A connection of its own, which stays open while it is kept. */
  readonly client: Client;
  /** How often it was emptied for a test. */
  readonly timesEmptied: number;
  /** Makes the schema `public` anew, in which tests make what they make. */
  empty(): Promise<void>;
  drop(): Promise<void>;
}

/** The catalogs of a database that was emptied more often would be full of dead rows. */
const MOST_EMPTIED = 300;

const KEEPS = (process.env["UPSURGE_TEST_POSTGRES"] ?? "") === "";

/** The databases of this process that no file uses. */
export class KeptDatabases<T extends Keepable> {
  readonly #make: (server: string) => Promise<T>;
  readonly #kept: T[] = [];
  /** What the catalogs of each said when it was new. */
  readonly #news = new WeakMap<T, string>();

  constructor(make: (server: string) => Promise<T>) {
    this.#make = make;
  }

  /** One that is as good as new. */
  async take(server: string): Promise<T> {
    const kept = this.#kept.pop();
    if (kept !== undefined) return kept;
    const made = await this.#make(server);
    if (KEEPS) this.#news.set(made, await catalogsOf(made));
    return made;
  }

  /** Takes one back, whatever was done to it. */
  async give(database: T): Promise<void> {
    const isKept =
      KEEPS &&
      database.timesEmptied <= MOST_EMPTIED &&
      (await renewed(database)) === this.#news.get(database);
    if (isKept) this.#kept.push(database);
    else await database.drop();
  }
}

/** Empties it, and tells what its catalogs say then; `null` when it cannot be emptied. */
async function renewed(database: Keepable): Promise<string | null> {
  const { client } = database;
  try {
    await client.query("discard all");
    // Whoever is still connected goes on with a statement that nobody waits for.
    await client.query(
      `select pg_terminate_backend(pid, 60000) from pg_stat_activity
       where datname = current_database() and backend_type = 'client backend' and pid <> pg_backend_pid()`,
    );
    await database.empty();
    return await catalogsOf(database);
  } catch (error) {
    if (error instanceof DatabaseError) return null;
    throw error;
  }
}

/** What emptying leaves: of each catalog how many rows it has, and which was written last. */
async function catalogsOf({ client }: Keepable): Promise<string> {
  const catalogs = [
    `pg_namespace where nspname <> 'public' and nspname !~ '^pg_(toast_)?temp_'`,
    "pg_proc where pronamespace = 'pg_catalog'::regnamespace",
    "pg_type where typnamespace = 'pg_catalog'::regnamespace",
    "pg_extension",
    "pg_cast",
    "pg_language",
    "pg_foreign_data_wrapper",
    "pg_event_trigger",
    "pg_publication",
    "pg_default_acl",
    "pg_largeobject_metadata",
    "pg_db_role_setting where setdatabase = (select oid from pg_database where datname = current_database())",
    "pg_database where datname = current_database()",
  ];
  const counts = catalogs.map(
    (from) => `(select concat(count(*), ' ', max(xmin::text::bigint)) from ${from})`,
  );
  counts.push("(select count(*) from pg_prepared_xacts where database = current_database())");
  const { rows } = await client.query({ text: `select ${counts.join(", ")}`, rowMode: "array" });
  return JSON.stringify(rows);
}

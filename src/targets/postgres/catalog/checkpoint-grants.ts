/**
 * What a load needs of its checkpoint table, as statements for whoever may grant it. The schema is named as well: a table
 * whose schema a user may not use is not there for that user.
 *
 *   grant usage on schema "ops" to "loader";
 *   grant select, insert, update, delete on table ops.state to "loader";
 */
import type { Client } from "pg";
import { printDdlCommand } from "../../../errors/print-ddl.ts";
import { quoteIdentifier } from "../quote.ts";

/** A schema, or none, and who asks. */
interface Home {
  readonly user: string;
  readonly schema: string | null;
}

/** The schema that a name says. */
const NAMED = `select current_user as user, (pg_catalog.parse_ident($1))[pg_catalog.cardinality(pg_catalog.parse_ident($1)) - 1] as schema`;

/** The first schema of the search path that has the table, or else the first one there is, whether the user may use it or not. */
const SEARCHED = `select current_user as user, (select n.nspname
  from pg_catalog.pg_namespace n
    join pg_catalog.unnest(pg_catalog.regexp_split_to_array(pg_catalog.current_setting('search_path'), '\\s*,\\s*'))
      with ordinality p (word, place)
      on p.word in (n.nspname, pg_catalog.quote_ident(n.nspname)) or (p.word = '"$user"' and n.nspname = current_user)
  order by exists (select from pg_catalog.pg_class c
    where c.relnamespace = n.oid and c.relname = (pg_catalog.parse_ident($1))[1]) desc, p.place
  limit 1) as schema`;

/** The statements for the checkpoint table of that name, as SQL writes it, for the user of this connection. */
export async function checkpointGrants(client: Client, table: string): Promise<readonly string[]> {
  const { rows: named } = await client.query<Home>(NAMED, [table]);
  const [home] =
    named[0]?.schema == null ? (await client.query<Home>(SEARCHED, [table])).rows : named;
  const { user, schema } = home ?? { user: "", schema: null };
  const to = `to ${quoteIdentifier(user)};`;
  return [
    `-- the checkpoint table has to be there: ${printDdlCommand(table)}`,
    schema === null
      ? "-- the search path of this user names no schema that is there: pass --checkpoint-table SCHEMA.NAME"
      : `grant usage on schema ${quoteIdentifier(schema)} ${to}`,
    `grant select, insert, update, delete on table ${table} ${to}`,
  ];
}

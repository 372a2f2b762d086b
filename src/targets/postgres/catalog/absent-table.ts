/** What a name means that is no table's: a materialized view, a sequence, an index. */
import type { Client } from "pg";
import type { Suggestion } from "../../target.ts";
import { findTable } from "./table-facts.ts";

/** By `relkind`: what it is, and what to do instead. */
const KINDS: Readonly<Record<string, Suggestion>> = {
  m: {
    reason: "it is a materialized view, which only its query fills",
    fix: "load into a table that the view reads, and refresh it with --after 'refresh materialized view NAME'",
  },
  S: { reason: "it is a sequence", fix: "name the table whose ids the sequence makes" },
  i: { reason: "it is an index", fix: "name the table of the index" },
  I: { reason: "it is an index", fix: "name the table of the index" },
  c: { reason: "it is a type", fix: "name a table that has a column of the type" },
};

/** Why `table` is none; `null`: there is nothing of that name. */
export async function whyNoTable(client: Client, table: string): Promise<Suggestion | null> {
  const found = await findTable(client, table);
  return KINDS[found?.relkind ?? ""] ?? null;
}

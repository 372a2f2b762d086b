/** Reads a table's name that stands alone, as in a bulk load. */
import { Cursor } from "./cursor.ts";
import { readTableName } from "./query.ts";
import { tokenize } from "./tokens.ts";

/** The name as PostgreSQL writes it. */
export function parseTableName(name: string): string {
  const cursor = new Cursor(name, tokenize(name), new Map());
  const table = readTableName(cursor);
  if (cursor.token.kind !== "end") cursor.fail();
  return table;
}

/** What the pages of psql, pgloader and sqlite-utils share: a table of parts, and the files that are loaded into it. */
import type { ToolPage } from "./row.ts";

const PARTS = "part_no,name,price\nB,Bolt,1\n";

/** The table, on SQLite unless a row says otherwise: most rows tell of reading. */
export const PARTS_TABLE = {
  engine: "sqlite",
  table: "parts",
  setUp:
    "create table parts (part_no text primary key, name text, price numeric, stock integer default 0)",
  query: "select part_no, name, price, stock from parts order by part_no",
  flags: ["--key", "part_no"],
} as const satisfies Partial<ToolPage>;

/** One part, in a file of this name. */
export function text(name: string): Readonly<Record<string, string>> {
  return { [name]: PARTS };
}

/** A name that is empty, and one that is empty in quotes. */
export const EMPTY = { "parts.csv": 'part_no,name,price\nB,,1\nC,"",2\n' };

/** A part, and one whose price is none. */
export const BAD = { "parts.csv": `${PARTS}C,Nut,cheap\n` };

/** The statement that makes the unique index a key lacks, as errors print it: it runs as it is on the database it is for. */
import { keyFlags } from "../errors/key-flags.ts";
import type { Arbiter } from "../model/load-plan.ts";
import type { TableShape } from "../model/table-shape.ts";

/** The key that the index is for. */
export interface IndexedKey {
  /** As SQL. */
  readonly expressions: readonly string[];
  /** Of a partial index, as SQL; `null` for none. */
  readonly predicate: string | null;
}

/** PostgreSQL cuts names that are longer; the other databases take longer ones. */
const LONGEST_NAME = 63;

/**
 * `create unique index "items_sku_key" on "public"."items" ("sku")`; `null` where no such index can be made: on a view, on a
 * virtual or foreign table, and on a partitioned one, whose unique indexes have to hold the partition columns.
 */
export function uniqueIndexSql(
  { kind, name, uniqueKeys }: Pick<TableShape, "kind" | "name" | "uniqueKeys">,
  { expressions, predicate }: IndexedKey,
  quote: (name: string) => string,
): string | null {
  if (kind !== "table") return null;
  const taken = uniqueKeys.map((key) => key.name?.toLowerCase());
  const words = [
    name.name,
    ...expressions.map((each) => each.match(/[\p{L}\p{N}_]+/gu)?.join("_")),
  ];
  const base = words.filter((word) => word !== undefined && word !== "").join("_");
  let index = shortened(base, "_key");
  for (let n = 2; taken.includes(index.toLowerCase()); n += 1) index = shortened(base, `_key${n}`);
  const where = predicate === null ? "" : ` where ${predicate}`;
  return `create unique index ${quote(index)} on ${tableSql(name, quote)} (${expressions.join(", ")})${where}`;
}

/** The qualified name of a table as SQL. */
export function tableSql(
  { schema, name }: TableShape["name"],
  quote: (name: string) => string,
): string {
  return schema === null ? quote(name) : `${quote(schema)}.${quote(name)}`;
}

/** A name with its ending, cut so that both fit. */
function shortened(base: string, ending: string): string {
  let cut = base;
  while (Buffer.byteLength(cut + ending) > LONGEST_NAME) cut = cut.slice(0, -1);
  return cut + ending;
}

/** The query that lists the keys of which a table has several rows. */
export function duplicatesSql(
  { name }: Pick<TableShape, "name">,
  { expressions, predicate }: IndexedKey,
  quote: (name: string) => string,
): string {
  const key = expressions.join(", ");
  const where = predicate === null ? "" : ` where ${predicate}`;
  return `select ${key}, count(*) from ${tableSql(name, quote)}${where} group by ${key} having count(*) > 1`;
}

/** What to do about a key of which the table has several rows: a query that shows them, then the index. */
export function removeDuplicates(
  shape: Pick<TableShape, "kind" | "name" | "uniqueKeys">,
  { keyExpressions: expressions, predicate }: Pick<Arbiter, "keyExpressions" | "predicate">,
  quote: (name: string) => string,
): string {
  const query = duplicatesSql(shape, { expressions, predicate: null }, quote);
  const ddl = uniqueIndexSql(shape, { expressions, predicate }, quote);
  const others = keyFlags(shape.uniqueKeys, "upsert").join(" or ");
  const named = others === "" ? "" : `name another key with ${others}; or `;
  return `${named}remove the duplicates, which this lists: ${query}${ddl === null ? "" : `; then: ${ddl}`}`;
}

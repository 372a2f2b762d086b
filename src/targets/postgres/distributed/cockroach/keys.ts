/**
 * Reads the unique keys of a table from CockroachDB's catalog. A key that is sharded by its hash begins with a hidden column that
 * follows from the others, which decide alone. A key with another hidden column says nothing of the columns that a load fills.
 */
import type { Client } from "pg";
import type { UniqueKey } from "../../../../model/table-shape.ts";
import { quoteIdentifier } from "../../quote.ts";
import type { Attribute } from "./columns.ts";

interface KeyRow {
  readonly name: string;
  readonly primary: boolean;
  readonly constraint: boolean;
  readonly predicate: string | null;
  /** The numbers of the columns, those that are stored along included; 0 for an expression. */
  readonly numbers: unknown;
  /** Each part of the key as SQL. */
  readonly parts: readonly string[];
}

const KEYS = `
  select coalesce(k.conname, i.relname) as name, x.indisprimary as primary, k.conname is not null as constraint,
    pg_get_expr(x.indpred, x.indrelid) as predicate, x.indkey as numbers,
    array(select pg_get_indexdef(x.indexrelid, s.n::int, false) from generate_series(1, x.indnkeyatts::int) as s(n) order by s.n) as parts
  from pg_index x join pg_class i on i.oid = x.indexrelid
    left join pg_constraint k on k.conindid = x.indexrelid and k.conrelid = x.indrelid and k.contype in ('p', 'u')
  where x.indrelid = $1::oid and x.indisunique and x.indisvalid
  order by x.indisprimary desc, i.relname`;

/** The unique keys of a table with these columns. */
export async function readKeys(
  client: Client,
  oid: string,
  attributes: readonly Attribute[],
): Promise<UniqueKey[]> {
  const { rows } = await client.query<KeyRow>(KEYS, [oid]);
  return rows.map((row) => keyOf(row, attributes)).filter((key) => key !== null);
}

/** The column that shards a key; it is computed from the others. */
const SHARD = /^crdb_internal_.*_shard_\d+$/;

function keyOf(
  { numbers, parts, ...row }: KeyRow,
  attributes: readonly Attribute[],
): UniqueKey | null {
  const columns: (string | null)[] = [];
  const keyExpressions: string[] = [];
  for (const [at, number] of numbersIn(numbers).slice(0, parts.length).entries()) {
    const found = attributes.find((each) => each.number === number);
    if (found !== undefined && SHARD.test(found.name)) continue;
    if (found?.hidden === true) return null;
    columns.push(found?.name ?? null);
    keyExpressions.push(found === undefined ? (parts[at] ?? "") : quoteIdentifier(found.name));
  }
  if (columns.length === 0) return null;
  const same = { kind: "unique", nullsDistinct: true, deferrable: false, standard: true } as const;
  return { ...row, ...same, columns, keyExpressions };
}

/** An int2vector, `1 2`, which a driver may hand on as the text that it is. */
function numbersIn(vector: unknown): number[] {
  return [...String(vector).matchAll(/\d+/g)].map(([digits]) => Number(digits));
}

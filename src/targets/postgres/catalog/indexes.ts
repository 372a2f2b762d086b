/** Reads the indexes of a table from the catalog, and makes its unique keys of them. */
import type { Client } from "pg";
import type { UniqueKey } from "../../../model/table-shape.ts";
import { quoteIdentifier } from "../quote.ts";
import type { StoredColumn } from "./columns.ts";

/** An index; `kind` is `null` where it is no unique key, or cannot be relied on. */
export interface IndexRow extends Pick<
  UniqueKey,
  "primary" | "constraint" | "deferrable" | "nullsDistinct" | "predicate"
> {
  readonly name: string;
  readonly kind: UniqueKey["kind"] | null;
  /** The access method. */
  readonly method: string;
  /** The numbers of its columns between blanks, 0 for an expression; so many of them are its key, and the rest is carried along. */
  readonly places: string;
  readonly keyParts: number;
  /** The oids of the collations of the key's parts, between blanks. */
  readonly collationIds: string;
  /** A part compares by other operators than its type does. */
  readonly special: boolean;
  /** The parts of the key as SQL, where one of them is an expression. */
  readonly parts: readonly string[] | null;
  /** Its expressions and its predicate; `null` where it has neither. */
  readonly worksOut: string | null;
}

const INDEXES = `
  select coalesce(k.conname, i.relname) as name, x.indisprimary as primary, k.oid is not null as constraint,
    case when not (x.indisvalid and x.indislive) then null when x.indisexclusion then 'exclusion'
      when x.indisunique then 'unique' end as kind,
    not x.indimmediate as deferrable, not coalesce((to_jsonb(x) ->> 'indnullsnotdistinct')::boolean, false) as "nullsDistinct",
    pg_get_expr(x.indpred, x.indrelid) as predicate, m.amname as method, x.indkey::text as places,
    x.indnkeyatts::int as "keyParts", x.indcollation::text as "collationIds",
    exists (select from pg_opclass o where o.oid = any (x.indclass) and not o.opcdefault) as special,
    case when x.indexprs is not null then
      array(select pg_get_indexdef(x.indexrelid, n, false) from generate_series(1, x.indnkeyatts) n order by n) end as parts,
    case when x.indexprs is not null or x.indpred is not null then
      concat_ws(' ', pg_get_expr(x.indexprs, x.indrelid), pg_get_expr(x.indpred, x.indrelid)) end as "worksOut"
  from pg_index x join pg_class i on i.oid = x.indexrelid join pg_am m on m.oid = i.relam
    left join pg_constraint k on k.conindid = x.indexrelid and k.conrelid = x.indrelid and k.contype in ('p', 'u', 'x')
  where x.indrelid = $1::oid
  order by x.indisprimary desc, i.relname`;

/** The indexes of the relation with this oid: that of the primary key first, the others by name. */
export async function readIndexes(client: Client, oid: string): Promise<readonly IndexRow[]> {
  return (await client.query<IndexRow>(INDEXES, [oid])).rows;
}

/** The columns of an index, in its order, those that it only carries along among them; `null` for an expression. */
export function columnsOf(
  { places }: Pick<IndexRow, "places">,
  attributes: readonly StoredColumn[],
): readonly (StoredColumn | null)[] {
  const numbers = places.split(" ").map(Number);
  return numbers.map((number) => attributes.find((each) => each.number === number) ?? null);
}

/** The unique keys among the indexes. The name of a collation is asked for only where an index has one of its own. */
export async function uniqueKeys(
  client: Client,
  indexes: readonly IndexRow[],
  attributes: readonly StoredColumn[],
): Promise<UniqueKey[]> {
  const keys = indexes.flatMap((index) => {
    const { kind } = index;
    return kind === null ? [] : [{ kind, index, own: ownCollations(index, attributes) }];
  });
  const names = await collationNames(client, [...new Set(keys.flatMap(({ own }) => own))]);
  return keys.map(({ kind, index, own }) => {
    const key = { ...keyOf(index, attributes), kind };
    const collations = own.map((id) => (id === null ? null : (names.get(id) ?? null)));
    return collations.every((each) => each === null) ? key : { ...key, collations };
  });
}

function keyOf(index: IndexRow, attributes: readonly StoredColumn[]): Omit<UniqueKey, "kind"> {
  const { name, primary, constraint, deferrable, nullsDistinct, predicate, special } = index;
  const columns = columnsOf(index, attributes).slice(0, index.keyParts);
  const ids = index.collationIds.split(" ");
  return {
    name,
    primary,
    constraint,
    deferrable,
    nullsDistinct,
    predicate,
    standard: !special && columns.every((column, at) => column?.collation === ids[at]),
    columns: columns.map((column) => column?.name ?? null),
    keyExpressions: columns.map((column, at) =>
      column === null ? (index.parts?.[at] ?? "") : quoteIdentifier(column.name),
    ),
  };
}

/** For each part of the key the oid of its collation, where that is not its column's. */
function ownCollations(
  index: IndexRow,
  attributes: readonly StoredColumn[],
): readonly (string | null)[] {
  const ids = index.collationIds.split(" ");
  return columnsOf(index, attributes)
    .slice(0, index.keyParts)
    .map((column, at) => {
      const id = ids[at] ?? "0";
      return column === null || id === "0" || id === column.collation ? null : id;
    });
}

/** The names of collations as SQL, by oid. */
async function collationNames(
  client: Client,
  ids: readonly (string | null)[],
): Promise<ReadonlyMap<string, string>> {
  const asked = ids.filter((id) => id !== null);
  if (asked.length === 0) return new Map();
  const { rows } = await client.query<{ oid: string; name: string }>(
    `select l.oid::text as oid, quote_ident(n.nspname) || '.' || quote_ident(l.collname) as name
     from pg_collation l join pg_namespace n on n.oid = l.collnamespace where l.oid = any ($1::oid[])`,
    [asked],
  );
  return new Map(rows.map(({ oid, name }) => [oid, name]));
}

/** Reads from the catalog what every image of a row must pass, so that images may be worked out instead of written. */
import type { Client } from "pg";
import type { ImageRules } from "../../../model/table-shape.ts";
import { quoteIdentifier } from "../quote.ts";
import type { StoredColumn } from "./columns.ts";
import { columnsOf } from "./indexes.ts";
import type { IndexRow } from "./indexes.ts";
import type { TableFacts } from "./table-facts.ts";

/**
 * The checks of the table itself; what else is looked at when a row is written, of the table and its partitions, as text in
 * which the names of columns stand; the columns of B-tree indexes whose values vary in length.
 */
const IMAGE_RULES = `
  with tree as (select $1::oid as id union select relid from pg_partition_tree($1::oid::regclass))
  select
    array(select pg_get_expr(k.conbin, k.conrelid) from pg_constraint k
          where k.conrelid = c.oid and k.contype = 'c'
            and coalesce((to_jsonb(k) ->> 'conenforced')::boolean, true) order by k.conname) as checks,
    array(select quote_ident(a.attname) from pg_constraint k join pg_attribute a on a.attrelid = k.conrelid and a.attnum = any (k.conkey)
          where k.conrelid in (select id from tree) and k.contype = 'f')
      || array(select pg_get_expr(k.conbin, k.conrelid) from pg_constraint k
          where k.conrelid in (select id from tree) and k.conrelid <> c.oid and k.contype = 'c' and k.conislocal)
      || array(select concat_ws(' ', pg_get_expr(x.indexprs, x.indrelid), pg_get_expr(x.indpred, x.indrelid)) from pg_index x
          where x.indrelid in (select id from tree) and (x.indexprs is not null or x.indpred is not null))
      || array(select quote_ident(a.attname) from pg_index x join pg_class i on i.oid = x.indexrelid
            join pg_am m on m.oid = i.relam and m.amname not in ('btree', 'hash')
            join pg_attribute a on a.attrelid = x.indrelid and a.attnum = any (x.indkey)
          where x.indrelid in (select id from tree))
      || array(select coalesce(pg_get_partkeydef(id), '') || coalesce(pg_get_partition_constraintdef(id), '') from tree) as seen,
    array(select distinct a.attname::text from pg_index x
            join pg_attribute a on a.attrelid = x.indrelid and a.attnum = any (x.indkey) and a.attlen < 0
          where x.indrelid in (select id from tree)) as indexed
  from pg_class c where c.oid = $1::oid and c.relkind in ('r', 'p') and has_table_privilege(c.oid, 'select')`;

/** The rules for the images of a table's rows; `null` for a view, a foreign table, and one that the user may not read as a whole. */
export async function readImageRules(client: Client, oid: string): Promise<ImageRules | null> {
  const { rows } = await client.query<ImageRules>(IMAGE_RULES, [oid]);
  return rows[0] ?? null;
}

/** The same of a table without partitions, checks and foreign keys: its indexes say all of it. */
export function imageRulesOf(
  { isReadable }: Pick<TableFacts, "isReadable">,
  indexes: readonly IndexRow[],
  attributes: readonly StoredColumn[],
): ImageRules | null {
  if (!isReadable) return null;
  const inside = indexes.map((index) => ({
    index,
    columns: columnsOf(index, attributes).filter((column) => column !== null),
  }));
  const varying = inside.flatMap(({ columns }) => columns.filter(({ varies }) => varies));
  return {
    checks: [],
    seen: [
      ...indexes.flatMap(({ worksOut }) => worksOut ?? []),
      ...inside.flatMap(({ index, columns }) =>
        /^(?:btree|hash)$/.test(index.method)
          ? []
          : columns.map(({ name }) => quoteIdentifier(name)),
      ),
    ],
    indexed: [...new Set(varying.map(({ name }) => name))].toSorted(),
  };
}

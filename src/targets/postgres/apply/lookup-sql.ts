/**
 * The statements of look-ups for PostgreSQL:
 *
 *   select k.n, count(*) as found, min(p."id"::text) as id
 *   from unnest($1::text[]) with ordinality as k(k1, n)
 *     join "public"."authors" as p on p."email" = k.k1 and p."id" is not null
 *   group by k.n
 *
 * Pure.
 */
import type { LookupPlan } from "../../../model/lookup-plan.ts";
import type { Column } from "../../../model/table-shape.ts";
import { LOOKUP_SAVEPOINT } from "../../../sql/savepoints.ts";
import { tableSql } from "../../../sql/unique-index.ts";
import type { KeyTexts, Lookups, LookupSql } from "../../../model/sql/lookup-sql.ts";
import { textArray } from "../stage/array-text.ts";
import { fromText, storedFrom } from "../types.ts";
import { quoteIdentifier } from "../quote.ts";

/** How look-ups are spelled. */
export const LOOKUPS: Lookups = { sql: lookupSql, ...LOOKUP_SAVEPOINT };

/** No statement is made longer than is good for it. */
const MOST = 100_000;

function lookupSql({ parent, keys, refersTo, written }: LookupPlan): LookupSql {
  const table = tableSql(parent.name, quoteIdentifier);
  const id = `p.${quoteIdentifier(refersTo.name)}`;
  const texts = keys.map((_, at) => `k.k${at + 1}`);
  const arrays = keys.map((_, at) => `$${at + 1}::text[]`).join(", ");
  const from = `unnest(${arrays}) with ordinality as k(${keys.map((_, at) => `k${at + 1}`).join(", ")}, n)`;
  const conditions = keys.flatMap(({ column }, at) => equal(column, texts[at] ?? "", written));
  const columns = keys.map(({ column }) => quoteIdentifier(column.name)).join(", ");
  const values = keys.map(({ column }, at) => fromText(texts[at] ?? "", column)).join(", ");
  return {
    most: MOST,
    find: (of) => ({
      sql: `select k.n, count(*) as found, min(${id}::text) as id
from ${from}
  join ${table} as p on ${[...conditions, `${id} is not null`].join(" and ")}
group by k.n`,
      values: parameters(of, keys.length),
    }),
    create: (of) => ({
      sql: `insert into ${table} (${columns})
select ${values} from ${from} order by k.n
on conflict do nothing`,
      values: parameters(of, keys.length),
    }),
  };
}

/** What was written was cut and rounded to the type of its column; else a cast to a domain may cut a text to its length. */
function equal(column: Column, text: string, written = false): string[] {
  const own = `p.${quoteIdentifier(column.name)}`;
  if (written) return [`${own} = ${storedFrom(text, column)}`];
  const value = fromText(text, column);
  const same = `${own} = ${value}`;
  const isCut = column.family === "text" && !/^(?:text|character|citext|name)\b/.test(column.type);
  return isCut ? [same, `length(${value}::text) = length(${text})`] : [same];
}

/** An array a column, as text. */
function parameters(keys: readonly KeyTexts[], width: number): string[] {
  return Array.from({ length: width }, (_, at) => textArray(keys.map((key) => key[at] ?? "")));
}

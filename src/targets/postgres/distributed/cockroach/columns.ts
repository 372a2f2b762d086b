/** Reads the columns of a table from CockroachDB's catalog, those included that it hides, as `rowid`. */
import type { Client } from "pg";
import type { Column } from "../../../../model/table-shape.ts";
import { columnOf, hasForm } from "../../catalog/columns.ts";
import { readForms } from "./value-forms.ts";

/** A column of the table, hidden or not. */
export interface Attribute {
  readonly number: number;
  readonly name: string;
  /** `select *` does not show it: the database made it for itself, or it was declared NOT VISIBLE. */
  readonly hidden: boolean;
  readonly nullable: boolean;
  readonly type: string;
  /** The default, or what generates the column. */
  readonly expression: string | null;
  readonly generated: boolean;
  /** `a`: always; `d`: by default; empty: no identity. */
  readonly identity: string;
  readonly category: string;
  readonly base: string;
  /** Of the type. */
  readonly oid: string;
}

const ATTRIBUTES = `
  select a.attnum::int as number, a.attname as name, a.attishidden as hidden, not a.attnotnull as nullable,
    format_type(a.atttypid, a.atttypmod)
      || case when a.attcollation <> 0 and a.attcollation <> t.typcollation
        then ' collate ' || quote_ident(c.collname) else '' end as type,
    pg_get_expr(d.adbin, d.adrelid) as expression, a.attgenerated <> '' as generated, a.attidentity as identity,
    t.typcategory as category, t.typname as base, t.oid::text as oid
  from pg_attribute a join pg_type t on t.oid = a.atttypid
    left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
    left join pg_collation c on c.oid = a.attcollation
  where a.attrelid = $1::oid and a.attnum > 0 and not a.attisdropped
  order by a.attnum`;

/** All columns of the table. */
export async function readAttributes(client: Client, oid: string): Promise<Attribute[]> {
  return (await client.query<Attribute>(ATTRIBUTES, [oid])).rows;
}

/** Those that a load may fill. No sequence moves along or is told of: ids are `unique_rowid()`, or it is not looked for. */
export async function readColumns(
  client: Client,
  attributes: readonly Attribute[],
): Promise<Column[]> {
  const shown = attributes.filter(({ hidden }) => !hidden);
  const formed = shown.filter(hasForm).map(({ oid }) => oid);
  const forms = formed.length === 0 ? null : await readForms(client, formed);
  return shown.map(({ name, nullable, type, expression, generated, identity, ...named }) => {
    const form = hasForm(named) ? forms?.get(named.oid) : undefined;
    const { category, base } = named;
    const column = columnOf({
      name,
      nullable,
      type,
      category,
      base,
      defaultSql: generated ? null : expression,
      generatedSql: generated ? expression : null,
      identity: identity === "a" ? "always" : drawsNumbers(identity, expression),
      made: identity !== "",
    });
    return form === undefined ? column : { ...column, form };
  });
}

function drawsNumbers(identity: string, expression: string | null): "by-default" | null {
  const draws = expression?.startsWith("nextval(") ?? false;
  return identity === "d" || draws ? "by-default" : null;
}

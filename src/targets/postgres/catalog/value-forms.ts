/** How the values of columns are put together: elements of arrays, attributes of composite types, labels of enums. */
import type { Client } from "pg";
import type { ValueForm } from "../../../model/table-shape.ts";

interface TypeRow {
  oid: string;
  name: string;
  type: string;
  kind: string;
  inner: string | null;
  delimiter: string | null;
  /** Names and types, or labels, as JSON. */
  parts: string | null;
}

/** All types that those of the columns are made of. A type with elements of its own that is no array has an array type. */
const FORMS = `
  with recursive made(oid) as (
    select a.atttypid from pg_attribute a where a.attrelid = $1::oid and a.attnum > 0 and not a.attisdropped
    union
    select part.oid from made join pg_type t on t.oid = made.oid cross join lateral (
      select t.typbasetype where t.typtype = 'd'
      union all select t.typelem where t.typcategory = 'A' and t.typelem <> 0 and t.typarray = 0
      union all select a.atttypid from pg_attribute a
        where t.typtype = 'c' and a.attrelid = t.typrelid and a.attnum > 0 and not a.attisdropped) part(oid))
  select t.oid::text, t.typname as name, format_type(t.oid, null) as type,
    case when t.typcategory = 'A' and t.typelem <> 0 and t.typarray = 0 then 'a' else t.typtype::text end as kind,
    case when t.typtype = 'd' then t.typbasetype else e.oid end::text as inner, e.typdelim as delimiter,
    case t.typtype
      when 'e' then (select json_agg(l.enumlabel order by l.enumsortorder) from pg_enum l where l.enumtypid = t.oid)
      when 'c' then (select json_agg(json_build_array(a.attname, a.atttypid::text) order by a.attnum) from pg_attribute a
        where a.attrelid = t.typrelid and a.attnum > 0 and not a.attisdropped) end::text as parts
  from made join pg_type t on t.oid = made.oid
    left join pg_type e on e.oid = t.typelem and t.typcategory = 'A' and t.typarray = 0`;

/** The forms of the types of a table's columns, by the oid of the type as text. */
export async function readForms(
  client: Client,
  oid: string,
): Promise<ReadonlyMap<string, ValueForm>> {
  const { rows } = await client.query<TypeRow>(FORMS, [oid]);
  const types = new Map(rows.map((row) => [row.oid, row]));
  return new Map(rows.map((row) => [row.oid, formOf(row.oid, types)]));
}

const TEXT: ValueForm = { kind: "text" };

function formOf(oid: string, types: ReadonlyMap<string, TypeRow>): ValueForm {
  const row = types.get(oid);
  if (row === undefined) return TEXT;
  const { kind, inner, parts } = row;
  if (kind === "d") return formOf(inner ?? "", types);
  if (kind === "a")
    return { kind: "array", element: formOf(inner ?? "", types), delimiter: row.delimiter ?? "," };
  if (kind === "e") return { kind: "enum", labels: JSON.parse(parts ?? "[]") as string[] };
  if (kind === "r" || kind === "m") return { kind: "range" };
  if (kind === "c") {
    const attributes = (JSON.parse(parts ?? "[]") as [string, string][]).map(([name, type]) => ({
      name,
      form: formOf(type, types),
    }));
    return { kind: "composite", type: row.type, attributes };
  }
  if (row.name === "hstore") return { kind: "map" };
  return row.name === "json" || row.name === "jsonb" ? { kind: "json" } : TEXT;
}

/** How the values of columns are put together on CockroachDB: elements of arrays and labels of enums. All else is one text. */
import type { Client } from "pg";
import type { ValueForm } from "../../../../model/table-shape.ts";

interface AskedType {
  readonly oid: string;
  readonly name: string;
  /** Of an array its elements' type; `0`: it is none. */
  readonly element: string;
  readonly labels: readonly string[];
}

const TYPES = `
  select t.oid::text as oid, t.typname as name, case when t.typcategory = 'A' then t.typelem::text else '0' end as element,
    array(select l.enumlabel::text from pg_enum l where l.enumtypid = t.oid order by l.enumsortorder) as labels
  from pg_type t where t.oid::text = any ($1::text[])`;

/** The forms of these types, by their oids as text. */
export async function readForms(
  client: Client,
  oids: readonly string[],
): Promise<ReadonlyMap<string, ValueForm>> {
  const types = new Map<string, AskedType>();
  for (let asked = [...oids]; asked.length > 0;) {
    const { rows } = await client.query<AskedType>(TYPES, [asked]);
    for (const row of rows) types.set(row.oid, row);
    asked = rows.map(({ element }) => element).filter((oid) => oid !== "0" && !types.has(oid));
  }
  return new Map(oids.map((oid) => [oid, formOf(oid, types)]));
}

function formOf(oid: string, types: ReadonlyMap<string, AskedType>): ValueForm {
  const type = types.get(oid);
  if (type === undefined) return { kind: "text" };
  const { name, element, labels } = type;
  if (element !== "0") return { kind: "array", element: formOf(element, types), delimiter: "," };
  if (labels.length > 0) return { kind: "enum", labels };
  return name === "json" || name === "jsonb" ? { kind: "json" } : { kind: "text" };
}

/** Reads a table's shape from the catalog. Names are looked up, never put together. */
import type { Client } from "pg";
import type {
  ForeignKey,
  Reference,
  TableName,
  TableShape,
  Trigger,
  UniqueKey,
} from "../../../model/table-shape.ts";
import { unknownFunction } from "../../../sql/expressions.ts";
import { readColumns } from "./columns.ts";
import { readImageRules } from "./image-rules.ts";
import { answersTo } from "../connect/run-together.ts";
import { quoteIdentifier } from "../quote.ts";
import { readVersion } from "./table-version.ts";

/** Rows of the catalog are asked for as the shape has them. */
type RelationRow = Pick<
  TableShape,
  "name" | "kind" | "truncateHazard" | "rewritten" | "checked" | "missingPrivileges" | "grantee"
>;

const RELATION = `
  select json_build_object('schema', n.nspname, 'name', c.relname) as name,
    case c.relkind when 'p' then 'partitioned' when 'v' then 'view' else 'table' end as kind,
    case when c.relkind = 'f' then 'it is a foreign table' end as "truncateHazard",
    (c.relkind <> 'v' and c.relhasrules) or row_security_active(c.oid) as rewritten,
    exists (select from pg_constraint k where k.conrelid = c.oid and k.contype = 'c')
      or exists (select from pg_attribute a join pg_type t on t.oid = a.atttypid
                 where a.attrelid = c.oid and a.attnum > 0 and t.typtype = 'd') as checked,
    array_remove(array[
      case when not has_schema_privilege(n.oid, 'usage') then 'usage' end,
      case when not has_any_column_privilege(c.oid, 'insert') then 'insert' end,
      case when not has_any_column_privilege(c.oid, 'update') then 'update' end,
      case when not has_any_column_privilege(c.oid, 'select') then 'select' end,
      case when not has_table_privilege(c.oid, 'delete') then 'delete' end,
      case when not has_table_privilege(c.oid, 'truncate') then 'truncate' end,
      case when not has_database_privilege(current_database(), 'temporary') then 'temporary' end], null) as "missingPrivileges",
    json_build_object('user', current_user, 'database', current_database()) as grantee
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.oid = $1::oid and c.relkind in ('r', 'p', 'v', 'f')`;

const KEYS = `
  select coalesce(k.conname, i.relname) as name, x.indisprimary as primary, k.oid is not null as constraint,
    case when x.indisexclusion then 'exclusion' else 'unique' end as kind, not x.indimmediate as deferrable,
    not coalesce((to_jsonb(x) ->> 'indnullsnotdistinct')::boolean, false) as "nullsDistinct",
    pg_get_expr(x.indpred, x.indrelid) as predicate,
    not exists (select from generate_series(0, x.indnkeyatts - 1) n
      left join pg_attribute a on a.attrelid = x.indrelid and a.attnum = x.indkey[n] and x.indkey[n] <> 0
      left join pg_opclass o on o.oid = x.indclass[n]
      where a.attname is null or x.indcollation[n] <> a.attcollation or not o.opcdefault) as standard,
    array(select a.attname::text from generate_series(0, x.indnkeyatts - 1) n
          left join pg_attribute a on a.attrelid = x.indrelid and a.attnum = x.indkey[n] and x.indkey[n] <> 0
          order by n) as columns,
    array(select quote_ident(cn.nspname) || '.' || quote_ident(cl.collname) from generate_series(0, x.indnkeyatts - 1) n
          left join pg_attribute a on a.attrelid = x.indrelid and a.attnum = x.indkey[n] and x.indkey[n] <> 0
          left join pg_collation cl on cl.oid = x.indcollation[n] and cl.oid <> a.attcollation
          left join pg_namespace cn on cn.oid = cl.collnamespace order by n) as collations,
    array(select coalesce('"' || replace(a.attname::text, '"', '""') || '"', pg_get_indexdef(x.indexrelid, n + 1, false))
          from generate_series(0, x.indnkeyatts - 1) n
          left join pg_attribute a on a.attrelid = x.indrelid and a.attnum = x.indkey[n] and x.indkey[n] <> 0
          order by n) as "keyExpressions"
  from pg_index x join pg_class i on i.oid = x.indexrelid
    left join pg_constraint k on k.conindid = x.indexrelid and k.conrelid = x.indrelid and k.contype in ('p', 'u', 'x')
  where x.indrelid = $1::oid and (x.indisunique or x.indisexclusion) and x.indisvalid and x.indislive
  order by x.indisprimary desc, i.relname`;

/** What a foreign key `k` does where a row that it refers to is deleted. */
const ON_DELETE = `case when to_jsonb(k) ->> 'conenforced' = 'false' then 'none' else
    case k.confdeltype when 'c' then 'cascade' when 'n' then 'set null' when 'd' then 'set default' else 'forbid' end end`;

const REFERS_TO = `array(select a.attname::text from unnest(k.confkey) with ordinality u(n, o)
          join pg_attribute a on a.attrelid = k.confrelid and a.attnum = u.n order by o)`;

const FOREIGN_KEYS = `
  select k.conname as name, k.confrelid = k.conrelid as "selfReferencing", k.condeferrable as "canWait", ${ON_DELETE} as "onDelete",
    ${REFERS_TO} as "refersTo",
    array(select a.attname::text from unnest(k.conkey) with ordinality u(n, o)
          join pg_attribute a on a.attrelid = k.conrelid and a.attnum = u.n order by o) as columns
  from pg_constraint k where k.conrelid = $1::oid and k.contype = 'f'`;

/** Of other tables, and to any partition; those of the partitions of another table stand for theirs. */
const REFERENCES = `
  with own as (select $1::oid as id union select relid from pg_partition_tree($1::oid::regclass))
  select k.conname as name, json_build_object('schema', n.nspname, 'name', c.relname) as "table", ${ON_DELETE} as "onDelete",
    ${REFERS_TO} as "refersTo", k.condeferrable as "canWait",
    array(select a.attname::text from unnest(k.conkey) with ordinality u(n, o)
          join pg_attribute a on a.attrelid = k.conrelid and a.attnum = u.n order by o) as columns
  from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_namespace n on n.oid = c.relnamespace
  where k.contype = 'f' and k.confrelid in (select id from own) and k.conrelid not in (select id from own)
    and not (c.relispartition and k.conparentid <> 0)
  order by n.nspname, c.relname, k.conname`;

/** Triggers of the table and, for a partitioned one, of its partitions; what the bits mean is in catalog/pg_trigger.h. */
const TRIGGERS = `
  select t.tgname as name, case when t.tgtype & 1 <> 0 then 'row' else 'statement' end as level,
    case when t.tgtype & 64 <> 0 then 'instead' when t.tgtype & 2 <> 0 then 'before' else 'after' end as timing,
    array_remove(array[
      case when t.tgtype & 4 <> 0 then 'insert' end, case when t.tgtype & 16 <> 0 then 'update' end,
      case when t.tgtype & 8 <> 0 then 'delete' end, case when t.tgtype & 32 <> 0 then 'truncate' end], null) as events,
    case when l.lanname = 'plpgsql' and t.tgqual is null then p.prosrc end as source
  from pg_trigger t join pg_proc p on p.oid = t.tgfoid join pg_language l on l.oid = p.prolang
  where not t.tgisinternal and t.tgenabled in ('O', 'A')
    and (t.tgrelid = $1::oid or t.tgrelid in (select relid from pg_partition_tree($1::oid::regclass)))`;

/** The shape of `table` as the search path finds it; `null` when there is none. `versioned`: with its version. */
export async function readTableShape(
  client: Client,
  table: string,
  versioned = false,
): Promise<TableShape | null> {
  const oid = await findRelation(client, table);
  if (oid === null || !versioned) return oid === null ? null : await readRelation(client, oid);
  const [shape, version] = await answersTo([readRelation(client, oid), readVersion(client, oid)]);
  return shape === null ? null : { ...shape, version };
}

/** The shape of the relation with this oid. */
export async function readRelation(client: Client, oid: string): Promise<TableShape | null> {
  const [found, columns, uniqueKeys, foreignKeys, referredBy, triggers, images] = await answersTo([
    client.query<RelationRow>(RELATION, [oid]),
    readColumns(client, oid),
    readKeys(client, oid),
    readForeignKeys(client, oid),
    client.query<Reference>(REFERENCES, [oid]),
    readTriggers(client, oid),
    readImageRules(client, oid),
  ]);
  const [relation] = found.rows;
  if (relation === undefined) return null;
  return {
    ...relation,
    columns: columns(relation.name),
    uniqueKeys,
    foreignKeys,
    referredBy: referredBy.rows,
    triggers,
    checks: [],
    images,
    upsertHazard: null,
  };
}

/** The oid, as text: of the table called as written if that exists, else taken literally (`Orders`, `sales.Orders`). */
export async function findRelation(client: Client, table: string): Promise<string | null> {
  // PostgreSQL knows no such names; it cuts longer ones silently, and another table might answer.
  if (table.includes("\u0000")) return null;
  if (table.split(".").some((part) => Buffer.byteLength(part.replaceAll('"', "")) > 63))
    return null;
  const names = literalNames(table);
  const { rows: literal } = await client.query<{ oid: string }>(LITERAL, [
    names.map((parts) => parts.map(quoteIdentifier).join(".")),
    names.map((parts) => (parts.length === 1 ? null : parts[0])),
  ]);
  const found = literal[0]?.oid ?? (await findClosed(client, names));
  if (found !== null) return found;
  try {
    const { rows } = await client.query<{ oid: string | null }>(
      "select to_regclass($1::text)::oid::text as oid",
      [table],
    );
    return rows[0]?.oid ?? null;
  } catch {
    // A name that is no valid SQL name names no table.
    return null;
  }
}

/** What a table may be called that is called so literally: by its name alone, or behind its schema's. */
export function literalNames(table: string): readonly string[][] {
  const dot = table.indexOf(".");
  return [[table], ...(dot < 0 ? [] : [[table.slice(0, dot), table.slice(dot + 1)]])];
}

/** The oid that the first name finds. To look into a schema that is closed to the user would be an error. */
const LITERAL = `
  select to_regclass(name)::oid::text as oid from unnest($1::text[], $2::text[]) with ordinality u(name, schema, o)
  where case when schema is null
      or exists (select from pg_namespace n where n.nspname = schema and has_schema_privilege(n.oid, 'usage'))
    then to_regclass(name) is not null end
  order by o limit 1`;

/** Tables of schemas that the user may not enter: `regclass` does not find them, and the catalog lists them all the same. */
const CLOSED = `
  select c.oid::text from pg_class c join pg_namespace n on n.oid = c.relnamespace
    left join unnest(string_to_array(current_setting('search_path'), ',')) with ordinality p(name, o)
      on case btrim(p.name) when '"$user"' then current_user else btrim(btrim(p.name), '"') end = n.nspname
  where c.relname = $2 and case when $1::text is null then p.o is not null else n.nspname = $1 end
    and not has_schema_privilege(n.oid, 'usage')
  order by p.o limit 1`;

/** The oid, as text, of a table in a schema that is closed to this user, by its name with or without its schema. */
async function findClosed(client: Client, names: readonly string[][]): Promise<string | null> {
  for (const parts of names) {
    const schema = parts.length === 1 ? null : parts[0];
    const { rows } = await client.query<{ oid: string }>(CLOSED, [schema, parts.at(-1)]);
    if (rows[0] !== undefined) return rows[0].oid;
  }
  return null;
}

async function readKeys(client: Client, oid: string): Promise<UniqueKey[]> {
  const { rows } = await client.query<UniqueKey>(KEYS, [oid]);
  return rows.map(({ collations = [], ...key }) =>
    collations.every((each) => each === null) ? key : { ...key, collations },
  );
}

async function readForeignKeys(client: Client, oid: string): Promise<ForeignKey[]> {
  const { rows } = await client.query<Required<ForeignKey>>(FOREIGN_KEYS, [oid]);
  return rows.map(({ refersTo, onDelete, ...key }) =>
    key.selfReferencing ? { ...key, refersTo, onDelete } : key,
  );
}

async function readTriggers(client: Client, oid: string): Promise<Trigger[]> {
  const { rows } = await client.query<Trigger & { source: string | null }>(TRIGGERS, [oid]);
  return rows.map(({ source, ...trigger }) => {
    return { ...trigger, traceless: source !== null && isTraceless(source) };
  });
}

/** Words that make a trigger's function run SQL, or something that outlasts the row. */
const RUNS_SQL =
  /\b(?:select|insert|update|delete|merge|perform|execute|call|into|from|table|with|do|copy|notify|set|reset|open|fetch)\b/i;

/** True when the source of a function in PL/pgSQL holds nothing but expressions of functions that we know. */
function isTraceless(source: string): boolean {
  return !RUNS_SQL.test(source) && unknownFunction(source) === null;
}

/** The tables and views this user can see outside the system schemas. */
export async function listTables(client: Client): Promise<TableName[]> {
  const { rows } = await client.query<TableName>(`
    select n.nspname as schema, c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p', 'v', 'f') and not c.relispartition and n.nspname not like 'pg\\_%' and n.nspname <> 'information_schema'
    order by pg_table_is_visible(c.oid) desc, 1, 2 limit 1000`);
  return rows;
}

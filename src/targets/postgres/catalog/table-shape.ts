/** Reads a table's shape from the catalog. Names are looked up, never put together. */
import type { Client } from "pg";
import type {
  ForeignKey,
  Reference,
  TableName,
  TableShape,
  Trigger,
} from "../../../model/table-shape.ts";
import { unknownFunction } from "../../../sql/expressions.ts";
import { readColumns } from "./columns.ts";
import { imageRulesOf, readImageRules } from "./image-rules.ts";
import { readIndexes, uniqueKeys } from "./indexes.ts";
import { answersTo } from "../connect/run-together.ts";
import { findTable, readFacts } from "./table-facts.ts";
import type { TableFacts, TableParts } from "./table-facts.ts";

/** What a foreign key `k` does where a row that it refers to is deleted. */
const ON_DELETE = `case when to_jsonb(k) ->> 'conenforced' = 'false' then 'none' else
    case k.confdeltype when 'c' then 'cascade' when 'n' then 'set null' when 'd' then 'set default' else 'forbid' end end`;

const REFERS_TO = `array(select a.attname::text from unnest(k.confkey) with ordinality u(n, o)
          join pg_attribute a on a.attrelid = k.confrelid and a.attnum = u.n order by o)`;

const FOREIGN_KEYS = `
  select k.conname as name, k.confrelid = k.conrelid as "selfReferencing", k.condeferrable as "canWait", ${ON_DELETE} as "onDelete",
    (select json_build_object('schema', n.nspname, 'name', c.relname) from pg_class c
      join pg_namespace n on n.oid = c.relnamespace where c.oid = k.confrelid) as "table", ${REFERS_TO} as "refersTo",
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

/**
 * The shape of `table` as the search path finds it; `null` when there is none. `versioned`: with its version, and on the word of
 * the server's own flags, which only PostgreSQL itself is known to keep.
 */
export async function readTableShape(
  client: Client,
  table: string,
  versioned = false,
): Promise<TableShape | null> {
  const facts = await findTable(client, table, versioned);
  if (facts === null || !versioned)
    return facts === null ? null : await shapeOf(client, facts, ALL);
  const shape = await shapeOf(client, facts, facts);
  return shape === null ? null : { ...shape, version: facts.version };
}

/** The shape of the relation with this oid, of a server that keeps its flags. */
export async function readRelation(client: Client, oid: string): Promise<TableShape | null> {
  const facts = await readFacts(client, oid);
  return facts === null ? null : await shapeOf(client, facts, facts);
}

/** What a server that may not keep its flags is asked all the same. */
const ALL: TableParts = {
  hasIndexes: true,
  hasTriggers: true,
  hasForeignKeys: true,
  isReferred: true,
  drawsIds: true,
  isLone: false,
};

/** Asks for the parts that the table has: to plan a question takes the server longer than to answer it. */
async function shapeOf(
  client: Client,
  facts: TableFacts,
  parts: TableParts,
): Promise<TableShape | null> {
  if (!/^[rpvf]$/.test(facts.relkind)) return null;
  const { oid, relation } = facts;
  const [columns, indexes, foreignKeys, referredBy, triggers, rules] = await answersTo([
    readColumns(client, facts, parts.drawsIds),
    parts.hasIndexes ? readIndexes(client, oid) : [],
    parts.hasForeignKeys ? readForeignKeys(client, oid) : [],
    parts.isReferred ? readReferences(client, oid) : [],
    parts.hasTriggers ? readTriggers(client, oid) : [],
    parts.isLone ? null : readImageRules(client, oid),
  ]);
  const { attributes } = columns;
  return {
    ...relation,
    checked: relation.checked || attributes.some(({ isDomain }) => isDomain),
    columns: columns.of(relation.name),
    uniqueKeys: await uniqueKeys(client, indexes, attributes),
    foreignKeys,
    referredBy,
    triggers,
    checks: [],
    images: parts.isLone ? imageRulesOf(facts, indexes, attributes) : rules,
    upsertHazard: null,
  };
}

async function readReferences(client: Client, oid: string): Promise<readonly Reference[]> {
  return (await client.query<Reference>(REFERENCES, [oid])).rows;
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

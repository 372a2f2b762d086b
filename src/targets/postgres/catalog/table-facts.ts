/**
 * Finds a table, and reads with one question what the catalog has of it in one row: its kind, its privileges, its version, and
 * which parts it has at all. The version comes first: whatever is changed while the rest is read is noticed by it.
 */
import type { Client } from "pg";
import type { TableShape } from "../../../model/table-shape.ts";
import { quoteIdentifier } from "../quote.ts";
import { VERSION } from "./table-version.ts";

/** Rows of the catalog are asked for as the shape has them. */
type RelationRow = Pick<
  TableShape,
  "name" | "kind" | "truncateHazard" | "rewritten" | "checked" | "missingPrivileges" | "grantee"
>;

/** What there is to read of a table; where it says no, there is none. */
export interface TableParts {
  readonly hasIndexes: boolean;
  /** Of its own or of a partition. */
  readonly hasTriggers: boolean;
  readonly hasForeignKeys: boolean;
  /** A foreign key refers to it, or to a partition. */
  readonly isReferred: boolean;
  /** A column is an identity column, or its default may be a sequence's next number. */
  readonly drawsIds: boolean;
  /** It has no partitions, is none, and neither a check nor a foreign key is looked at when a row is written. */
  readonly isLone: boolean;
}

/** A table that was found. */
export interface TableFacts extends TableParts {
  readonly oid: string;
  /** `null` where it was not asked for. */
  readonly version: string | null;
  readonly relkind: string;
  /** Without what types check. */
  readonly relation: RelationRow;
  /** The numbers of the columns that own a sequence. */
  readonly owners: readonly number[];
  /** It stores rows, and this user may read all of them. */
  readonly isReadable: boolean;
}

/** The oid that the first name finds. To look into a schema that is closed to the user would be an error. */
const LITERAL = `
  select to_regclass(name)::oid from unnest($2::text[], $3::text[]) with ordinality u(name, schema, o)
  where case when schema is null
      or exists (select from pg_namespace n where n.nspname = schema and has_schema_privilege(n.oid, 'usage'))
    then to_regclass(name) is not null end
  order by o limit 1`;

const FACTS = `
  select c.oid::text as oid, c.relkind::text as relkind,
    json_build_object('schema', n.nspname, 'name', c.relname) as name,
    case c.relkind when 'p' then 'partitioned' when 'v' then 'view' when 'f' then 'foreign' else 'table' end as kind,
    case when c.relkind = 'f' then 'it is a foreign table' end as "truncateHazard",
    (c.relkind <> 'v' and c.relhasrules) or row_security_active(c.oid) as rewritten, c.relchecks > 0 as checked,
    array_remove(array[
      case when not has_schema_privilege(n.oid, 'usage') then 'usage' end,
      case when not has_any_column_privilege(c.oid, 'insert') then 'insert' end,
      case when not has_any_column_privilege(c.oid, 'update') then 'update' end,
      case when not has_any_column_privilege(c.oid, 'select') then 'select' end,
      case when not has_table_privilege(c.oid, 'delete') then 'delete' end,
      case when not has_table_privilege(c.oid, 'truncate') then 'truncate' end,
      case when not has_database_privilege(current_database(), 'temporary') then 'temporary' end], null) as "missingPrivileges",
    json_build_object('user', current_user, 'database', current_database()) as grantee,
    c.relkind in ('r', 'p') and has_table_privilege(c.oid, 'select') as "isReadable",
    c.relkind = 'p' or c.relispartition as partitioned, c.relhasindex as "hasIndexes", c.relhastriggers as "hasTriggers",
    exists (select from pg_constraint k where k.conrelid = c.oid and k.contype = 'f') as "hasForeignKeys",
    exists (select from pg_depend g where g.refclassid = 'pg_class'::regclass and g.refobjid = c.oid
      and g.classid = 'pg_constraint'::regclass and g.deptype = 'n') as "isReferred",
    array(select g.refobjsubid from pg_depend g join pg_class s on s.oid = g.objid and s.relkind = 'S'
      where g.refclassid = 'pg_class'::regclass and g.refobjid = c.oid and g.classid = 'pg_class'::regclass
        and g.deptype in ('a', 'i')) as owners,
    exists (select from pg_attrdef d where d.adrelid = c.oid and pg_get_expr(d.adbin, d.adrelid) ~ 'nextval\\(') as draws`;

const FROM = `
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.oid = coalesce($1::oid, (${LITERAL}))`;

interface FactsRow extends RelationRow, Omit<TableFacts, "relation" | "drawsIds" | "isLone"> {
  readonly partitioned: boolean;
  readonly draws: boolean;
}

/** The facts of the table called as written if that exists, else taken literally (`Orders`, `sales.Orders`). */
export async function findTable(
  client: Client,
  table: string,
  versioned = false,
): Promise<TableFacts | null> {
  // PostgreSQL knows no such names; it cuts longer ones silently, and another table might answer.
  if (table.includes("\u0000")) return null;
  if (table.split(".").some((part) => Buffer.byteLength(part.replaceAll('"', "")) > 63))
    return null;
  const names = literalNames(table);
  const literal = await askFacts(client, versioned, [
    null,
    names.map((parts) => parts.map(quoteIdentifier).join(".")),
    names.map((parts) => (parts.length === 1 ? null : (parts[0] ?? null))),
  ]);
  if (literal !== null) return literal;
  const oid = (await findClosed(client, names)) ?? (await findWritten(client, table));
  return oid === null ? null : await readFacts(client, oid, versioned);
}

/** The facts of the relation with this oid. */
export async function readFacts(
  client: Client,
  oid: string,
  versioned = false,
): Promise<TableFacts | null> {
  return await askFacts(client, versioned, [oid, [], []]);
}

async function askFacts(
  client: Client,
  versioned: boolean,
  asked: readonly [oid: string | null, names: readonly string[], schemas: readonly unknown[]],
): Promise<TableFacts | null> {
  const version = versioned ? VERSION : "null::text";
  const sql = `${FACTS}, ${version} as version${FROM}`;
  const { rows } = await client.query<FactsRow>(sql, [...asked]);
  const [row] = rows;
  return row === undefined ? null : factsOf(row);
}

function factsOf(row: FactsRow): TableFacts {
  const { oid, version, relkind, owners, isReadable, partitioned, draws, ...rest } = row;
  const { hasIndexes, hasTriggers, hasForeignKeys, isReferred, ...relation } = rest;
  return {
    oid,
    version,
    relkind,
    relation,
    owners,
    isReadable,
    hasIndexes,
    hasTriggers: hasTriggers || partitioned,
    hasForeignKeys,
    isReferred: isReferred || partitioned,
    drawsIds: draws || owners.length > 0,
    isLone: !partitioned && !hasForeignKeys && !relation.checked,
  };
}

/** What a table may be called that is called so literally: by its name alone, or behind its schema's. */
export function literalNames(table: string): readonly string[][] {
  const dot = table.indexOf(".");
  return [[table], ...(dot < 0 ? [] : [[table.slice(0, dot), table.slice(dot + 1)]])];
}

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

/** The oid of what the name means in SQL. */
async function findWritten(client: Client, table: string): Promise<string | null> {
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

/**
 * Reads a table's shape from CockroachDB's catalog. It is that of PostgreSQL with gaps: no `pg_partition_tree`, an empty
 * `pg_opclass`, and columns and parts of keys that are hidden. So the questions are plain, and the rest is put together here.
 */
import type { Client } from "pg";
import { upsurgeError } from "../../../../errors/upsurge-error.ts";
import { tableName } from "../../../../model/table-shape.ts";
import type { ForeignKey, TableName, TableShape, Trigger } from "../../../../model/table-shape.ts";
import { literalNames } from "../../catalog/table-facts.ts";
import { classifyState, isServerError } from "../../errors.ts";
import { quoteIdentifier } from "../../quote.ts";
import { readAttributes, readColumns } from "./columns.ts";
import type { Attribute } from "./columns.ts";
import { readKeys } from "./keys.ts";

/** What is asked of the table itself. */
type AskedRelation = Pick<TableShape, "rewritten" | "checked" | "missingPrivileges"> & {
  readonly schema: string;
  readonly name: string;
  readonly kind: string;
  readonly user: string;
  readonly database: string;
  /** It has a unique constraint that no index holds. */
  readonly unindexed: boolean;
};

const RELATION = `
  select n.nspname as schema, c.relname as name, c.relkind as kind, c.relrowsecurity as rewritten,
    exists (select 1 from pg_constraint k where k.conrelid = c.oid and k.contype = 'c')
      or exists (select 1 from pg_attribute a join pg_type t on t.oid = a.atttypid
                 where a.attrelid = c.oid and a.attnum > 0 and t.typtype = 'd') as checked,
    exists (select 1 from pg_constraint k where k.conrelid = c.oid and k.contype = 'u' and k.conindid = 0) as unindexed,
    array_remove(array[
      case when not has_schema_privilege(n.oid, 'usage') then 'usage' end,
      case when not has_any_column_privilege(c.oid, 'insert') then 'insert' end,
      case when not has_any_column_privilege(c.oid, 'update') then 'update' end,
      case when not has_any_column_privilege(c.oid, 'select') then 'select' end,
      case when not has_table_privilege(c.oid, 'delete') then 'delete' end], null) as "missingPrivileges",
    current_user as user, current_database() as database
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.oid = $1::oid and c.relkind in ('r', 'v')`;

const FOREIGN_KEYS = `
  select k.conname as name, k.conkey as columns, k.confkey as "refersTo", k.confrelid = k.conrelid as "selfReferencing",
    k.confdeltype as "onDelete"
  from pg_constraint k where k.conrelid = $1::oid and k.contype = 'f' order by k.conname`;

const TRIGGERS = `
  select t.tgname as name, t.tgtype::int as bits from pg_trigger t
  where t.tgrelid = $1::oid and not t.tgisinternal and t.tgenabled in ('O', 'A') order by t.tgname`;

/** The shape of `table` as the search path finds it; `null` when there is none. */
export async function readCockroachShape(
  client: Client,
  table: string,
): Promise<TableShape | null> {
  const oid = await findRelation(client, table);
  if (oid === null) return null;
  const { rows: relations } = await client.query<AskedRelation>(RELATION, [oid]);
  const [relation] = relations;
  if (relation === undefined) return null;
  const { schema, name, kind, user, database, unindexed, ...told } = relation;
  if (unindexed) throw withoutIndex({ schema, name });
  const attributes = await readAttributes(client, oid);
  return {
    ...told,
    name: { schema, name },
    kind: kind === "v" ? "view" : "table",
    grantee: { user, database },
    columns: await readColumns(client, attributes),
    uniqueKeys: await readKeys(client, oid, attributes),
    foreignKeys: await readForeignKeys(client, oid, attributes),
    triggers: await readTriggers(client, oid),
    checks: [],
    images: null,
    upsertHazard: null,
  };
}

/** Rows that meet in such a constraint are not known to: the order of the file could be lost. */
function withoutIndex(name: TableName): Error {
  return upsurgeError("PLAN_UNSUPPORTED", {
    what: `the table ${tableName(name)}`,
    reason: "it has a constraint UNIQUE WITHOUT INDEX, whose columns the catalog does not tell",
    suggestion: "give the table a unique index instead of that constraint",
  });
}

/** The oid, as text: of the table called as written if that exists, else taken literally (`Orders`, `sales.Orders`). */
async function findRelation(client: Client, table: string): Promise<string | null> {
  if (table.includes("\u0000")) return null;
  const literal = literalNames(table).map((parts) => parts.map(quoteIdentifier).join("."));
  for (const name of [...literal, table]) {
    const oid = await oidOf(client, name);
    if (oid !== null) return oid;
  }
  return null;
}

async function oidOf(client: Client, name: string): Promise<string | null> {
  const sql = "select to_regclass($1::text)::oid::text as oid";
  try {
    const { rows } = await client.query<{ oid: string | null }>(sql, [name]);
    return rows[0]?.oid ?? null;
  } catch (error) {
    // A name that is no valid SQL name names no table.
    if (isServerError(error) && classifyState(error.code) !== "transient") return null;
    throw error;
  }
}

interface ForeignKeyRow {
  readonly name: string;
  readonly columns: readonly number[];
  readonly refersTo: readonly number[];
  readonly selfReferencing: boolean;
  readonly onDelete: string;
}

async function readForeignKeys(
  client: Client,
  oid: string,
  attributes: readonly Attribute[],
): Promise<ForeignKey[]> {
  const names = new Map(attributes.map((each) => [each.number, each.name]));
  const named = (numbers: readonly number[]): string[] =>
    numbers.map((number) => names.get(number) ?? "");
  const { rows } = await client.query<ForeignKeyRow>(FOREIGN_KEYS, [oid]);
  return rows.map(({ name, columns, refersTo, selfReferencing, onDelete }) => ({
    name,
    columns: named(columns),
    selfReferencing,
    canWait: false,
    ...(selfReferencing
      ? { refersTo: named(refersTo), onDelete: DELETE_ACTIONS[onDelete] ?? "forbid" }
      : {}),
  }));
}

const DELETE_ACTIONS: Readonly<Record<string, NonNullable<ForeignKey["onDelete"]>>> = {
  c: "cascade",
  n: "set null",
  d: "set default",
};

/** What the bits mean is in PostgreSQL's catalog/pg_trigger.h. */
async function readTriggers(client: Client, oid: string): Promise<Trigger[]> {
  const { rows } = await client.query<{ name: string; bits: number }>(TRIGGERS, [oid]);
  return rows.map(({ name, bits }) => ({
    name,
    level: (bits & 1) !== 0 ? "row" : "statement",
    timing: (bits & 64) !== 0 ? "instead" : (bits & 2) !== 0 ? "before" : "after",
    events: EVENTS.filter(([bit]) => (bits & bit) !== 0).map(([, event]) => event),
    traceless: false,
  }));
}

const EVENTS: readonly (readonly [bit: number, event: Trigger["events"][number]])[] = [
  [4, "insert"],
  [16, "update"],
  [8, "delete"],
  [32, "truncate"],
];

/** The tables and views this user can see outside the system schemas. */
export async function listCockroachTables(client: Client): Promise<TableName[]> {
  const { rows } = await client.query<TableName>(`
    select n.nspname as schema, c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'v') and n.nspname not like 'pg\\_%' and n.nspname not in ('information_schema', 'crdb_internal')
    order by pg_table_is_visible(c.oid) desc, n.nspname, c.relname limit 1000`);
  return rows;
}

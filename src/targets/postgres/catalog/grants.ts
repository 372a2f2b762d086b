/**
 * The least that a load needs of PostgreSQL, as statements for whoever may grant it.
 *
 *   grant usage on schema "sales" to "loader";
 *   grant temporary on database "shop" to "loader";
 *   grant select, insert, update on table "sales"."orders" to "loader";
 *   grant usage on sequence "sales"."orders_id_seq" to "loader";
 */
import type { Client } from "pg";
import type { TablePlan } from "../../../model/load-plan.ts";
import type { TableName } from "../../../model/table-shape.ts";
import type { GrantRequest } from "../../target.ts";
import { cascadingTables } from "../../../sql/cascading-tables.ts";
import { tableSql } from "../dialect.ts";
import { LOOKUP_PRIVILEGES } from "../../../model/lookup-plan.ts";
import { checkpointGrants } from "./checkpoint-grants.ts";
import { lookupTables } from "../../../sql/lookup-tables.ts";
import { tableSql as lookupTableSql } from "../../../sql/unique-index.ts";
import { quoteIdentifier } from "../quote.ts";

/** What the catalog tells of a table besides its shape. */
interface TableContext {
  readonly user: string;
  readonly database: string;
  /** Rows are staged in temporary tables. */
  readonly stages: boolean;
  /** The schemas of the types and collations of its columns. */
  readonly schemas: readonly string[];
  /** The sequences that defaults draw from, with their columns; those of identity columns ask for no privilege. */
  readonly sequences: readonly DrawnSequence[];
}

/** A sequence, and the column whose default draws from it. */
interface DrawnSequence extends TableName {
  readonly column: string;
}

const TABLE = `select c.oid from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  where n.nspname = $1 and c.relname = $2`;

const SCHEMAS = `select distinct n.nspname as name from pg_catalog.pg_attribute a
    join pg_catalog.pg_type t on t.oid = a.atttypid
    join pg_catalog.pg_type b on b.oid = case when t.typtype = 'd' then t.typbasetype else t.oid end
    left join pg_catalog.pg_collation l on l.oid = a.attcollation
    join pg_catalog.pg_namespace n on n.oid in (b.typnamespace, l.collnamespace)
  where a.attrelid = (${TABLE}) and a.attnum > 0 and not a.attisdropped and n.nspname <> 'pg_catalog' order by 1`;

const SEQUENCES = `select distinct n.nspname as schema, s.relname as name, a.attname as column
  from pg_catalog.pg_attrdef d
    join pg_catalog.pg_attribute a on a.attrelid = d.adrelid and a.attnum = d.adnum
    join pg_catalog.pg_depend g on g.classid = 'pg_catalog.pg_attrdef'::regclass and g.objid = d.oid
      and g.refclassid = 'pg_catalog.pg_class'::regclass
    join pg_catalog.pg_class s on s.oid = g.refobjid and s.relkind = 'S'
    join pg_catalog.pg_namespace n on n.oid = s.relnamespace
  where d.adrelid = (${TABLE}) order by 1, 2`;

/** The statements that let the user of this connection run the load, which `stages` rows in temporary tables or does not. */
export async function readGrants(
  client: Client,
  request: GrantRequest,
  stages = true,
): Promise<readonly string[]> {
  const { plan, ddl } = request;
  const table = [plan.table.name.schema ?? "public", plan.table.name.name];
  const sql = "select current_user as user, current_database() as database";
  const found = await client.query<Pick<TableContext, "user" | "database">>(sql);
  const [who = { user: "", database: "" }] = found.rows;
  const looked = await lookupGrants(client, plan, who.user);
  const kept = request.job === null ? [] : await checkpointGrants(client, request.job.table);
  if (ddl?.kind === "create") return [...grantsToCreate(request, who), ...kept, ...looked];
  const { rows: schemas } = await client.query<{ name: string }>(SCHEMAS, table);
  const { rows: sequences } = await client.query<DrawnSequence>(SEQUENCES, table);
  const context = { ...who, stages, schemas: schemas.map(({ name }) => name), sequences };
  const own = [...grantsFor(request, context), ...kept, ...remarks(plan)];
  return [...new Set([...own, ...looked])];
}

/** The tables of look-ups are read, and added to where rows are made. */
async function lookupGrants(
  client: Client,
  plan: TablePlan,
  user: string,
): Promise<readonly string[]> {
  const to = `to ${quoteIdentifier(user)};`;
  const grants: string[] = [];
  for (const { parent, missing, keys } of lookupTables(plan)) {
    const schema = parent.name.schema ?? "public";
    const named = lookupTableSql(parent.name, quoteIdentifier);
    if (schema !== plan.table.name.schema)
      grants.push(`grant usage on schema ${quoteIdentifier(schema)} ${to}`);
    grants.push(`grant ${LOOKUP_PRIVILEGES[missing].join(", ")} on table ${named} ${to}`);
    if (missing !== "insert") continue;
    const values = [schema, parent.name.name];
    const { rows } = await client.query<DrawnSequence>(SEQUENCES, values);
    const drawn = rows.filter((each) => !keys.some(({ column }) => column.name === each.column));
    for (const each of drawn)
      grants.push(`grant usage on sequence ${lookupTableSql(each, quoteIdentifier)} ${to}`);
  }
  return grants;
}

/** Whoever creates a table owns it, and needs nothing more of it. */
function grantsToCreate(
  { plan }: GrantRequest,
  { user, database }: Pick<TableContext, "user" | "database">,
): readonly string[] {
  const to = `to ${quoteIdentifier(user)};`;
  const schema = quoteIdentifier(plan.table.name.schema ?? "public");
  return [
    `grant usage, create on schema ${schema} ${to}`,
    `grant temporary on database ${quoteIdentifier(database)} ${to}`,
  ];
}

function grantsFor(
  { plan, privileges, filled, ddl, sequences: set = [] }: GrantRequest,
  { user, database, stages, schemas, sequences }: TableContext,
): readonly string[] {
  const to = `to ${quoteIdentifier(user)};`;
  const drawn = plan.mode === "update" ? [] : sequences.filter(({ column }) => !filled.has(column));
  const own = plan.table.name.schema ?? "public";
  const visited = new Set([own, ...schemas, ...drawn.map(({ schema }) => schema ?? own)]);
  const numbers = new Set(
    drawn.map((each) => `${quoteIdentifier(each.schema ?? own)}.${quoteIdentifier(each.name)}`),
  );
  return [
    ...[...visited].map((each) => `grant usage on schema ${quoteIdentifier(each)} ${to}`),
    ...(stages ? [`grant temporary on database ${quoteIdentifier(database)} ${to}`] : []),
    `grant ${privileges.join(", ")} on table ${tableSql(plan)} ${to}`,
    ...[...numbers].map((each) => `grant usage on sequence ${each} ${to}`),
    ...cascadingTables(plan, quoteIdentifier).map((each) => `grant select on table ${each} ${to}`),
    ...set.map((each) => `grant select, update on sequence ${each} ${to}`),
    ...(ddl === null ? [] : ["-- only its owner may add columns to a table"]),
  ];
}

/** What no catalog tells. */
function remarks({ table, update, removal }: TablePlan): string[] {
  const assigned = [...update.sets, ...update.stamps, ...(removal?.sets ?? [])];
  const conditions = [update.where, removal?.where ?? null];
  const expressions = assigned.length > 0 || conditions.some((each) => each !== null);
  return [
    ...(table.triggers.length === 0
      ? []
      : [
          "-- triggers run as this user, unless their functions are SECURITY DEFINER: grant what they use",
        ]),
    ...(expressions ? ["-- expressions of the command line: grant what they read and call"] : []),
  ];
}

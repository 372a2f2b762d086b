/** How PostgreSQL creates tables and columns. */
import type { Client } from "pg";
import { upsurgeError } from "../../../errors/upsurge-error.ts";
import { newTableSql } from "../../../sql/ddl/create-table.ts";
import { nameParts } from "../../../sql/table-name.ts";
import type { TableName } from "../../../model/table-shape.ts";
import type { DdlDialect } from "../../../model/sql/ddl-dialect.ts";
import { noSchema } from "../../../sql/ddl/run-ddl.ts";
import type { DdlRefusal } from "../../../sql/ddl/run-ddl.ts";
import { classifyError, isServerError } from "../errors.ts";
import { quoteIdentifier } from "../quote.ts";
import { spellType, TYPE_RULES } from "./new-types.ts";

/** Every table has them already. */
const SYSTEM_COLUMNS = new Set(["tableoid", "ctid", "xmin", "xmax", "cmin", "cmax"]);

/** The texts of PostgreSQL. */
export const POSTGRES_DDL: DdlDialect = {
  rules: TYPE_RULES,
  spellType,
  textKeyWarning: null,
  longestName: { most: 63, unit: "bytes" },
  foldName: null,
  reservedColumns: SYSTEM_COLUMNS,
  isReservedTable: () => false,
  mostColumns: 1600,
  nameOf: nameParts,
  ...newTableSql({ quote: quoteIdentifier, add: "add column" }),
};

interface SchemaRow {
  schema: string | null;
  may: boolean | null;
  user: string;
}

/** The schema that was asked for, else the first of the search path; one that is closed to the user is found as well. */
const SCHEMA = `
  select n.nspname as schema, has_schema_privilege(n.oid, 'create') and has_schema_privilege(n.oid, 'usage') as may,
    current_user::text as user
  from (select coalesce($1::text, current_schema(), (
      select s.nspname from unnest(string_to_array(current_setting('search_path'), ',')) with ordinality p(name, o)
        join pg_namespace s on s.nspname =
          case btrim(p.name) when '"$user"' then current_user else btrim(btrim(p.name), '"') end
      order by p.o limit 1)) as name) asked
    left join pg_namespace n on n.nspname = asked.name`;

const NO_SCHEMA = {
  quote: quoteIdentifier,
  schema: "to create the table in",
  why: "no schema of the search path exists",
};

/** Where a table of this name would be created. Throws `PLAN_NO_SCHEMA` and `PLAN_PRIVILEGE`. */
export async function newTableName(client: Client, table: string): Promise<TableName> {
  const { schema: asked, name } = nameParts(table);
  const { rows } = await client.query<SchemaRow>(SCHEMA, [asked]);
  const { schema = null, may = false, user = "" } = rows[0] ?? {};
  if (schema === null) throw noSchema(table, asked, NO_SCHEMA);
  if (may === true) return { schema, name };
  const grant = `grant usage, create on schema ${quoteIdentifier(schema)} to ${quoteIdentifier(user)};`;
  throw upsurgeError(
    "PLAN_PRIVILEGE",
    {
      table: `${schema}.${name}`,
      privilege: "to create tables",
      suggestion: `let an administrator run: ${grant}`,
    },
    { where: "--create" },
  );
}

/** What an error of a statement that creates a table or a column means. */
export function ddlRefusal(error: unknown): DdlRefusal {
  if (!isServerError(error)) return "passing";
  const { code } = error;
  // Somebody who creates a table of that name at the same time shows in the catalog's own unique index.
  const isCatalog =
    code === "23505" && /^pg_(?:class|type|attribute)_/.test(error.constraint ?? "");
  if (isCatalog || code === "42P07" || code === "42701") return "exists";
  if (code === "42501") return "privilege";
  return classifyError(error) === "transient" ? "passing" : "refused";
}

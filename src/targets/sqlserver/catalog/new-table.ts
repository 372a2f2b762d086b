/** How SQL Server creates tables and columns. */
import { upsurgeError } from "../../../errors/upsurge-error.ts";
import { newTableSql } from "../../../sql/ddl/create-table.ts";
import { nameParts } from "../../../sql/table-name.ts";
import type { TableName } from "../../../model/table-shape.ts";
import type { DdlDialect } from "../../../model/sql/ddl-dialect.ts";
import { noSchema } from "../../../sql/ddl/run-ddl.ts";
import type { DdlRefusal } from "../../../sql/ddl/run-ddl.ts";
import type { SqlServerConnection } from "../connect/connection.ts";
import { onlySet } from "../connect/result-sets.ts";
import { classifyNumber, SqlServerError } from "../errors.ts";
import { whyNoTable } from "./absent-table.ts";
import { quoteIdentifier } from "../quote.ts";
import { spellType, TYPE_RULES } from "./new-types.ts";

/** The texts of SQL Server. */
export const SQLSERVER_DDL: DdlDialect = {
  rules: TYPE_RULES,
  spellType,
  textKeyWarning:
    "the collation of the database decides which texts of a key are equal: by default upper and lower case are, and blanks at the end do not count",
  longestName: { most: 128, unit: "characters" },
  foldName: (name) => name.toLowerCase(),
  reservedColumns: new Set(),
  isReservedTable: () => false,
  mostColumns: 1024,
  nameOf: (table) => {
    const { schema, name } = nameParts(table);
    return { schema: schema ?? "dbo", name };
  },
  ...newTableSql({ quote: quoteIdentifier, add: "add" }),
};

/** The schema of a name, or the user's own. */
const SCHEMA = `SELECT s.name AS name FROM sys.schemas AS s
WHERE s.name = COALESCE(NULLIF(@asked, N''), SCHEMA_NAME())`;

/** Where a table of this name would be created. Throws `PLAN_NO_SCHEMA`, and `PLAN_NO_TABLE` for a name that means something else. */
export async function newTableName(
  connection: SqlServerConnection,
  table: string,
): Promise<TableName> {
  const other = await whyNoTable(connection, table, true);
  if (other !== null) {
    const { reason, fix: suggestion } = other;
    throw upsurgeError(
      "PLAN_NO_TABLE",
      { table, reason, suggestion },
      { where: `--table ${table}` },
    );
  }
  const { schema: asked, name } = nameParts(table);
  const sets = await connection.execute(SCHEMA, [{ name: "asked", value: asked ?? "" }]);
  const found = onlySet(sets, "name")[0]?.["name"];
  if (typeof found === "string") return { schema: found, name };
  throw noSchema(table, asked, NO_SCHEMA);
}

const NO_SCHEMA = {
  quote: quoteIdentifier,
  schema: "of this user",
  why: "the user has no default schema, or it does not exist",
};

/** There is an object, or a column, of that name. */
const EXISTS = new Set([2714, 2705]);
/** CREATE TABLE or ALTER is denied; the schema is closed, or not there for this user. */
const DENIED = new Set([262, 2760, 1088, 15247]);

/** What an error of a statement that creates a table or a column means. */
export function ddlRefusal(error: unknown): DdlRefusal {
  if (!(error instanceof SqlServerError)) return "passing";
  if (EXISTS.has(error.number)) return "exists";
  if (DENIED.has(error.number)) return "privilege";
  return classifyNumber(error.number) === "transient" ? "passing" : "refused";
}

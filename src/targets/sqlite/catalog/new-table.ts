/** How SQLite creates tables and columns. */
import { newTableSql } from "../../../sql/ddl/create-table.ts";
import { nameParts } from "../../../sql/table-name.ts";
import type { TableName } from "../../../model/table-shape.ts";
import type { DdlDialect } from "../../../model/sql/ddl-dialect.ts";
import type { DdlRefusal } from "../../../sql/ddl/run-ddl.ts";
import { codeOf, isBusy } from "../errors.ts";
import { quoteIdentifier } from "../quote.ts";
import { spellType, TYPE_RULES } from "./new-types.ts";

/** The texts of SQLite. */
export const SQLITE_DDL: DdlDialect = {
  rules: TYPE_RULES,
  spellType,
  textKeyWarning: null,
  longestName: null,
  // SQLite knows the case of ASCII letters alone.
  foldName: (name) => name.replaceAll(/[A-Z]+/g, (letters) => letters.toLowerCase()),
  reservedColumns: new Set(),
  isReservedTable: (name) => /^sqlite_/i.test(name),
  mostColumns: 2000,
  nameOf,
  // A table that is not STRICT would turn text that looks like a number into one.
  ...newTableSql({ quote: quoteIdentifier, add: "add column", tableSuffix: " strict" }),
};

/** SQLite has no schemas but its own: a dot is part of a name. */
function nameOf(table: string): TableName {
  const { schema, name } = nameParts(table);
  if (schema === null) return { schema: null, name };
  return { schema: null, name: schema.toLowerCase() === "main" ? name : table };
}

/** What an error of a statement that creates a table or a column means. */
export function ddlRefusal(error: unknown): DdlRefusal {
  const code = codeOf(error);
  if (code === null || isBusy(error)) return "passing";
  const message = error instanceof Error ? error.message : "";
  // SQLite has one code for all of them.
  if (/already exists$|^there is already |^duplicate column name/.test(message)) return "exists";
  return code === "SQLITE_ERROR" ? "refused" : "passing";
}

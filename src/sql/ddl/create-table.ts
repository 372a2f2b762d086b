/** The statements that create a table or columns; the same on every target but for quoting and a few words. */
import type { NewColumn, NewTable } from "../../model/new-table.ts";
import type { DdlDialect } from "../../model/sql/ddl-dialect.ts";
import { tableSql } from "../unique-index.ts";

/** What differs from target to target. */
export interface DdlWords {
  readonly quote: (name: string) => string;
  /** Behind the closing parenthesis of a table. */
  readonly tableSuffix?: string;
  /** `add column` or `add`. */
  readonly add: string;
}

/** The statements in these words. */
export function newTableSql(words: DdlWords): Pick<DdlDialect, "createTable" | "addColumns"> {
  return {
    createTable: (table) => createTableSql(table, words),
    addColumns: (table) => addColumnSql(table, words),
  };
}

/** `create table`, a column a line; the key is the primary key, and nothing else is `not null`. */
export function createTableSql({ name, columns }: NewTable, words: DdlWords): string {
  const keys = columns.filter(({ isKey }) => isKey).map((key) => words.quote(key.name));
  const lines = [
    ...columns.map((column) => columnSql(column, words)),
    ...(keys.length === 0 ? [] : [`primary key (${keys.join(", ")})`]),
  ];
  const body = lines.map((line) => `  ${line}`).join(",\n");
  return `create table ${tableSql(name, words.quote)} (\n${body}\n)${words.tableSuffix ?? ""}`;
}

/** `alter table … add`, a statement a column. */
export function addColumnSql({ name, columns }: NewTable, words: DdlWords): string[] {
  return columns.map(
    (column) =>
      `alter table ${tableSql(name, words.quote)} ${words.add} ${columnSql(column, words)}`,
  );
}

function columnSql({ name, type, isKey }: NewColumn, { quote }: DdlWords): string {
  return `${quote(name)} ${type}${isKey && !/\bnot\s+null\b/i.test(type) ? " not null" : ""}`;
}

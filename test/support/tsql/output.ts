/** Translates the OUTPUT clause of statements that write. */
import type { Cursor } from "./cursor.ts";
import { readValue } from "./expression.ts";
import { NO_NAME, readNames, readTableName } from "./query.ts";
import { quoteName, quoteText } from "./quote.ts";

/** What a statement gives back of the rows that it wrote. */
export interface Output {
  readonly columns: readonly string[];
  /** The table that takes the rows, with its columns; null when they go to the client. */
  readonly into: { readonly table: string; readonly columns: readonly string[] | null } | null;
}

/** Reads an OUTPUT clause if there is one. */
export function readOutput(cursor: Cursor): Output | null {
  if (!cursor.accept("OUTPUT")) return null;
  const columns = cursor.list(() => readItem(cursor));
  if (!cursor.accept("INTO")) return { columns, into: null };
  const table = readTableName(cursor);
  return { columns, into: { table, columns: cursor.isSymbol("(") ? readNames(cursor) : null } };
}

function readItem(cursor: Cursor): string {
  const action = cursor.token.upper === "$ACTION";
  if (action) cursor.next();
  if (!action && cursor.isWord("INSERTED", "DELETED") && cursor.isSymbol("*", 2)) {
    const side = cursor.next().text.toLowerCase();
    cursor.next();
    cursor.next();
    return `${quoteName(side)}.*`;
  }
  const value = action ? "merge_action()" : readValue(cursor);
  if (cursor.accept("AS")) return `${value} AS ${quoteName(cursor.name())}`;
  return action ? `${value} AS ${quoteName(NO_NAME)}` : value;
}

/** The statement with what its OUTPUT clause asks for. */
export function addOutput(sql: string, table: string, output: Output | null): string {
  if (output === null) return sql;
  const returning = `${sql} RETURNING WITH (OLD AS "deleted", NEW AS "inserted") ${output.columns.join(", ")}`;
  if (output.into === null) return `SELECT tsql.refuse_output(${quoteText(table)}); ${returning}`;
  const columns = output.into.columns === null ? "" : ` (${output.into.columns.join(", ")})`;
  return `WITH w AS (${returning}) INSERT INTO ${output.into.table}${columns} SELECT * FROM w`;
}

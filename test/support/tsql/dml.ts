/** Translates INSERT, UPDATE, DELETE and TRUNCATE TABLE. */
import type { Cursor } from "./cursor.ts";
import { readCondition, readValue } from "./expression.ts";
import { addOutput, type Output, readOutput } from "./output.ts";
import {
  readHints,
  readJoin,
  readNames,
  readQuery,
  readQueryHints,
  readRows,
  readSource,
  readTableName,
  type Source,
} from "./query.ts";
import { place, plainName, quoteName, quoteText } from "./quote.ts";
import { notInTheSet, Raised } from "./raised.ts";
import type { Ask, SqlStatement } from "./statement.ts";

/** Reads an INSERT. */
export function readInsert(cursor: Cursor): SqlStatement {
  cursor.expect("INSERT");
  cursor.accept("INTO");
  const table = readTableName(cursor);
  readHints(cursor);
  const columns = cursor.isSymbol("(") ? readNames(cursor) : null;
  const output = readOutput(cursor);
  if (cursor.accept("DEFAULT", "VALUES")) {
    return written("INSERT", `INSERT INTO ${table} DEFAULT VALUES`, table, output);
  }
  const rows = cursor.isWord("VALUES")
    ? readRows(cursor, true)
    : cursor.isWord("SELECT", "WITH") || cursor.isSymbol("(")
      ? readQuery(cursor)
      : cursor.fail();
  const write = (names: readonly string[]): string =>
    `INSERT INTO ${table} (${names.join(", ")}) ${place(`identity ${table}`)}${rows}`;
  if (columns !== null) return written("INSERT", write(columns), table, output);
  if (output !== null) throw notInTheSet("OUTPUT of an INSERT without a column list");
  const sql = async (ask: Ask): Promise<string> => write(await writableColumns(ask, table));
  return {
    kind: "sql",
    verb: "INSERT",
    sql,
    rows: false,
    table,
    unlisted: `INSERT INTO ${table} ${rows}`,
  };
}

/** An INSERT without a list means every column that can be written. */
async function writableColumns(ask: Ask, table: string): Promise<string[]> {
  const rows = await ask(`SELECT name FROM tsql.writable_columns(${quoteText(table)})`);
  if (rows.length === 0)
    throw new Raised(208, `Invalid object name '${plainName(table)}'.`, "compile");
  return rows.map(([name]) => quoteName(name ?? ""));
}

/** A statement that writes, with what it sends back or puts away. */
export function written(
  verb: SqlStatement["verb"],
  sql: string,
  table: string,
  output: Output | null,
): SqlStatement {
  return {
    kind: "sql",
    verb,
    sql: addOutput(sql, table, output),
    rows: output !== null && output.into === null,
    table,
  };
}

/** Reads an UPDATE. */
export function readUpdate(cursor: Cursor): SqlStatement {
  cursor.expect("UPDATE");
  if (cursor.isWord("TOP")) throw notInTheSet("UPDATE TOP");
  const named = readTarget(cursor);
  cursor.expect("SET");
  const sets = cursor.list(() => readSet(cursor));
  const output = readOutput(cursor);
  const from = readFromOf(cursor, named);
  const where = whereOf(cursor, from.conditions);
  readQueryHints(cursor);
  const others = from.others.length === 0 ? "" : ` FROM ${from.others.join(" CROSS JOIN ")}`;
  return written(
    "UPDATE",
    `UPDATE ${from.target} SET ${sets.join(", ")}${others}${where}`,
    from.table,
    output,
  );
}

function readTarget(cursor: Cursor): string {
  const table = readTableName(cursor);
  readHints(cursor);
  return table;
}

/** `column = value`; the column may carry the target's name, which PostgreSQL does not want. */
export function readSet(cursor: Cursor): string {
  let name = cursor.name();
  let prefix = "";
  while (cursor.acceptSymbol(".")) {
    prefix = `${quoteName(name)}.`;
    name = cursor.name();
  }
  const column = quoteName(name);
  for (const symbol of ["+=", "-=", "*=", "/="]) {
    if (cursor.acceptSymbol(symbol))
      return `${column} = (${prefix}${column} ${symbol.charAt(0)} ${readValue(cursor)})`;
  }
  cursor.expectSymbol("=");
  return `${column} = ${cursor.accept("DEFAULT") ? "DEFAULT" : readValue(cursor)}`;
}

interface FromOf {
  /** The target with its alias. */
  readonly target: string;
  readonly table: string;
  readonly others: readonly string[];
  readonly conditions: readonly string[];
}

/** The FROM of UPDATE and DELETE: its inner joins become conditions, and the target leaves the list. */
function readFromOf(cursor: Cursor, named: string): FromOf {
  if (!cursor.accept("FROM")) return { target: named, table: named, others: [], conditions: [] };
  const conditions: string[] = [];
  const sources = cursor.list(() => readInner(cursor, conditions)).flat();
  const target =
    sources.find(
      ({ alias }) => alias !== null && quoteName(alias).toLowerCase() === named.toLowerCase(),
    ) ??
    sources.find(({ alias, table }) => table === named && alias === null) ??
    sources.find(({ table }) => table === named);
  const others = sources.filter((source) => source !== target).map(({ sql }) => sql);
  if (target === undefined) return { target: named, table: named, others, conditions };
  if (target.table === null) throw notInTheSet("writing to a derived table");
  return { target: target.sql, table: target.table, others, conditions };
}

function readInner(cursor: Cursor, conditions: string[]): Source[] {
  const sources = [readSource(cursor)];
  for (;;) {
    const join = readJoin(cursor);
    if (join === null) return sources;
    if (!["INNER JOIN", "CROSS JOIN"].includes(join))
      throw notInTheSet(`${join} in UPDATE and DELETE`);
    sources.push(readSource(cursor));
    if (join === "CROSS JOIN") continue;
    cursor.expect("ON");
    conditions.push(readCondition(cursor));
  }
}

function whereOf(cursor: Cursor, joined: readonly string[]): string {
  const conditions = [...joined];
  if (cursor.accept("WHERE")) conditions.push(readCondition(cursor));
  return conditions.length === 0 ? "" : ` WHERE ${conditions.join(" AND ")}`;
}

/** Reads a DELETE. */
export function readDelete(cursor: Cursor): SqlStatement {
  cursor.expect("DELETE");
  if (cursor.isWord("TOP")) throw notInTheSet("DELETE TOP");
  cursor.accept("FROM");
  const named = readTarget(cursor);
  const output = readOutput(cursor);
  const from = readFromOf(cursor, named);
  const where = whereOf(cursor, from.conditions);
  readQueryHints(cursor);
  const others = from.others.length === 0 ? "" : ` USING ${from.others.join(" CROSS JOIN ")}`;
  return written("DELETE", `DELETE FROM ${from.target}${others}${where}`, from.table, output);
}

/** Reads TRUNCATE TABLE. Of a temporary table it deletes, which is quicker in PostgreSQL where there are few rows. */
export function readTruncate(cursor: Cursor): SqlStatement {
  cursor.expect("TRUNCATE", "TABLE");
  const table = readTableName(cursor);
  const sql = table.startsWith('"#')
    ? `DELETE FROM ${table}`
    : `TRUNCATE TABLE ${table} RESTART IDENTITY`;
  return { kind: "sql", verb: "DDL", sql, rows: false, table };
}

/** Translates MERGE. */
import type { Cursor } from "./cursor.ts";
import { readSet, written } from "./dml.ts";
import { readCondition } from "./expression.ts";
import { readOutput } from "./output.ts";
import {
  readAlias,
  readHints,
  readNames,
  readQueryHints,
  readRows,
  readSource,
  readTableName,
} from "./query.ts";
import { place, quoteName } from "./quote.ts";
import { Raised } from "./raised.ts";
import type { SqlStatement } from "./statement.ts";

/** Reads a MERGE, which must end with a semicolon. */
export function readMerge(cursor: Cursor): SqlStatement {
  cursor.expect("MERGE");
  cursor.accept("INTO");
  const table = readTableName(cursor);
  readHints(cursor);
  const alias = cursor.isWord("USING") ? null : readAlias(cursor);
  readHints(cursor);
  cursor.expect("USING");
  const source = readSource(cursor);
  cursor.expect("ON");
  const parts = [
    `MERGE INTO ${table}${alias === null ? "" : ` AS ${quoteName(alias)}`} USING ${source.sql} ON ${readCondition(cursor)}`,
  ];
  if (!cursor.isWord("WHEN")) cursor.fail();
  while (cursor.accept("WHEN")) parts.push(readWhen(cursor, table));
  const output = readOutput(cursor);
  readQueryHints(cursor);
  if (!cursor.isSymbol(";")) {
    throw new Raised(
      10713,
      "A MERGE statement must be terminated by a semi-colon (;).",
      "compile",
      { severity: 15 },
    );
  }
  return written("MERGE", parts.join(" "), table, output);
}

function readWhen(cursor: Cursor, table: string): string {
  const when = readMatched(cursor);
  const and = cursor.accept("AND") ? ` AND ${readCondition(cursor)}` : "";
  cursor.expect("THEN");
  return `WHEN ${when}${and} THEN ${when.startsWith("NOT MATCHED BY TARGET") ? readInsertion(cursor, table) : readChange(cursor)}`;
}

function readMatched(cursor: Cursor): string {
  if (cursor.accept("MATCHED")) return "MATCHED";
  cursor.expect("NOT", "MATCHED");
  if (cursor.accept("BY", "SOURCE")) return "NOT MATCHED BY SOURCE";
  if (cursor.accept("BY")) cursor.expect("TARGET");
  return "NOT MATCHED BY TARGET";
}

function readInsertion(cursor: Cursor, table: string): string {
  cursor.expect("INSERT");
  if (cursor.accept("DEFAULT", "VALUES")) return "INSERT DEFAULT VALUES";
  const columns = cursor.isSymbol("(") ? ` (${readNames(cursor).join(", ")})` : "";
  return `INSERT${columns} ${place(`identity ${table}`)}${readRows(cursor, true)}`;
}

function readChange(cursor: Cursor): string {
  if (cursor.accept("DELETE")) return "DELETE";
  cursor.expect("UPDATE", "SET");
  return `UPDATE SET ${cursor.list(() => readSet(cursor)).join(", ")}`;
}

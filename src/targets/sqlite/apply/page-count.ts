/**
 * How many rows of a page an upsert inserts, told without a function that is called for each row it meets. Where the key is
 * the rowid, the rows that are there already are counted before. Where SQLite gives rowids itself, each row that is inserted
 * gets the one behind the last (https://www.sqlite.org/autoinc.html), so the last rowid tells. Pure, but for the look at a program.
 */
import type { SqliteConnection } from "../connect/connection.ts";
import { foundInPage, lastRowid, writes } from "../dialect.ts";
import type { RowSql } from "../dialect.ts";

/** Which of the two it is, and the statement that tells a number. */
export type PageCount =
  | {
      readonly by: "keys";
      /** The column of the key among those of the rows: keys of a page must ascend. */
      readonly column: number;
      readonly sql: string;
    }
  | { readonly by: "rowids"; readonly sql: string };

/** An instruction of a statement's program. */
export interface Instruction {
  readonly opcode: string;
  readonly p1: number;
  readonly p2: number;
  readonly p3: number;
}

/** The program of a statement. */
export function programOf(db: SqliteConnection, sql: string, values: number): Instruction[] {
  const nothing = Array.from({ length: values }, () => null);
  return db.prepare<Instruction>(`explain ${sql}`).all(...nothing);
}

/** How to count the inserted rows of an upsert with this program; `null`: each row that is met must be told. */
export function pageCount(row: RowSql, program: readonly Instruction[]): PageCount | null {
  const { plan, table, columns } = row;
  const changed = writes(row);
  // A condition leaves rows out, which must be told from those that stay as they are.
  if (plan.arbiter?.kind !== "expressions" || plan.update.where !== null) return null;
  if (plan.mode !== "upsert" || changed.length === 0 || table.rowid === null) return null;
  const rowid = plan.table.columns.find(({ identity }) => identity === "rowid")?.name ?? null;
  if (changed.some(({ column }) => column.name === rowid)) return null;
  if (rowid === null || !columns.includes(rowid)) {
    // With AUTOINCREMENT, a row that is not inserted takes a number as well: a register keeps the highest.
    const numbers = program.filter(({ opcode }) => opcode === "NewRowid");
    const follows = numbers.length > 0 && numbers.every(({ p3 }) => p3 === 0);
    return follows ? { by: "rowids", sql: lastRowid(row, table.rowid) } : null;
  }
  const isKey = plan.arbiter.columns.length === 1 && plan.arbiter.columns[0] === rowid;
  const column = columns.indexOf(rowid);
  return isKey ? { by: "keys", column, sql: foundInPage(row, column) } : null;
}

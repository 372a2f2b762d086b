/**
 * How many rows of a page an upsert inserts, told without a function that is called for each row it meets: where SQLite gives
 * rowids itself, a row that is inserted gets the one behind the last (https://www.sqlite.org/autoinc.html). So the last rowid
 * before and after tells. Pure, but for the look at a program.
 */
import type { SqliteConnection } from "../connect/connection.ts";
import { lastRowid, writes } from "../dialect.ts";
import type { RowSql } from "../dialect.ts";

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

/** The statement that tells the last rowid, where the inserted rows of an upsert with this program are counted by it; else `null`. */
export function countingSql(row: RowSql, program: readonly Instruction[]): string | null {
  const { plan, table, columns } = row;
  const changed = writes(row);
  // A condition leaves rows out, which must be told from those that stay as they are.
  if (plan.arbiter?.kind !== "expressions" || plan.update.where !== null) return null;
  if (plan.mode !== "upsert" || changed.length === 0 || table.rowid === null) return null;
  const rowid = plan.table.columns.find(({ identity }) => identity === "rowid")?.name ?? null;
  if (changed.some(({ column }) => column.name === rowid)) return null;
  if (rowid !== null && columns.includes(rowid)) return null;
  // With AUTOINCREMENT, a row that is not inserted takes a number as well: a register keeps the highest.
  const numbers = program.filter(({ opcode }) => opcode === "NewRowid");
  const follows = numbers.length > 0 && numbers.every(({ p3 }) => p3 === 0);
  return follows ? lastRowid(row, table.rowid) : null;
}

/** The part of `node:sqlite` that is used, as Node 22.13 has it; what came later is optional. The oldest Node has no types of it. */
import type { SqliteValue } from "./connection.ts";

type NodeRow = Readonly<Record<string, unknown>>;

/** A statement of `node:sqlite`. */
export interface NodeStatement {
  readonly sourceSQL: string;
  readonly expandedSQL: string;
  /** Since 22.16. */
  columns?(): readonly unknown[];
  setReadBigInts(enabled: boolean): void;
  run(...values: readonly SqliteValue[]): { readonly changes: number | bigint };
  get(...values: readonly SqliteValue[]): NodeRow | undefined;
  all(...values: readonly SqliteValue[]): NodeRow[];
}

/** A database of `node:sqlite`. */
export interface NodeDatabase {
  /** Since 22.16. */
  readonly isTransaction?: boolean;
  exec(sql: string): void;
  prepare(sql: string): NodeStatement;
  function(
    name: string,
    options: Readonly<Record<string, boolean>>,
    call: (...values: unknown[]) => unknown,
  ): void;
  close(): void;
}

/** The module. */
export interface NodeSqlite {
  readonly DatabaseSync: new (
    path: string,
    options?: Readonly<Record<string, boolean | number>>,
  ) => NodeDatabase;
}

/** How statements other than those of a batch are run over a session: those of the checkpoint and of a load's steps. */
import type { SqlValue } from "../model/sql/sql-value.ts";

/** What is special in a target's SQL for the checkpoint table. */
export interface ExecutorDialect {
  /** The parameter number `at`, counted from 1: `$1`, `?`, `@p1`. */
  parameter(at: number): string;
  readonly types: {
    /** Of a text that can be a key. */
    readonly name: string;
    readonly text: string;
    readonly integer: string;
    readonly time: string;
  };
  /** The time, as a value of type `time`. */
  readonly now: string;
  /** A temporary table of the session with these columns: how SQL names it, and the statement that makes it. */
  temporaryTable(name: string, columns: string): { readonly name: string; readonly create: string };
  /** A time as text. */
  timeText(column: string): string;
  /**
   * A condition that holds as long as `own` is the table's own part of what `SqlExecutor.madeAs` tells of `table`, which is as
   * SQL writes it; absent where `schemaVersion` serves.
   */
  isMadeAs?(table: string, own: string): string;
  /** Not every character can be stored: names of sources, which may be any, are kept in ASCII. */
  readonly asciiOnly: boolean;
}

/** A statement that changes one row where all is as it should be, and none otherwise. */
export interface CheckedStatement {
  readonly sql: string;
  readonly values: readonly SqlValue[];
}

/** What a statement answers. */
export interface SqlAnswer {
  readonly rows: readonly Readonly<Record<string, SqlValue>>[];
  /** Rows that it changed. */
  readonly changed: number;
}

/** What is known of a table of the loader's own. */
export interface OwnTable {
  readonly columns: readonly string[];
  /** What of it takes the place of an update of its rows, or goes with it, in words; absent or `null`: nothing. */
  readonly rewritten?: string | null;
}

/** Runs statements over a session's connection: part of the load's transaction while one is open, else one by one. */
export interface SqlExecutor {
  readonly dialect: ExecutorDialect;
  run(sql: string, values?: readonly SqlValue[]): Promise<SqlAnswer>;
  /**
   * Runs SQL of the user's in the transaction that is open, several statements included; their results are ignored. False
   * where that transaction is over, or another one was left open: it must not be committed then.
   */
  script(sql: string): Promise<boolean>;
  begin(): Promise<void>;
  commit(): Promise<void>;
  /** Never throws. */
  rollback(): Promise<void>;
  /** The table of that name, as the database resolves it; `null`: there is none. */
  tableOf(table: string): Promise<OwnTable | null>;
  /**
   * What tells `table` from one of the same name that is made later, and no change of it makes another: `A/B`, where A is
   * the same of `checkpoint`. Where both are others, the database was restored from a copy. `null`: nothing does.
   */
  madeAs(table: string, checkpoint: string): Promise<string | null>;
  /**
   * A number that is another one after every change of the schema; present where asking costs little, and no table is made
   * while a transaction is open.
   */
  schemaVersion?(): Promise<number>;
  /** True for a unique key that was violated: another run has inserted the same row. */
  isDuplicate(error: unknown): boolean;
}

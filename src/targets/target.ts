/**
 * The interfaces a database implements to become a target. `docs/adding-a-target.md` walks through them.
 *
 * Lifecycle: `connect` → `readTableShape` → (planning) → `checkPlan` → `begin` → batches → `commit` or `rollback` → `close`; a load that
 * commits more than once begins again after each commit but the last. A session is used by one load and never re-entered while a call is pending.
 */
import type { Environment } from "../model/environment.ts";
import type { Batch, BatchResult, Row, RowFault } from "../model/batch.ts";
import type { ComparisonSql } from "../model/differences.ts";
import type { Emptying, JobPlan, RemovalSql, Step, TablePlan } from "../model/load-plan.ts";
import type { TableDdl } from "../model/new-table.ts";
import type { PackedRows, SpannedKeys } from "../model/packed.ts";
import type { PlannedStatement } from "../model/report/plan-report.ts";
import type { Column, TableName, TablePrivilege, TableShape } from "../model/table-shape.ts";
import type { ValueColumn } from "../model/value-plan.ts";
import type { DdlDialect } from "../model/sql/ddl-dialect.ts";
import type { Lookups, Savepoint } from "../model/sql/lookup-sql.ts";
import type { MissingSql } from "./missing-sql.ts";
import type { SetWriter } from "./set-writer.ts";
import type { CheckedStatement, SqlExecutor } from "./sql-executor.ts";
import type { ValueSql } from "../model/sql/value-sql.ts";
import type { Capabilities } from "./capabilities.ts";

/** Where and how to connect. */
export interface ConnectOptions {
  /** As the user gave it; may hold a password, so it is never printed. */
  readonly url: string;
  readonly lockTimeoutMs: number;
  /** How long one statement may go unanswered before the connection is given up; 0: as long as it takes. */
  readonly statementTimeoutMs: number;
  readonly environment: Environment;
  /** A server that is not what it passes for is no reason to stop. */
  readonly acceptServer?: boolean;
  /** What to do about a database file that does not exist: make it, or work in a private one that is gone with the session. */
  readonly missingFile?: "make" | "private" | undefined;
  /** Records are to be written: a server that takes no writes is refused, or waited for. */
  readonly writes?: boolean;
  /** Only the catalog is looked at: a database file, and the folder that it is in, stay as they are. */
  readonly looksOnly?: boolean;
}

/** How a transaction begins. */
export interface BeginRequest {
  /** Another session of this load has locked the tables. */
  readonly locked: boolean;
  /** What is created first; `null`: nothing. */
  readonly ddl: TableDdl | null;
  /** What else belongs to the beginning, over `execute`; it is asked for once the tables are locked. */
  readonly alongside?: () => Promise<void>;
}

/** What is asked for by `upsurge plan --grants`. */
export interface GrantRequest {
  readonly plan: TablePlan;
  /** `null` when nothing is remembered of the load. */
  readonly job: JobPlan | null;
  /** What the load does to the table. */
  readonly privileges: readonly TablePrivilege[];
  /** What the load creates first; `null`: nothing. */
  readonly ddl: TableDdl | null;
  /** The columns that every row carries: their defaults are never used. */
  readonly filled: ReadonlySet<string>;
  /** The sequences that the load sets, as SQL; absent: none. */
  readonly sequences?: readonly string[];
}

/** How an error changes what happens next; decided by code, never by message. */
export type ErrorClass =
  /** A row caused it: isolate the row. */
  | "row"
  /** Two rows of one statement met: apply them apart. */
  | "repeat"
  /** A `TransactionAborted`: the load must start again, and treat those rows differently. */
  | "aborted"
  /** The same load may succeed later. */
  | "transient"
  | "fatal";

/** For a text that is not what it was taken for: no target's, or no table's. */
export interface Suggestion {
  /** Why not, as a clause. */
  readonly reason: string;
  /** What to pass instead. */
  readonly fix: string;
}

/** A database that can be loaded into. */
export interface Target {
  /** Stable name in reports: `postgres`, `sqlite`. */
  readonly name: string;
  /** True when this target reads the URL or path. */
  accepts(url: string): boolean;
  /** How bytes in hexadecimal are written as the text of a value; absent where no text means bytes. */
  bytesText?(hex: string): string;
  /** The URL without secrets, for messages. */
  describe(url: string): string;
  /** Every host that a connection may go to, as it is named; of a database file its path. Throws `TARGET_*` errors. */
  hosts(url: string, environment: Environment): readonly string[];
  /** The text with its path relative to `folder`; absent where a target has none. */
  inFolder?(url: string, folder: string): string;
  /** The passwords that a connection takes from elsewhere, from files say, to be masked. Never throws. */
  secrets?(url: string, environment: Environment): readonly string[];
  /** What to pass instead of a text that is not read but may be meant for this target; `null` when it has no idea. */
  suggest?(url: string): Suggestion | null;
  /** How it spells new tables and columns. */
  readonly ddl: DdlDialect;
  /** Opens a session. Throws `TARGET_*` errors. */
  connect(options: ConnectOptions): Promise<Session>;
}

/** One open connection of a target. */
export interface Session {
  /** Known after connecting, since they depend on the server's version. */
  readonly capabilities: Capabilities;
  /** The server in a few words: `PostgreSQL 18.4`. */
  readonly version: string;
  /** What the user should know of this connection: that it is not encrypted, say. */
  readonly warnings?: readonly string[];
  /** The least milliseconds that an answer has taken so far; absent where no network lies between. */
  readonly roundTripMs?: number | undefined;
  quoteIdentifier(name: string): string;
  /** Resolves `table` (optionally qualified) and reads its shape; `null` when there is none. */
  readTableShape(table: string): Promise<TableShape | null>;
  /** What a name means that is no table's, and what to pass instead; absent or `null`: nothing. */
  whyNoTable?(table: string): Promise<Suggestion | null>;
  /**
   * Where a table that does not exist would be created. Throws `PLAN_NO_SCHEMA`.
   */
  newTableName(table: string): Promise<TableName>;
  /**
   * Asks as if tables or columns had been made: in a transaction of its own, which is rolled back. Throws `PLAN_DDL`,
   * `PLAN_TABLE_APPEARED`.
   */
  supposing<T>(ddl: TableDdl, ask: () => Promise<T>): Promise<T>;
  /** Names near `table`, for "did you mean" and `inspect`. */
  listTables(): Promise<readonly TableName[]>;
  /** How this target goes about the plan, a sentence for each choice of its own, for `upsurge plan`. */
  explain?(plan: TablePlan): readonly string[];
  /**
   * The statements that bring rows which carry `columns` to the server and write them, for `upsurge plan`: no other does, but
   * for those of rows that were refused and of repeats that are folded. One that data may keep from running says when it runs.
   */
  statements(plan: TablePlan, columns: readonly string[]): readonly PlannedStatement[];
  /**
   * The statements that delete all rows of a table and tell how many they were, with the lock that keeps other writers
   * out until the load is committed. They delete nothing from other tables.
   */
  emptyTable(table: TableShape, how: Emptying): readonly Omit<Step, "name">[];
  /**
   * The statements that leave these foreign keys to the commit of the transaction at hand; asked for keys that can wait
   * (`canWait`) only. Absent where none can.
   */
  leaveToCommit?(keys: readonly WaitingKey[]): readonly string[];
  /** The statements that take the rows away which no record has; the plan says which of them. */
  removalSql(plan: TablePlan): RemovalSql;
  /** The statements that compare a table with what it was before these loads into it, as their plans say. */
  comparisonSql(plans: readonly [TablePlan, ...TablePlan[]]): ComparisonSql;
  /** Lets the database check those statements without running them. Throws `PLAN_*` errors; leaves nothing behind. */
  checkPlan(plan: TablePlan, columns: readonly string[]): Promise<void>;
  /** The statements by which an administrator lets the user of this session do just this load; remarks are comments of SQL. */
  grants(request: GrantRequest): Promise<readonly string[]>;
  /**
   * Starts a transaction that writes to these tables, with everything it needs; again after its commit, for the next one.
   * Their locks are taken first, in one order whatever the order of the tables. Throws `PLAN_TABLE_APPEARED` where what is
   * to be created has appeared meanwhile. Where it fails no transaction is left open.
   */
  begin(tables: readonly TablePlan[], how?: BeginRequest): Promise<Transaction>;
  /**
   * Keeps other loads out of the tables while several sessions of this one write to them; `null` where they are let in.
   * `lost` is told when that has come to an end too early. Absent without `parallel`.
   */
  lockTables?(tables: readonly TablePlan[], lost: (error: Error) => void): Promise<Lock | null>;
  /** Why the keys of a plan's arbiter cannot be hashed, as a clause; `null` when those of usual spelling can. */
  whyUnhashable?(plan: TablePlan): string | null;
  /**
   * A hash of the arbiter's key for each of the rows: keys that are equal to the database have equal hashes. `null` when
   * that cannot be told of one of them. It may not change from version to version: a job that goes on relies on it.
   */
  keyHashes?(plan: TablePlan, rows: PackedRows): Uint32Array | null;
  /**
   * The same for keys that `keyHashes` does not tell, asked of the database in a transaction of its own; `keys` has the
   * values of `columns` for each row. `null` for one that is no value of its type. Present where `keyHashes` is.
   */
  unusualKeyHashes?(
    plan: TablePlan,
    columns: readonly string[],
    keys: readonly (readonly (string | null)[])[],
  ): Promise<readonly (number | null)[]>;
  /**
   * What a load that is committed leaves for the user to do, a sentence each, with the statement for it; `columns` are those
   * it has written values to. Absent where the database sees to it by itself. Never throws: the load is done.
   */
  leftToDo?(plan: TablePlan, columns: readonly string[]): Promise<readonly string[]>;
  /**
   * Moves what makes the ids of these columns past those that are there, never back, once a load is committed. Absent where
   * the database sees to it by itself. Never throws: the load is done.
   */
  moveSequences?(
    plan: Pick<TablePlan, "table">,
    columns: readonly string[],
  ): Promise<MovedSequences>;
  /** How rows of other tables are looked up, over `execute`. */
  readonly lookups: Lookups;
  /** How rows are taken away that no record mentions, over `execute`; asked for plans that say what becomes of them. */
  missingSql(plan: TablePlan): MissingSql;
  /** What records are undone to that hold others, over `execute`: unlike the savepoints of writers and look-ups, which are within it. */
  readonly recordSavepoint: Savepoint;
  /** How the values of these columns of `table` are asked for, over `execute`, of records with so many fields. */
  values(table: TableShape, columns: readonly ValueColumn[], fields: number): ValueSql;
  /** The fault of a row that the database refused with this error, which is of class `row`; `table` is the one that was written. */
  rowFault(row: Row, error: unknown, table: TableShape): RowFault;
  /** For the checkpoint table, for the steps of a load and for look-ups. */
  readonly execute: SqlExecutor;
  /**
   * Keeps other runs of a job away, until it is released or this process ends; `null` when another run has the lock. A
   * courtesy: nothing depends on it.
   */
  lockJob(job: string): Promise<Lock | null>;
  /**
   * Who holds the lock that a statement of this session waits for at this moment, as a noun: `session 42 of bob`; `null` when
   * it waits for none, or that cannot be told. Asked while a statement runs, so over another connection. Never throws.
   */
  blockedBy(): Promise<string | null>;
  /**
   * The error of a deadlock that the database does not see: somebody waits for one of these sessions of a load, which does
   * nothing at this moment, and keeps another one waiting. `null`: nobody does, or that cannot be told. Absent without
   * `parallel`. Never throws.
   */
  deadlockAmong?(sessions: readonly Session[]): Promise<Error | null>;
  classify(error: unknown): ErrorClass;
  /** Turns a driver's error into ours; row errors that reach the user included. */
  translate(error: unknown): Error;
  close(): Promise<void>;
}

/** A foreign key that is left to the commit. */
export interface WaitingKey {
  /** The table that it belongs to, whose rows refer to others. */
  readonly table: TableName;
  /** `null` where the database gives it none. */
  readonly name: string | null;
}

/** What became of the sequences of a load that is committed. */
export interface MovedSequences {
  /** The statements that have moved one. */
  readonly moved: readonly string[];
  /** A sentence for each that was not moved, with the statement for it. */
  readonly failed: readonly string[];
}

/** Keeps others away from a table or a job. */
export interface Lock {
  /** Never throws. */
  release(): Promise<void>;
}

/** One transaction of a load, with a writer for each of its tables. Methods are called in turn, never at the same time. */
export interface Transaction {
  /** In the order of the tables that it was begun with. */
  readonly writers: readonly Writer[];
  commit(): Promise<void>;
  /**
   * Commits with statements that are sent along; false where one of them did not change a row: then nothing is committed.
   * Absent where no round trip is saved by it.
   */
  commitWith?(last: readonly CheckedStatement[]): Promise<boolean>;
  /** Checks what a commit would check (deferred constraints), for a dry run; absent when there is nothing to check. */
  rehearse?(): Promise<void>;
  /** Never throws. */
  rollback(): Promise<void>;
}

/**
 * Writes batches into one table, inside a transaction that may have writers for others. All methods are called in turn,
 * never at the same time, those of other writers of the transaction included.
 * Any error but a row's own leaves the transaction to be rolled back by the caller.
 */
export interface Writer {
  /** Sets of rows; absent when the engine applies rows one by one anyway (`capabilities.setBased`). */
  readonly set?: SetWriter;
  /** Deletes the rows of records that say so, where the plan has `recordDeletes`: the writer of that plan. */
  readonly deletes?: Writer;
  /** Keeps the keys of records, where the plan takes away the rows that no record has. */
  readonly keys?: KeyStore;
  /**
   * Applies each row by itself, in order, as the law says, and tells the rows that were refused. Leaves no partial row
   * behind. `tells`: the result has the outcome of each row. Where the plan has `made.written` it has the values of those
   * columns as well, of each row that was inserted. `atFault`: one of them was refused with others, and will be by itself.
   */
  applyEach(batch: Batch, tells?: boolean, atFault?: boolean): Promise<BatchResult>;
}

/** Keeps keys that are whole numbers. */
export interface KeySpanStore {
  readonly column: Column;
  keep(keys: SpannedKeys): Promise<void>;
}

/** Keeps the keys of the records of a load on the server, until the end of the transaction. */
export interface KeyStore {
  /** How spans are kept of a key that is one whole number; `null` for any other key, absent where none are kept. */
  readonly spans?: KeySpanStore | null;
  /** Keeps packed rows that carry columns of the key alone; false where they are to come as rows, absent where all are. */
  keepPacked?(keys: PackedRows): Promise<boolean>;
  /** Keeps rows of one shape, which carry columns of the key alone: there may be none of these. */
  keepRows(keys: readonly Row[]): Promise<void>;
}

/**
 * Rows made the database end the whole transaction, which no savepoint can undo. `fault` is set when it was one row by
 * itself: the load can start again without it. Otherwise it starts again and applies these rows one at a time.
 */
export class TransactionAborted extends Error {
  readonly rows: readonly Row[];
  readonly fault: RowFault | null;
  /** The load has not learned of these rows before: another try may end in another way. */
  isNew = true;

  constructor(message: string, rows: readonly Row[], fault: RowFault | null) {
    super(message);
    this.name = "TransactionAborted";
    this.rows = rows;
    this.fault = fault;
  }
}

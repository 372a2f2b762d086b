/** The immutable result of planning: printed by `upsurge plan`, executed by a load. */
import type { Counts } from "./counts.ts";
import type { Comparison } from "./differences.ts";
import type { HeaderField } from "./header.ts";
import type { LookupPlan } from "./lookup-plan.ts";
import type { MadeKeys } from "./nest/made-keys.ts";
import type { MissingRule } from "./nest/missing-rule.ts";
import type { LinkedColumns, NestPlan } from "./nest/nest-plan.ts";
import type { TableDdl } from "./new-table.ts";
import type { Shard } from "./shards/shard.ts";
import type { Column, DeleteAction, TableShape } from "./table-shape.ts";
import type { ValuesPlan } from "./value-plan.ts";
import type { FoldPlan } from "./plan/fold-plan.ts";
import type { KeptRecords, WriteMethod } from "./plan/write-method.ts";

/** What happens to a record. */
export type Mode = "upsert" | "insert" | "ignore" | "update";
/** How rows are written: by the database's own upsert, or by looking first. */
export type Strategy = "native" | "select-then-write";
/** How a batch reaches the server. */
export type RowSource = "staged" | "arrays" | "values";
/** What a NULL in a key column does. */
export type NullKey = "reject" | "match" | "insert";

/** Where the key of a load may come from. */
export const KEY_ORIGINS = ["named", "primary", "default", "column"] as const;

/**
 * Where the key of a load comes from: its flags name it; `--key primary` is the primary key of the table; no flag names one,
 * and by `default` it is the primary key; `--key primary` is the `column` of that name.
 */
export type KeyOrigin = (typeof KEY_ORIGINS)[number];

/** Which target row an incoming row meets. */
export interface Arbiter {
  /** The chosen index or constraint; `null` when the key has no unique index (select-then-write on request). */
  readonly name: string | null;
  /** How SQL names it: by its key expressions, by constraint name (exclusion), or any unique key (ignore mode). */
  readonly kind: "expressions" | "constraint" | "any";
  /** SQL of the key: quoted column names or expressions. Bare names are columns of the table. */
  readonly keyExpressions: readonly string[];
  /** The plain columns among them; those that `--null-key` guards. */
  readonly columns: readonly string[];
  /** True when every key expression is a plain column. */
  readonly plain: boolean;
  readonly predicate: string | null;
  /** NULL keys are equal to each other. */
  readonly nullsEqual: boolean;
}

/** `column = expression`, the expression already qualified with `target.` and `excluded.`. */
export interface Assignment {
  readonly column: string;
  readonly expression: string;
}

/** How the source writes the values of a column, where the column's own type does not tell it. */
export type ColumnNotation =
  | {
      readonly kind: "number";
      readonly decimal: "," | ".";
      /** What parts groups of three digits; `null`: nothing does. */
      readonly thousands: "." | "," | " " | "'" | null;
    }
  /** As `--date-format` spells them. */
  | { readonly kind: "date"; readonly formats: readonly string[] }
  /** The target takes `prefix` and hexadecimal digits for bytes. */
  | { readonly kind: "bytes"; readonly encoding: "hex" | "base64"; readonly prefix: string };

/** What happens to a target row that was found. */
export interface UpdateRule {
  /** Columns updated from the incoming row where it carries them; in table order. */
  readonly columns: readonly string[];
  readonly sets: readonly Assignment[];
  /** Written when a row is inserted or really changes; never make a row count as changed. */
  readonly stamps: readonly Assignment[];
  readonly where: string | null;
  readonly nullKeeps: boolean;
  readonly rewriteUnchanged: boolean;
}

/** A source field and the column it fills. */
export interface FieldMapping {
  readonly field: string;
  readonly column: string;
}

/**
 * Where a field goes: a column, nowhere (`dropped`), only into look-ups or expressions (`looked-up`), no such column (`unknown`), or one that cannot be written. Of a field
 * without a name, or with one that other fields have as well, flags must say it by number.
 */
export type FieldDestination =
  | { readonly kind: "column"; readonly column: Column }
  | { readonly kind: "dropped" }
  | { readonly kind: "looked-up" }
  /** `mayAdd`: the load could add a column for it. */
  | { readonly kind: "unknown"; readonly mayAdd: boolean }
  | { readonly kind: "unnamed"; readonly field: HeaderField }
  | { readonly kind: "repeated"; readonly field: HeaderField; readonly isLookedUp?: true }
  | { readonly kind: "read-only"; readonly column: Column; readonly reason: string };

/** Finds the destination of any field by name, of a CSV field by its place as well; for the header and every record alike. */
export type FieldResolver = (field: string, place?: HeaderField) => FieldDestination;

/** Why rows must not be taken together; `null` where nothing forbids it. */
export interface Isolation {
  /** Rows see each other's effects: apply one at a time. */
  readonly rowByRow: string | null;
  /** Rows may be taken together in file order, but not reordered into waves. */
  readonly inFileOrder: string | null;
}

/** How rows are shared out among several writers. */
export interface Partitioning {
  /** Writers at work at once; 1 when rows are not shared out. */
  readonly writers: number;
  /**
   * What keeps together: rows with the same key, by this arbiter; `null` where any row may go anywhere. Known for one writer
   * as well, which may go on where several have stopped.
   */
  readonly key: Arbiter | null;
}

/** What a load that goes on where it stopped is known by. */
export interface JobPlan {
  readonly name: string;
  /** The user named it. */
  readonly isNamed: boolean;
  /** The checkpoint table, as SQL writes it. */
  readonly table: string;
  /** Hash of everything that changes what the sources mean. */
  readonly config: string;
  /** What was added to a finished source is to be loaded. */
  readonly followAppend: boolean;
  /** Once it has finished without a reject it is forgotten: to load everything again comes to the same. */
  readonly forgotten: boolean;
  /** The job that it is a shard of; absent: of none. */
  readonly shardOf?: { readonly job: string; readonly shard: Shard };
}

/** How one table is written: everything that was decided of it before the first record. */
export interface TablePlan {
  readonly table: TableShape;
  /** What the names of its temporary tables begin with, unlike those of any other table of the same run. */
  readonly stage: string;
  readonly mode: Mode;
  readonly strategy: Strategy;
  readonly rowSource: RowSource;
  readonly mapping: readonly FieldMapping[];
  readonly constants: readonly { readonly column: string; readonly value: string }[];
  /** The columns that expressions fill; absent: none. */
  readonly values?: ValuesPlan;
  /** The columns that are filled with what records name in other tables; absent: none. */
  readonly lookups?: readonly LookupPlan[];
  /** The columns that take the key of a row of another level; absent: none. */
  readonly linked?: readonly LinkedColumns[];
  /** What becomes of its rows that the records of its level do not mention; absent: they stay. */
  readonly missing?: MissingRule;
  /** What the database makes of a row, and others refer to it by; absent: others find it by its key, or none refers to it. */
  readonly made?: MadeKeys;
  /** The columns that rows may carry, in table order. */
  readonly columns: readonly Column[];
  /** By column, how fields that fill it are written; absent: as the column's type takes them. */
  readonly notations?: Readonly<Record<string, ColumnNotation>>;
  readonly arbiter: Arbiter | null;
  /** `null` where no key was chosen: in mode insert, and where any unique key decides. */
  readonly keyOrigin: KeyOrigin | null;
  readonly update: UpdateRule;
  readonly nullKey: NullKey;
  readonly keepIdentity: boolean;
  readonly isolation: Isolation;
  /** How its rows are deleted before the first record; absent: they stay. */
  readonly emptied?: Emptying;
  /** What becomes of the rows that no record has; absent: they stay. */
  readonly removal?: Removal;
  /** Which records delete the row of their key; absent: none. */
  readonly recordDeletes?: RecordDeletes;
  /** Rows that are met are deleted: the plan of `RecordDeletes`, whose mode is `update`. */
  readonly deletesRows?: true;
  /** How it is compared with itself as it was before the load; absent: it is not. */
  readonly comparison?: Comparison;
  /** What is set in its rows once all records are written; absent: nothing. */
  readonly late?: LateColumns;
  /** A native upsert whose result cannot tell inserted from updated: rows go one at a time, and tell what they met. */
  readonly uncounted: boolean;
  /** Other processes of the same load write to the table as well: they are not kept out. */
  readonly isShared?: true;
  /** How its rows are written. */
  readonly method: WriteMethod;
  /** Its rows are only looked up, and never written; absent: they are written. */
  readonly finds?: true;
  /** How the repeats of a key are folded; absent: they are written one after the other. */
  readonly fold?: FoldPlan;
  readonly kept: KeptRecords;
}

/** Columns that the first pass leaves out, and that are set by key when all records are written. */
export interface LateColumns {
  readonly columns: readonly string[];
  /** What is kept of each record: the columns that its key is told by, and these; in table order. */
  readonly kept: readonly string[];
  /** How they are set: as a load of what is kept would, in mode update. */
  readonly plan: TablePlan;
}

/**
 * A statement that a load runs before or after its records: in the transaction of its first batch, before it, or in that of its last
 * batch, after it. Its SQL is the database's own.
 */
export interface Step {
  /** What `upsurge plan` and errors call it: the flag that asked for it. */
  readonly name: string;
  /**
   * `change` (absent: this): a statement. `number`: a query, whose one value `n` is what is counted. `assertion`: a query
   * that must find nothing. `script`: SQL of the user's, which may be several statements; their results are ignored.
   */
  readonly kind?: "change" | "number" | "assertion" | "script";
  /** Run as it is, over `Session.execute`. */
  readonly sql: string;
  /** What the rows it changes are counted as; absent: they are not counted. */
  readonly counts?: keyof Counts;
  /** What stops the load where an assertion finds something. */
  readonly refusal?: StepRefusal;
  /** It is not kept unless a record is written after it. */
  readonly needsRecords?: true;
}

/** Records that delete. */
export interface RecordDeletes {
  /** A record deletes that has one of these texts in its field. */
  readonly when: readonly { readonly field: string; readonly value: string }[];
  /** How their rows are deleted. */
  readonly plan: TablePlan;
}

/** What becomes, after the last record, of the rows whose key no record has. */
export interface Removal {
  /** What is kept of each record: the columns that its key is told by, in table order. */
  readonly keyColumns: readonly string[];
  /** The condition of the rows that may go, over `target`; `null`: all of them. */
  readonly where: string | null;
  /** What they are marked with; empty: they are deleted. */
  readonly sets: readonly Assignment[];
  readonly limit: RemovalLimit;
}

/**
 * How many rows may go: a number, or a share of those that were there before the load. Only a share of 100 allows all of
 * them; `null`: a tenth or ten, whichever is more.
 */
export type RemovalLimit =
  | { readonly kind: "count"; readonly count: number }
  | { readonly kind: "share"; readonly percent: number }
  | null;

/** The statements by which rows that no record has are found and taken away, in the database's own SQL. */
export interface RemovalSql {
  /** Counts the rows that may go, as `n`: before the first record, others being kept out of the table. */
  readonly scope: string;
  /** Finds those whose key no record has, after the last record, and keeps which they are. */
  readonly find: readonly string[];
  /** Counts those that were found, as `n`. */
  readonly count: string;
  /** The foreign keys by which rows refer to them; none where they are marked. */
  readonly references: readonly RemovalReference[];
  /** Deletes or marks them. */
  readonly remove: string;
  /** Counts those that are there all the same, as `n`; absent: the statement tells how many rows it took. */
  readonly left?: string;
}

/** A foreign key by which rows refer to those that go, and the statements that look for such rows. */
export interface RemovalReference {
  readonly constraint: string | null;
  /** The table of those rows, as messages call it. */
  readonly table: string;
  readonly columns: readonly string[];
  readonly refersTo: readonly string[];
  readonly onDelete: DeleteAction;
  /** The first rows that are referred to by rows that stay: their values of `refersTo`, as `k1`, `k2`. */
  readonly first: string;
  /** Counts the rows that stay and refer to rows that go, as `n`. */
  readonly count: string;
}

/** Why a load is stopped by an assertion: an error of the registry, and what its texts name. */
export interface StepRefusal {
  readonly code: "STEP_CASCADE" | "STEP_ROWS_LEFT";
  readonly details: Readonly<Record<string, string>>;
}

/** How the rows of a table are deleted before a load: all at once, or one by one, with its triggers. */
export type Emptying = "truncate" | "delete";

/** Everything that was decided of one load before its first record. */
export interface LoadPlan {
  /** The target's name, for reports only. */
  readonly target: string;
  /** The tables that its records fill, parents before children. */
  readonly tables: readonly [TablePlan, ...TablePlan[]];
  /** How the rows in members of records are written, of the tables behind the first; absent: records hold none. */
  readonly nest?: NestPlan;
  /** What is created before everything else, in the transaction of the first batch; `null` when the table is there. */
  readonly ddl: TableDdl | null;
  readonly before: readonly Step[];
  readonly after: readonly Step[];
  /** How the rows that no record has are taken away, before the steps after; absent: they stay. */
  readonly removalSql?: RemovalSql;
  /** Run one by one once the last commit has returned; absent: nothing is. */
  readonly afterCommit?: readonly Step[];
  readonly batchRows: number;
  /** Rows of a batch of short and ordinary records; absent: `batchRows`. */
  readonly shortRows?: number;
  /** Batches have so many times more rows than usual, since answers take long; absent: as many as usual. */
  readonly batchGrowth?: 2 | 4;
  /** The most records that a writer commits at once; `null` when a load is committed once, at its end. */
  readonly commitRows: number | null;
  /** `null` when nothing is remembered from one run to the next. */
  readonly job: JobPlan | null;
  readonly partitioning: Partitioning;
  /** Of a run of several loads, where rows found with nothing to update are unchanged; absent: a load by itself. */
  readonly ofRun?: true;
  /** What this process writes of it, other processes writing the rest; absent: all of it. */
  readonly shard?: Shard;
  /** One sentence per decision, for `upsurge plan`. */
  readonly why: readonly string[];
  readonly warnings: readonly string[];
}

/** How the rows of a table are written: decided once, by `src/plan/method/choose-method.ts`, and read by whoever writes or shows it. */
import type { Arbiter } from "../load-plan.ts";

/**
 * A way to write rows. `copy`: in bulk, straight into the table. `insert`: INSERT, which a key that is there refuses. `upsert`: INSERT
 * … ON CONFLICT. `merge`: MERGE. `update-then-insert`: UPDATE of the rows that are there, then INSERT of those that are not.
 * `look-then-write`: look which rows are there, then update, delete or insert. `row-by-row`: each row by itself, in file order.
 */
export type Method =
  | "copy"
  | "insert"
  | "upsert"
  | "merge"
  | "update-then-insert"
  | "look-then-write"
  | "row-by-row";

/** The methods that are a statement: staged rows and rows by themselves are written so. */
export type StatementMethod = Exclude<Method, "copy" | "update-then-insert" | "row-by-row">;

/** How staged rows are written in which no key repeats, where that is cheaper than the statement. */
export type MergeMethod = Extract<Method, "merge" | "update-then-insert">;

/** How the rows of a table are written. */
export interface WriteMethod {
  /** What every batch goes by at first. */
  readonly name: Method;
  /** Where a batch cannot go by it, as is only learned while loading: each of these in turn. */
  readonly fallBacks: readonly Method[];
  /** A sentence for each of them, the first about `name`. */
  readonly why: readonly string[];
  /** How staged rows are written, and a row by itself. */
  readonly statement: StatementMethod;
  /** How staged rows in which no key repeats are merged, where `statement` is another; `null`: they are not. */
  readonly merges: MergeMethod | null;
  /** The key by which rows find their target row; `null` where none is looked for by a key. */
  readonly key: Arbiter | null;
  /** Its rows are found by an equality of plain columns, which an index answers. */
  readonly byIndex: boolean;
  /**
   * BEFORE INSERT triggers see every row that is proposed and may change it, key included, and a unique index decides: so rows are
   * proposed before anything is looked up.
   */
  readonly proposes: boolean;
  /** Other writers are kept out of the table, since what was looked up must hold until rows are written. */
  readonly locks: boolean;
  /** What rows can be staged with: all columns of the table, those that rows carry, or none, where there are too many. */
  readonly stages: "table" | "carried" | null;
}

/** What is noted of the records of a load beside writing them. */
export interface KeptRecords {
  /** The keys of all records are kept: rows that no record has go, or are told. */
  readonly keys: boolean;
  /** A row that others insert or change meanwhile would count as missing, or as changed by the load: they are kept out. */
  readonly othersOut: boolean;
}

/** The set-based half of a writer: what a database does with the rows of a batch all at once. Types only. */
import type { Batch, RowFault } from "../model/batch.ts";
import type { OutcomeCounts } from "../model/counts.ts";

/** A row that repeats the key of an earlier row in the batch: `wave` is 2 for the second occurrence. */
export interface Repeat {
  readonly ord: number;
  readonly wave: number;
}

/** A row that the database stopped at. */
export interface StoppedRow {
  /** Among those that were sent, from 0. */
  readonly place: number;
  /** The database would refuse it whatever is in the table: for a value, or for a check of the row itself. */
  readonly byItself: boolean;
}

/** The set-based half of a writer. Errors of class `row` and `repeat` are undone by `rollbackToSavepoint`. */
export interface SetWriter {
  /** Begins to make a batch ready to be staged while an earlier one is still at work; asks the database nothing. */
  prepare?(batch: Batch): void;
  savepoint(): Promise<void>;
  release(): Promise<void>;
  rollbackToSavepoint(): Promise<void>;
  /**
   * Brings the rows to the server by the plan's row source, replacing those of the batch before. Answers with the rows
   * that the database could not accept whatever is in the table; they are not staged. Where the engine cannot tell them
   * apart, it fails with class `row` instead.
   */
  stage(batch: Batch): Promise<readonly RowFault[]>;
  /** So few rows, of which one is at fault, cost less one at a time than it costs to look for that one; absent: it is not known. */
  readonly fewRows?: number;
  /**
   * Where in the batch the database stopped, as its error has it: what to try next, for nothing is decided by it. Absent or `null`
   * where it does not tell.
   */
  stoppedAt?(error: unknown): StoppedRow | null;
  /**
   * As `stage`, without the rows that the database would refuse whatever is in the table; tells their places. Fails with class `row`
   * where it does not find them. To be asked where `stoppedAt` has told of such a row.
   */
  sift?(batch: Batch): Promise<readonly number[]>;
  /**
   * After an error of class `row` or `repeat` was undone: true when the batch had gone a way that sound rows can fail on, and
   * would go another way if it was staged again.
   */
  retreat?(error: unknown): boolean;
  /** The repeats of a key among the staged rows, by the database's own equality. */
  repeats(batch: Batch): Promise<readonly Repeat[]>;
  /** Applies repeats all together, however often a key repeats; absent or `null` where they go in waves. */
  readonly folds?: RepeatFolds | null;
  /**
   * Applies staged rows in file order. `only`: just these; `except`: all but these.
   * Repeats among them make a native statement fail with class `repeat`; select-then-write must be given none.
   */
  apply(batch: Batch, selection: Selection): Promise<OutcomeCounts>;
}

/** Applies the repeats of keys, key by key: each in one go, as if its rows came one after the other. */
export interface RepeatFolds {
  /** Takes the repeats out of the staged rows, so that `apply` finds each key once; tells how many there are. */
  setAside(batch: Batch): Promise<number>;
  /** Applies them, after the others. Fails with class `row` where one of them would be refused, or may be. */
  apply(): Promise<OutcomeCounts>;
}

/** Which staged rows a statement takes, by `ord`. */
export type Selection =
  | { readonly kind: "all" }
  | { readonly kind: "only"; readonly ords: readonly number[]; readonly wave: number }
  | { readonly kind: "except"; readonly ords: readonly number[] };

/** The rows written by one round of statements, and what came of them. */
import type { Counts, LevelCounts, OutcomeCounts, RowOutcome } from "./counts.ts";
import type { PackedRows } from "./packed.ts";
import type { Position, SourceRecord } from "./record.ts";
import type { Reject, RowCode } from "./reject.ts";

/** The columns a group of rows carries; rows with the same columns share one object. */
export interface RowShape {
  /** Small number, unique within a load. */
  readonly id: number;
  /** Names of target columns, in the order of the values. */
  readonly columns: readonly string[];
  /** Its rows delete those of their keys, and carry nothing else. */
  readonly deletes?: true;
}

/** A value of a row that another table has: it is looked up before the row is written, and NULL until then. */
export interface PendingValue {
  /** Its place among the values of the row. */
  readonly at: number;
  /** The place of its look-up in the plan. */
  readonly lookup: number;
  /** What the row of the other table is found by, in the order of the look-up's keys. */
  readonly texts: readonly (string | null)[];
  /** Which of the texts are numbers to columns that take any type; absent: none. */
  readonly numbers?: readonly boolean[];
}

/** What an expression of `--value` is for, in rows of one shape. */
export interface ValueUse {
  /** The place of its column in the plan. */
  readonly value: number;
  /** Its place among the values of the row; `null`: the row does not carry it. */
  readonly at: number | null;
  /** The record has none of its fields: without a value it does not carry the column either. */
  readonly isAbsent: boolean;
  /** What is looked up by it: places among `pending`, and among the texts of each. */
  readonly keys: readonly { readonly pending: number; readonly key: number }[];
}

/** What the expressions of a row are evaluated over; their values are NULL until then. */
export interface PendingExpressions {
  /** The fields that expressions read, in the order of the plan. */
  readonly texts: readonly (string | null)[];
  /** Shared by the rows of one shape. */
  readonly uses: readonly ValueUse[];
}

/** An incoming row: a record mapped to target columns. */
export interface Row {
  /** Place in the load, counted from 0 over all sources: the order of the law. */
  readonly ord: number;
  readonly shape: RowShape;
  /** Text in the spelling of the source, or SQL NULL; in the order of `shape.columns`. */
  readonly values: readonly (string | null)[];
  /** True where a value came as a JSON number, for columns that take any type; `null` when none did. */
  readonly numeric: readonly boolean[] | null;
  /** Absent once they are looked up, or where there is nothing to look up. */
  readonly pending?: readonly PendingValue[];
  /** The same of columns that are looked up after the last record; absent: there are none. */
  readonly later?: readonly PendingValue[];
  /** Absent once they are evaluated, or where there are none. */
  readonly expressions?: PendingExpressions;
  readonly record: SourceRecord;
  /** What is in its members, beside those of its level; absent: it has none that hold rows. */
  readonly nested?: readonly NestedRows[];
  /** The row of the record that it is in; absent: it is that row. */
  readonly root?: Row;
}

/** The row with some of its columns, those at these places: they make the shape. */
export function rowColumns(row: Row, shape: RowShape, places: readonly number[]): Row {
  const { values, numeric } = row;
  return {
    ...row,
    shape,
    values: places.map((place) => values[place] ?? null),
    numeric: numeric === null ? null : places.map((place) => numeric[place] ?? false),
  };
}

/** The rows in a member; `null`: the member is null, `undefined`: it is not there. */
export type NestedRows = readonly Row[] | null | undefined;

/** Rows that are written together. */
export interface Batch {
  /** Counted from 1. */
  readonly number: number;
  readonly size: number;
  /** In the order of the source; made when first asked for where the batch is packed. */
  readonly rows: readonly Row[];
  /** Those of the rows at these places, which ascend, without making the others where they are not made; absent: they are made. */
  rowsAt?(places: Uint32Array): readonly Row[];
  /** The same rows as places in bytes; `null` when one of them is out of the ordinary. */
  readonly packed: PackedRows | null;
  /** The same where some of them carry other columns than others, and `packed` is `null`: those of each shape. Absent: one of them is out of the ordinary. */
  readonly mixed?: readonly PackedRows[];
}

/** The rows of a batch at these places, which ascend. */
export function rowsAt(batch: Batch, places: Uint32Array): readonly Row[] {
  return batch.rowsAt?.(places) ?? Array.from(places, (place) => batch.rows[place] as Row);
}

/** A row the database refused, and why. */
export interface RowFault {
  readonly row: Row;
  readonly code: RowCode;
  readonly dbCode: string | null;
  readonly column: string | null;
  readonly constraint: string | null;
  readonly message: string;
  /** The row in it that is at fault; absent: it is `row` itself. */
  readonly nested?: Row;
}

/** Values that a column keeps as text though its type promises something else; the database took them. */
export interface Misfits {
  readonly column: string;
  /** As it is declared. */
  readonly type: string;
  readonly promised: "number" | "time" | "boolean";
  readonly count: number;
  /** Where the first of them is; looked up when asked for. */
  readonly first: () => Position & {
    /** The value, and the record it is in; absent where they are not known. */
    readonly value?: string | null;
    readonly raw?: Uint8Array;
  };
}

/** What became of a batch: counts of the rows written, and the faults in the order of the rows. */
export interface BatchResult {
  readonly counts: OutcomeCounts;
  readonly faults: readonly RowFault[];
  /** In the rows that were written; absent where the database refuses such values itself. */
  readonly misfits?: readonly Misfits[];
  /** What became of each row that was not refused, by `ord`; absent where nobody asked. */
  readonly outcomes?: ReadonlyMap<number, RowOutcome>;
  /** What the database made of rows that were written by themselves, by `ord`: the columns of `made.written` in the plan. */
  readonly made?: ReadonlyMap<number, readonly (string | null)[]>;
  /** Rows of other tables that were made for them; absent: none. */
  readonly created?: number;
  /** What became of the rows in them, by level; absent: there are no levels. */
  readonly levels?: readonly LevelCounts[];
}

/** What became of some records: each of them counted, and those that were refused, in the order of the source. */
export interface BatchOutcome {
  readonly counts: Counts;
  readonly rejects: readonly Reject[];
  readonly misfits?: readonly Misfits[];
  /** What became of the rows in them, by level; absent: there are no levels. */
  readonly levels?: readonly LevelCounts[];
}

/** A record that was not written: a value, never thrown. */
import type { NestedPlace } from "./nest/nesting.ts";
import type { Position } from "./record.ts";

/** Where in the pipeline the record was refused. */
export type RejectStage = "read" | "convert" | "write";

/** Stable codes of rejected records; `errors/row-codes.ts` explains each. The same fault has the same code on every target. */
export type RowCode =
  | "ROW_ENCODING"
  | "ROW_NUL"
  | "ROW_SURROGATE"
  | "ROW_QUOTES"
  | "ROW_FIELD_COUNT"
  | "ROW_TOO_LARGE"
  | "ROW_JSON"
  | "ROW_NOT_OBJECT"
  | "ROW_TOO_DEEP"
  | "ROW_MEMBERS"
  | "ROW_PATH"
  | "ROW_UNKNOWN_FIELD"
  | "ROW_NO_KNOWN_FIELD"
  | "ROW_TWO_FIELDS"
  | "ROW_MISSING_FIELD"
  | "ROW_NULL_KEY"
  | "ROW_TYPE"
  | "ROW_RANGE"
  | "ROW_LENGTH"
  | "ROW_NOT_NULL"
  | "ROW_CHECK"
  | "ROW_UNIQUE"
  | "ROW_FOREIGN_KEY"
  | "ROW_REFERENCED"
  | "ROW_LOOKUP"
  | "ROW_LOOKUP_SEVERAL"
  | "ROW_LOOKUP_PARTIAL"
  | "ROW_NEST"
  | "ROW_NEST_KEY"
  | "ROW_REFUSED";

/** One record that was not written, and why. */
export interface Reject {
  readonly position: Position;
  readonly stage: RejectStage;
  readonly code: RowCode;
  /** The column (or the source's field where no column is known); `null` when the whole record is at fault. */
  readonly column: string | null;
  /** The database's own code: SQLSTATE, SQLite result code, SQL Server number. */
  readonly dbCode: string | null;
  readonly constraint: string | null;
  /** One sentence; may name the column, never holds more than a shortened value. */
  readonly message: string;
  /** The text that the column was to take, `null` for NULL; absent where the whole record is at fault. */
  readonly value?: string | null;
  /** The record's bytes as they were; `null` when it was too large to keep. */
  readonly raw: Uint8Array | null;
  /** Where in the record its fault is; absent: in its own row. */
  readonly place?: NestedPlace;
  /** The rows in it, by level; absent: there are none. */
  readonly nestedRows?: readonly number[];
}

/** The rejects of one code, and of one level where records hold others, as a report tells of them. */
export interface RejectsOfCode {
  readonly code: RowCode;
  readonly count: number;
  /** The fix of the first of them; of a last record that may be cut where there is one. */
  readonly fix: string;
  /** The first three. */
  readonly first: readonly {
    readonly source: string;
    readonly record: number;
    readonly line: readonly [number, number];
    readonly column: string | null;
    readonly message: string;
  }[];
}

/** The rejects of one code and column. */
export interface RejectsOfColumn {
  readonly code: RowCode;
  /** The column (or the source's field where no column is known); `null`: the whole record, or one of very many fields. */
  readonly column: string | null;
  readonly count: number;
  /** The first three. */
  readonly first: readonly Omit<RejectsOfCode["first"][number], "column">[];
}

/** Where the rejects of a load are. */
export interface RejectPaths {
  readonly file: string;
  readonly report: string;
  /** Files for sources with another header than the first. */
  readonly others: readonly string[];
}

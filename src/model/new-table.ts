/** Tables and columns that a load creates before its first record (`--create`, `--alter`), and the types of their values. */
import type { TableName } from "./table-shape.ts";

/** A column that is to be created. */
export interface NewColumn {
  readonly name: string;
  /** As the database spells it. */
  readonly type: string;
  /** Part of the primary key. */
  readonly isKey: boolean;
}

/** A table that is to be created, or one that is to get more columns. */
export interface NewTable {
  readonly name: TableName;
  readonly columns: readonly NewColumn[];
}

/** The statements that create a table or columns, run in the transaction of the first batch. */
export interface TableDdl {
  /** `create`: the table is not there. `alter`: columns are added to it. */
  readonly kind: "create" | "alter";
  /** The flag that asked for it. */
  readonly flag: "--create" | "--alter";
  readonly table: NewTable;
  readonly statements: readonly string[];
}

/** Types without anything to say about their size. */
export type PlainKind =
  | "integer"
  | "double"
  | "boolean"
  | "date"
  | "timestamp"
  | "timestamptz"
  | "uuid"
  | "json";

/**
 * The type of a new column. A decimal has at most `whole` digits before the point and `scale` after it; the longest
 * value of a text has `longest` UTF-16 units.
 */
export type ValueType =
  | { readonly kind: PlainKind }
  | { readonly kind: "decimal"; readonly whole: number; readonly scale: number }
  | { readonly kind: "text"; readonly longest: number };

/** What a target's types keep without a change; all else becomes text. */
export interface TypeRules {
  /** The types there are, apart from integers, decimals and texts. */
  readonly kinds: ReadonlySet<PlainKind>;
  /** Most digits of a fraction of a second. */
  readonly fraction: number;
  /** A time needs its seconds. */
  readonly needsSeconds: boolean;
  /** Most digits of a decimal: before the point, after it, together, and from the first to the last that is not 0. */
  readonly decimal: {
    readonly whole: number;
    readonly scale: number;
    readonly total: number;
    readonly significant: number;
    /** Zeros after the point stay as they are written. */
    readonly keepsZeros: boolean;
  };
}

/** A type as SQL; or the most characters that a key column can have, where its longest value has more. */
export type SpelledType =
  | { readonly kind: "type"; readonly sql: string }
  | { readonly kind: "too-long"; readonly longest: number; readonly most: number };

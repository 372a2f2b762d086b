/** Keys that the database makes, of rows that others refer to and that have no other key. */
import type { Column } from "../table-shape.ts";

/** How the database makes the value of a row that has none. */
export type MadeValue =
  /** By an expression that can be asked for before the row is written. */
  | { readonly kind: "before"; readonly sql: string }
  /** By writing the row, whose writer tells the value. */
  | { readonly kind: "written" };

/** The columns that others refer to and that rows may leave to the database. */
export interface MadeKeys {
  /** Their values are asked for before the row is written, by these expressions. */
  readonly before: readonly { readonly column: Column; readonly sql: string }[];
  /** Their values are told by the writer of a row that has none: each such row is written by itself. */
  readonly written: readonly Column[];
}

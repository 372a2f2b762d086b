/** What was decided of a column that is filled with what records name in another table. */
import type { ColumnNotation } from "./load-plan.ts";
import type { Column, TableShape } from "./table-shape.ts";

/** What happens where the other table has no such row. */
export type MissingParent = "reject" | "null" | "insert";

/** A column that the row is found by, and where its value comes from. */
export interface LookupKey {
  readonly column: Column;
  /** `null` for a constant. */
  readonly field: string | null;
  readonly constant: string | null;
  /** The place of the column of `--value` that it comes from, in the plan of those. */
  readonly value?: number;
  /** How the field is written, where not as databases read it. */
  readonly notation?: ColumnNotation;
}

/** One look-up of a table plan: `column` takes the value of `refersTo` in the row of `parent` that has these values. */
export interface LookupPlan {
  /** As it was given, for messages. */
  readonly text: string;
  readonly column: Column;
  readonly parent: TableShape;
  readonly keys: readonly LookupKey[];
  readonly refersTo: Column;
  /** How `column` is written, where not as databases read it. */
  readonly notation?: ColumnNotation;
  readonly missing: MissingParent;
  /** No two rows can have the same key. */
  readonly unique: boolean;
  /** The rows were written by these texts: they have what their columns made of them, rounded, say. Absent: they were not. */
  readonly written?: true;
  /** Its column is set after the last record, and looked up then: the records carry what it is looked up by. Absent: it is not. */
  readonly late?: true;
  /** Why what it finds may change from record to record; `null`: it cannot, so that a batch is looked up at once. */
  readonly eachRecord: string | null;
}

/** What a load must be allowed to do with the table of a look-up. */
export const LOOKUP_PRIVILEGES = {
  reject: ["select"],
  null: ["select"],
  insert: ["select", "insert"],
} as const satisfies Record<MissingParent, readonly string[]>;

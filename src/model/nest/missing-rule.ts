/** What becomes of the rows of a level that its records do not mention, as it was decided. Types only. */
import type { Assignment, RemovalLimit } from "../load-plan.ts";
import type { Column } from "../table-shape.ts";

/** Rows that refer to the row of a record and are not in its member: they are deleted or, with assignments, changed. */
export interface MissingRule {
  /** What messages call the level. */
  readonly level: string;
  /** How it was said: `delete`, `unlink` or `set`. */
  readonly said: "delete" | "unlink" | "set";
  /** The columns by which rows refer to that of their record. */
  readonly links: readonly Column[];
  /** What a row is mentioned by. */
  readonly keys: readonly Column[];
  /** What they are changed to; empty: they are deleted. */
  readonly sets: readonly Assignment[];
  /** Of the rows that were in the table before. */
  readonly limit: RemovalLimit;
  /** Why rows of one record may need what goes with another; `null`: they cannot, and those of a batch go at once. */
  readonly apart: string | null;
  /** The same where a row carries one of these columns, by the place of its table. */
  readonly watched: ReadonlyMap<number, ReadonlySet<string>>;
}

/** What became of the rows that no record of a load has. */
import type { DeleteAction } from "./table-shape.ts";

/** Rows of a table that refer to rows that go, and go along or are changed. */
export interface AlongRows {
  readonly table: string;
  readonly constraint: string | null;
  readonly onDelete: DeleteAction;
  readonly rows: number;
}

/** The rows that no record has. */
export interface RemovedRows {
  /** Rows that might go, before the load. */
  readonly scope: number;
  /** Those that no record has; `null` where they were not looked for, since a record was rejected. */
  readonly missing: number | null;
  /** Of them, the rows that are there all the same: a trigger or a policy keeps them. */
  readonly kept: number;
  /** They are marked, not deleted. */
  readonly marked: boolean;
  /** Those that were marked and may go all the same. */
  readonly live: number;
  /** Rows of other tables, or of this one; looked for in a dry run only. */
  readonly along: readonly AlongRows[];
}

/** True where rows were left in the table because a record was rejected. */
export function isWithheld({ missing }: RemovedRows): boolean {
  return missing === null;
}

/** What becomes of the rows that no record of a load has, and how many of them may go. */
import type { DeleteAction } from "./table-shape.ts";
import type { RemovalLimit } from "./load-plan.ts";
import { shareOf } from "./share.ts";

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

/** By default a tenth of the rows may go, and some of a few. */
const DEFAULT_PERCENT = 10;
const DEFAULT_ROWS = 10;

/** How many of `scope` rows may go; all of them only where that was said. */
export function allowedRows(limit: RemovalLimit, scope: number): number {
  if (mayRemoveAll(limit)) return scope;
  const notAll = Math.max(0, scope - 1);
  if (limit === null)
    return Math.min(notAll, Math.max(DEFAULT_ROWS, shareOf(DEFAULT_PERCENT, scope)));
  return Math.min(notAll, limit.kind === "count" ? limit.count : shareOf(limit.percent, scope));
}

/** True where all rows may go. */
export function mayRemoveAll(limit: RemovalLimit): boolean {
  return limit?.kind === "share" && limit.percent === 100;
}

/** The limit in words, as what allows. */
export function limitText(limit: RemovalLimit): string {
  if (limit === null) return `${DEFAULT_PERCENT}% or ${DEFAULT_ROWS} rows, whichever is more`;
  if (limit.kind === "share") return `${limit.percent}% of the rows`;
  return limit.count === 1 ? "1 row" : `${limit.count} rows`;
}

/** How many of the rows may go, as a clause. */
export function allowedText(limit: RemovalLimit): string {
  if (mayRemoveAll(limit)) return "all of them may go";
  if (limit !== null) return `${limitText(limit)} may go, and never all`;
  return `${DEFAULT_PERCENT}% or ${DEFAULT_ROWS} rows may go, whichever is more, and never all`;
}

/** The same, with the flag that says otherwise where nothing was said. */
export function allowedByFlag(limit: RemovalLimit): string {
  return `${allowedText(limit)}${limit === null ? " (--max-delete)" : ""}`;
}

/** The counts of a load: every record is in exactly one of them but `read` and `deleted`. */

/** How many records met each fate. */
export interface Counts {
  read: number;
  inserted: number;
  /** The stored image of the target row changed. */
  updated: number;
  /** A target row was found, the condition held, nothing would change. */
  unchanged: number;
  /** Ignore mode, or nothing to update, met a target row. */
  ignored: number;
  /** `--update-where` was false or NULL or, in update mode, there was no target row. */
  skipped: number;
  /** A trigger dropped the row. */
  suppressed: number;
  rejected: number;
  deleted: number;
}

/** Counts of nothing. */
export function noCounts(): Counts {
  return {
    read: 0,
    inserted: 0,
    updated: 0,
    unchanged: 0,
    ignored: 0,
    skipped: 0,
    suppressed: 0,
    rejected: 0,
    deleted: 0,
  };
}

/** Adds `more` to `into`, in place. */
export function addCounts(into: Counts, more: Partial<Counts>): void {
  for (const key of Object.keys(more) as (keyof Counts)[]) into[key] += more[key] ?? 0;
}

/** The records that `counts` accounts for; equals `read` when a load is complete. */
export function accountedFor(counts: Counts): number {
  const { inserted, updated, unchanged, ignored, skipped, suppressed, rejected } = counts;
  return inserted + updated + unchanged + ignored + skipped + suppressed + rejected;
}

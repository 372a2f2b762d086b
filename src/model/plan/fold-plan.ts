/** How the repeats of a key are folded: decided once, by `src/plan/method/choose-fold.ts`. */

/**
 * Repeats of a key are worked out one after the other on one image of the row, which is written once. Every image in between
 * passes all that the database would hold against it. Columns are named.
 */
export interface FoldPlan {
  /** Those of the target row that are read or written. */
  readonly columns: readonly string[];
  /** Conditions of checks, over bare column names. */
  readonly checks: readonly string[];
  /** An image in which one of these changes is written at once, for the database to look at. */
  readonly shown: readonly string[];
  /** So is one in which one of these is long. */
  readonly indexed: readonly string[];
}

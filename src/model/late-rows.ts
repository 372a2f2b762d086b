/** What became of the values that a load has set after its last record. */

/** The second pass of a load. */
export interface LateRows {
  readonly columns: readonly string[];
  /** Records that brought a value. */
  readonly noted: number;
  /** Those that changed their row by it. */
  readonly set: number;
  /** Those whose row was not found any more. */
  readonly missed: number;
}

/** What look-ups have found may be rows that one of them has made, and that a savepoint undoes. */

/** Look-ups that make rows, and remember what they find. */
export interface MakesRows {
  /** How often they have made rows, those that were undone included. */
  readonly makings: number;
  /** Forgets what they have found. */
  forget(): void;
}

/** What forgets all that was found, once rows are undone that one of these has made from now on. */
export function markMade(lookups: readonly MakesRows[]): () => void {
  const before = makingsOf(lookups);
  return () => {
    if (makingsOf(lookups) !== before) for (const each of lookups) each.forget();
  };
}

function makingsOf(lookups: readonly MakesRows[]): number {
  return lookups.reduce((sum, { makings }) => sum + makings, 0);
}

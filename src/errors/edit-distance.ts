/** Words that may be meant by a misspelt one: the one way to look for them. Silent where it can only guess. */

/** How many letters to add, drop, change or swap with their neighbour to get from `a` to `b`. */
export function editDistance(a: string, b: string): number {
  const rows = [Array.from({ length: b.length + 1 }, (_, index) => index)];
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    const above = rows[i - 1] ?? [];
    for (let j = 1; j <= b.length; j += 1) {
      const changed = (above[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swapped =
        i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
          ? (rows[i - 2]?.[j - 2] ?? 0) + 1
          : changed;
      row.push(Math.min(changed, swapped, (above[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1));
    }
    rows.push(row);
  }
  return rows.at(-1)?.[b.length] ?? 0;
}

/**
 * The candidate that is at most a third of its letters away from `name`, but not all of them; `null` when none is. Of several as
 * near the one with the letters of `name`: letters are swapped more often than hit wrongly.
 */
export function nearest(name: string, candidates: readonly string[]): string | null {
  let best: string | null = null;
  const most = Math.min(name.length - 1, Math.max(1, Math.floor(name.length / 3)));
  let bestDistance = most + 1;
  for (const candidate of candidates) {
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase());
    const isNearer = distance < bestDistance;
    if (isNearer || (distance === bestDistance && lettersOf(candidate) === lettersOf(name)))
      [best, bestDistance] = [candidate, distance];
  }
  return best;
}

function lettersOf(name: string): string {
  return Array.from(name.toLowerCase()).toSorted().join("");
}

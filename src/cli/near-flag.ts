/** What a misspelt flag was meant to be. Silent where it can only guess: a wrong hint costs more than none. */

/**
 * The flag that `typed` is a slip of: one that goes on where it ends (`--batch` is `--batch-rows`), else the nearest,
 * when fewer than a third of the letters differ, or one. `null`: nothing is near.
 */
export function nearestFlag(typed: string, flags: readonly string[]): string | null {
  const name = stem(typed);
  const long = flags.filter((flag) => flag.startsWith("--"));
  const longer = name.length > 2 ? long.find((flag) => stem(flag).startsWith(name)) : undefined;
  if (longer !== undefined) return longer;
  let best: string | null = null;
  let bound = Math.max(1, Math.floor((name.length - 1) / 3)) + 1;
  for (const flag of long) {
    const slips = countSlips(name, stem(flag));
    if (slips < bound) [best, bound] = [flag, slips];
  }
  // Of a letter or two, one slip leaves nothing to go by.
  return name.length < 3 ? null : best;
}

function stem(flag: string): string {
  return flag.replace(/^-+/, "").toLowerCase();
}

/** How many letters to add, drop, change or swap with their neighbour to get from `a` to `b`. */
function countSlips(a: string, b: string): number {
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

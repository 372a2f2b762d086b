/** What a misspelt flag was meant to be. Silent where it can only guess: a wrong hint costs more than none. */
import { nearest } from "../errors/edit-distance.ts";

/** The flag that `typed` is a slip of: one that goes on where it ends (`--batch` is `--batch-rows`), else the nearest. */
export function nearestFlag(typed: string, flags: readonly string[]): string | null {
  const name = stem(typed);
  // Of a letter or two, one slip leaves nothing to go by.
  if (name.length < 3) return null;
  const long = flags.filter((flag) => flag.startsWith("--"));
  const longer = long.find((flag) => stem(flag).startsWith(name));
  if (longer !== undefined) return longer;
  const near = nearest(name, long.map(stem));
  return long.find((flag) => stem(flag) === near) ?? null;
}

function stem(flag: string): string {
  return flag.replace(/^-+/, "").toLowerCase();
}

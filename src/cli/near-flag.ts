/** What a misspelt flag was meant to be. Silent where it can only guess: a wrong hint costs more than none. */
import { nearest } from "../errors/edit-distance.ts";

/** The flag that `typed` is a slip of: one that goes on where it ends (`--batch` is `--batch-rows`), else the nearest. */
export function nearestFlag(typed: string, flags: readonly string[]): string | null {
  const name = stem(typed);
  // Of a letter or two, one slip leaves nothing to go by.
  if (name.length < 3) return null;
  // To deny a flag is not to say it.
  const long = flags.filter(
    (flag) => flag.startsWith("--") && isNegation(stem(flag)) === isNegation(name),
  );
  const longer = long.find((flag) => stem(flag).startsWith(name));
  if (longer !== undefined) return longer;
  const near = nearest(name, long.map(stem));
  return long.find((flag) => stem(flag) === near) ?? null;
}

/** A flag without hyphens before it, in small letters. */
export function stem(flag: string): string {
  return flag.replace(/^-+/, "").toLowerCase();
}

/** Whether a flag without its hyphens denies another one. */
export function isNegation(name: string): boolean {
  return name.startsWith("no-");
}

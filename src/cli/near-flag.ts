/** What a flag that we do not have was meant to be. Silent where it can only guess: a wrong hint costs more than none. */
import { nearest } from "../errors/edit-distance.ts";
import { ADVICE, SAME, SHORT } from "./flags-of-others.ts";

/**
 * What to do in the place of `typed`, where only `flags` are known: the flag of ours that other loaders call so, what they do
 * another way, or the nearest one. `null` for nothing.
 */
export function flagAdvice(typed: string, flags: readonly string[]): string | null {
  const known = (said: string | null): string | null =>
    said !== null && flagsIn(said).every((flag) => flags.includes(flag)) ? said : null;
  const short = find(SHORT, typed);
  if (short !== null) return known(short);
  const name = stem(typed).replaceAll(/[-_]/g, "");
  const same = known(find(SAME, name));
  if (same !== null) return mean(same);
  return known(find(ADVICE, name)) ?? unsaid(typed, flags) ?? meant(nearestFlag(typed, flags));
}

/** The flag that `typed` is a slip of: one that goes on where it ends (`--batch` is `--batch-rows`), else the nearest. */
export function nearestFlag(typed: string, flags: readonly string[]): string | null {
  const name = stem(typed);
  // Of a letter or two, one slip leaves nothing to go by.
  if (name.length < 3) return null;
  // To deny a flag is not to say it.
  const long = flags.filter((flag) => flag.startsWith("--") && isNo(stem(flag)) === isNo(name));
  const longer = long.find((flag) => stem(flag).startsWith(name));
  if (longer !== undefined) return longer;
  const near = nearest(name, long.map(stem));
  return long.find((flag) => stem(flag) === near) ?? null;
}

/** A flag that is denied, and is off unless it is given. */
function unsaid(typed: string, flags: readonly string[]): string | null {
  const flag = `--${stem(typed).replace(/^no-/, "")}`;
  return isNo(stem(typed)) && flags.includes(flag)
    ? `leave it out: ${flag} only counts where it is given`
    : null;
}

function meant(flag: string | null): string | null {
  return flag === null ? null : mean(flag);
}

function mean(flag: string): string {
  return `did you mean ${flag}?`;
}

function find(habits: typeof SAME, name: string): string | null {
  return habits.find(([names]) => names.split(" ").includes(name))?.[1] ?? null;
}

function flagsIn(said: string): readonly string[] {
  return said.match(/--[a-z-]+/g) ?? [];
}

function isNo(name: string): boolean {
  return name.startsWith("no-");
}

function stem(flag: string): string {
  return flag.replace(/^-+/, "").toLowerCase();
}

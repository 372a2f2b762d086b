/**
 * What to do in the place of an option or a value that we do not have and other tools do. Loaded only for an error: a small load
 * reads nothing of it.
 */
import { flagsIn } from "../../errors/flags-in.ts";
import { refixed } from "../../errors/upsurge-error.ts";
import type { UpsurgeError } from "../../errors/upsurge-error.ts";
import { flagOf, OPTION_NAMES, optionSpec, spellingsOf } from "../../options/flag.ts";
import type { Command } from "../../options/option.ts";
import { valueAdvice } from "../../options/values-of-others.ts";
import { ADVICE, SAME, SHORT } from "./flags-of-others.ts";
import { isNegation, stem } from "../near-flag.ts";

/** The error with the fix for whoever comes from another tool; the error itself where nothing is known. */
export function advised(error: UpsurgeError, command: Command): UpsurgeError {
  const fix = fixOf(error, command);
  return fix === null ? error : refixed(error, fix);
}

function fixOf({ code, details }: UpsurgeError, command: Command): string | null {
  const { flag, value } = details;
  if (typeof flag !== "string") return null;
  if (code === "OPTION_VALUE") {
    const name = OPTION_NAMES.find((each) => flagOf(each) === flag);
    // The value stands between quotes.
    return name === undefined ? null : valueAdvice(name, String(value).slice(1, -1));
  }
  if (OPTION_NAMES.some((name) => spellingsOf(name).includes(flag))) return null;
  const names = OPTION_NAMES.filter((name) => optionSpec(name).commands.includes(command));
  return flagAdvice(flag, names.flatMap(spellingsOf));
}

/**
 * What to do in the place of `typed`, where only `flags` are known: the flag of ours that other tools call so, or what they do
 * another way. `null` for nothing.
 */
export function flagAdvice(typed: string, flags: readonly string[]): string | null {
  const known = (said: string | null): string | null =>
    said !== null && flagsIn(said).every((flag) => flags.includes(flag)) ? said : null;
  const short = find(SHORT, typed);
  if (short !== null) return known(short);
  const name = stem(typed).replaceAll(/[-_]/g, "");
  const same = known(find(SAME, name));
  return same === null
    ? (known(find(ADVICE, name)) ?? unsaid(typed, flags))
    : `did you mean ${same}?`;
}

/** A flag that is denied, and is off unless it is given. */
function unsaid(typed: string, flags: readonly string[]): string | null {
  const flag = `--${stem(typed).replace(/^no-/, "")}`;
  return isNegation(stem(typed)) && flags.includes(flag)
    ? `leave it out: ${flag} only counts where it is given`
    : null;
}

function find(habits: typeof SAME, name: string): string | null {
  return habits.find(([names]) => names.split(" ").includes(name))?.[1] ?? null;
}

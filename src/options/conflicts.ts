/** The error for options that do not go together, in words that all checks share. */
import { upsurgeError } from "../errors/upsurge-error.ts";
import { flagOf } from "./flag.ts";
import type { OptionName, Options } from "./options.ts";

/** In the place of a flag that is not there. */
export const WITHOUT_KEY = "a load without --key";

/** What names the mode of the load: a flag, or that there is none. */
export function modeText(options: Options): string {
  if (options.ignore) return "--ignore";
  if (options.mode !== null) return `--mode ${options.mode}`;
  return WITHOUT_KEY;
}

/** Throws OPTION_CONFLICT: the option does not go with `other`, for this reason. */
export function conflict(name: OptionName, other: string, reason: string): never {
  const flag = flagOf(name);
  // What is not there cannot be left out. Without a key, --any-constraint lacks --ignore.
  const missing = name === "anyConstraint" ? "--ignore" : "--key";
  const fix = other === WITHOUT_KEY ? `add ${missing}, or leave ${flag} out` : undefined;
  throw upsurgeError("OPTION_CONFLICT", { flag, other, reason }, { where: flag, fix });
}

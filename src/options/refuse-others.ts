/** Options that were given to a command that does not take them, where commands share a parser. */
import { upsurgeError } from "../errors/upsurge-error.ts";
import { flagOf, OPTION_NAMES, optionSpec } from "./flag.ts";
import type { Command } from "./option.ts";
import type { Options } from "./options.ts";
import { defaultOptions } from "./parse-options.ts";

/** Throws `OPTION_CONFLICT` for an option that is not as it is by default, and not one of `command`. */
export function refuseOthers(options: Options, command: Command, what: string): void {
  const defaults = defaultOptions();
  for (const name of OPTION_NAMES) {
    const { commands } = optionSpec(name);
    if (commands.some((each) => each === command)) continue;
    if (JSON.stringify(options[name]) === JSON.stringify(defaults[name])) continue;
    const flag = flagOf(name);
    const reason = "its tables and keys follow from the names of its files";
    const fix = `leave ${flag} out, or name one file with --table`;
    throw upsurgeError("OPTION_CONFLICT", { flag, other: what, reason }, { where: flag, fix });
  }
}

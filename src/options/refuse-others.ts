/** Options that were given to a command that does not take them, where commands share a parser. */
import { upsurgeError } from "../errors/upsurge-error.ts";
import { flagOf, OPTION_NAMES, optionSpec } from "./flag.ts";
import type { Command } from "./option.ts";
import type { Options } from "./options.ts";
import { defaultOptions } from "./parse-options.ts";

/** What is planned, and why an option of another command is none of it. */
export interface OtherOwner {
  readonly what: string;
  /** As a clause. */
  readonly reason: string;
  readonly instead: string;
}

/** Throws `OPTION_CONFLICT` for an option that is not as it is by default, and not one of `command`. */
export function refuseOthers(options: Options, command: Command, owner: OtherOwner): void {
  const defaults = defaultOptions();
  for (const name of OPTION_NAMES) {
    const { commands } = optionSpec(name);
    if (commands.some((each) => each === command)) continue;
    if (JSON.stringify(options[name]) === JSON.stringify(defaults[name])) continue;
    const flag = flagOf(name);
    const { what: other, reason, instead } = owner;
    const fix = `leave ${flag} out, or ${instead}`;
    throw upsurgeError("OPTION_CONFLICT", { flag, other, reason }, { where: flag, fix });
  }
}

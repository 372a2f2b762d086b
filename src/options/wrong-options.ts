/** The errors of options that do not go together, or whose text is wrong. */
import { upsurgeError } from "../errors/upsurge-error.ts";
import { flagOf, optionSpec } from "./flag.ts";
import type { OptionName, Options } from "./options.ts";
import { quoted } from "./parse-options.ts";

/** What `OPTION_CONFLICT` calls a load that has no key. */
export const WITHOUT_KEY = "a load without --key";

/** What names the mode of the load: a flag, or that there is none. */
export function modeText(options: Options): string {
  if (options.ignore) return "--ignore";
  if (options.mode !== null) return `--mode ${options.mode}`;
  return WITHOUT_KEY;
}

/** Throws `OPTION_CONFLICT`. */
export function conflict(name: OptionName, other: string, reason: string): never {
  const flag = flagOf(name);
  // What is not there cannot be left out. Without a key, --any-constraint lacks --ignore.
  const missing = name === "anyConstraint" ? "--ignore" : "--key";
  const fix = other === WITHOUT_KEY ? `add ${missing}, or leave ${flag} out` : undefined;
  throw upsurgeError("OPTION_CONFLICT", { flag, other, reason }, { where: flag, fix });
}

/** Throws `OPTION_VALUE`; `fixed`: the fix, where it is better than an example. */
export function wrong(name: OptionName, value: string, expected: string, fixed?: string): never {
  const flag = flagOf(name);
  const fix = fixed ?? `for example ${optionSpec(name).example}`;
  throw upsurgeError(
    "OPTION_VALUE",
    { flag, value: quoted(value), expected },
    { where: flag, fix },
  );
}

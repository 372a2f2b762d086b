/** How an option is spelt on the command line; the table only knows its name. */
import type { Command, OptionSpec } from "./option.ts";
import { OPTIONS } from "./options.ts";
import type { OptionName } from "./options.ts";

/** The names of all options, in the order of the table. */
export const OPTION_NAMES = Object.keys(OPTIONS) as readonly OptionName[];

/** One row of the table, without its literal types. */
export function optionSpec(name: OptionName): OptionSpec {
  return OPTIONS[name];
}

/** Its sentence in the help of a command. */
export function summaryOf(name: OptionName, command: Command): string {
  const { summary, summaryIn } = optionSpec(name);
  return summaryIn?.[command] ?? summary;
}

/** The long flag of an option: `--batch-rows`, or `--no-header` for a flag that is on. */
export function flagOf(name: OptionName): string {
  const { spelling, negated } = optionSpec(name);
  if (spelling !== undefined) return spelling;
  const kebab = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  return negated === true ? `--no-${kebab}` : `--${kebab}`;
}

/** What says no to a flag that is said either way; `null` for every other option. */
export function negationOf(name: OptionName): string | null {
  return optionSpec(name).either === true ? flagOf(name).replace(/^--/, "--no-") : null;
}

/** Every spelling of an option: long, its negation, aliases, short. */
export function spellingsOf(name: OptionName): readonly string[] {
  const { short, aliases = [] } = optionSpec(name);
  const negation = negationOf(name);
  return [
    flagOf(name),
    ...(negation === null ? [] : [negation]),
    ...aliases.map((alias) => `--${alias}`),
    ...(short === undefined ? [] : [`-${short}`]),
  ];
}

/** What stands for an option's value in help and docs; empty for a flag. */
export function valueNameOf(name: OptionName): string {
  const { kind, value, choices } = optionSpec(name);
  if (kind === "flag") return "";
  return value ?? choices?.join("|") ?? "VALUE";
}

/** Whether the value of an option is the path of a file. */
export function takesFile(name: OptionName): boolean {
  return /^(?:FILE|PATH)\b/.test(valueNameOf(name));
}

/** What each option is to a run that has a manifest. The names of a manifest are the long flags; there is no second list. */
import { flagOf, negationOf, OPTION_NAMES, optionSpec } from "./flag.ts";
import type { OptionGroup } from "./option.ts";
import type { OptionName } from "./options.ts";

/** Said of each load, of the run as a whole (`top`: at the top of a manifest), or of neither, with the reason as a clause. */
export type RunScope = "load" | "run" | "top" | { readonly refused: string };

/** Groups of which no option is for a run. */
const REFUSED: Readonly<Partial<Record<OptionGroup, string>>> = {
  table: "the tables of a run are there before it: their foreign keys decide the order",
};

/** What the option is to a run. */
export function runScopeOf(name: OptionName): RunScope {
  const { group, commands, wholeRun, notInRun } = optionSpec(name);
  const refused = notInRun ?? REFUSED[group];
  if (refused !== undefined) return { refused };
  const isOf = (command: string): boolean => commands.some((each) => each === command);
  if (isOf("run") && wholeRun === "top") return "top";
  if (isOf("run") && (wholeRun === true || group === "output")) return "run";
  if (isOf("load") && wholeRun === undefined) return "load";
  return { refused: `it is an option of ${commands.join(" and ")}` };
}

/** An option under a name of a manifest. */
export interface NamedOption {
  readonly option: OptionName;
  /** It is the flag that says no to the option. */
  readonly isNegation: boolean;
}

/** Every name that a manifest may have an option under: long flags, without their dashes. */
export const OPTION_BY_NAME: ReadonlyMap<string, NamedOption> = new Map(
  // Where options of several commands share a flag, the one that a run takes comes last, and stays.
  [...OPTION_NAMES.filter(isRefused), ...OPTION_NAMES.filter((name) => !isRefused(name))].flatMap(
    (option): [string, NamedOption][] => {
      const negation = negationOf(option);
      return [
        [manifestName(option), { option, isNegation: false }],
        ...(negation === null
          ? []
          : [[negation.slice(2), { option, isNegation: true }] as [string, NamedOption]]),
      ];
    },
  ),
);

function isRefused(option: OptionName): boolean {
  return typeof runScopeOf(option) === "object";
}

/** The name of an option in a manifest: `max-rejects`. */
export function manifestName(option: OptionName): string {
  return flagOf(option).slice(2);
}

/** The names that may be said of these. */
export function namesOfScope(...scopes: readonly ("load" | "run" | "top")[]): readonly string[] {
  return [...OPTION_BY_NAME].flatMap(([name, { option }]) =>
    scopes.some((scope) => runScopeOf(option) === scope) ? [name] : [],
  );
}

/** Whether a manifest gives the option as true or false. */
export function isFlag(option: OptionName): boolean {
  return optionSpec(option).kind === "flag";
}

/** Options for tests of what stands behind the command line: say what matters, the rest is as nothing was said. */
import { optionSpec, OPTION_NAMES } from "../../src/options/flag.ts";
import type { OPTIONS, OptionName, Options } from "../../src/options/options.ts";
import { parseOptions } from "../../src/options/parse-options.ts";

/** Options as values; those with a grammar may be given as they are typed. */
export type GivenOptions = {
  readonly [K in OptionName]?:
    | Options[K]
    | ((typeof OPTIONS)[K] extends { readonly grammar: unknown } | { readonly listGrammar: unknown }
        ? string | readonly string[]
        : never);
};

/** All options: those given, and for the others what they are when nothing is said. */
export function optionsOf(given: GivenOptions): Options {
  const typed = OPTION_NAMES.flatMap((name) => {
    const texts = [given[name]].flat().filter((each) => typeof each === "string");
    const { grammar, listGrammar } = optionSpec(name);
    return (grammar ?? listGrammar) === undefined || texts.length === 0 ? [] : [{ name, texts }];
  });
  const raw = Object.fromEntries(typed.map(({ name, texts }) => [name, texts]));
  const rest = Object.entries(given).filter(([name]) => !(name in raw));
  return { ...parseOptions(raw), ...Object.fromEntries(rest) };
}

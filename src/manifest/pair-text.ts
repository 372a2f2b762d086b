/** An entry of a mapping as the text that the command line takes for it. Pure. */
import { optionSpec } from "../options/flag.ts";
import type { OptionName } from "../options/options.ts";

/** The text, and whether it means something where nothing is written behind the colon. */
interface PairText {
  readonly text: string;
  readonly mayBeEmpty: boolean;
}

/** The text of a pair, which the option's grammar reads as this name and this value; `null`: it has none. */
export function pairText(option: OptionName, name: string, value: string): PairText | null {
  const { pairs = "", grammar } = optionSpec(option);
  for (const written of [name, `"${name.replaceAll('"', '""')}"`]) {
    const text = `${written}${pairs}${value}`;
    if (grammar === undefined) return { text, mayBeEmpty: false };
    const parsed = grammar.parse(text);
    if (typeof parsed !== "object" || parsed === null) continue;
    const parts: unknown[] = Object.values(parsed);
    // A name with the sign between the two in it would be cut at another place.
    if (parts.includes(name) || parts.includes(unquoted(name))) {
      return { text, mayBeEmpty: parts.includes(null) };
    }
  }
  return null;
}

/** A name may be in quotes of SQL, as on the command line. */
function unquoted(name: string): string {
  const [, double, bracketed] = /^(?:"((?:[^"]|"")+)"|\[((?:[^\]]|\]\])+)\])$/.exec(name) ?? [];
  return double?.replaceAll('""', '"') ?? bracketed?.replaceAll("]]", "]") ?? name;
}

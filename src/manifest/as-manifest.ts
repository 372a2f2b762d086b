/** Fixes that speak of flags, in the words of a manifest. Pure. */
import { optionSpec } from "../options/flag.ts";
import { isFlag, OPTION_BY_NAME, runScopeOf } from "../options/of-run.ts";
import type { OptionName } from "../options/options.ts";

/** A flag, and the word behind it, which may be its value. */
const FLAG =
  /(?<=^|[\s(`])--([a-z][a-z-]*)(?:([ =])('(?:[^']|'\\'')*'|"(?:[^"\\]|\\.)*"|[^\s;?`]*[^\s;?`,.]))?/gm;

/** A text in which the flags of a load, or all that a manifest may have, are its entries: `--key id` is `key: id`. */
export function asManifest(text: string, which: "of loads" | "all" = "of loads"): string {
  let out = "";
  let from = 0;
  for (const { 0: whole, 1: name = "", 2: between = "", 3: word = "", index } of text.matchAll(
    FLAG,
  )) {
    const option = OPTION_BY_NAME.get(name)?.option;
    if (option === undefined || !isMeant(option, which)) continue;
    const before = text.slice(from, index);
    // On a line of its own a flag is to be pasted.
    const isValueHere = /(?:^|\n)\s*$/.test(text.slice(0, index)) || isValue(word, option, before);
    const isGiven = !isFlag(option) && word !== "" && isValueHere;
    const entry = isFlag(option) ? `${name}: true` : name;
    out += before + (isGiven ? `${name}: ${yamlWord(word)}` : `${entry}${between}${word}`);
    from = index + whole.length;
  }
  return out + text.slice(from);
}

function isMeant(option: OptionName, which: "of loads" | "all"): boolean {
  const scope = runScopeOf(option);
  return scope === "load" || (typeof scope === "string" && which === "all");
}

/** Whether the word behind a flag is its value, and not the next one of the sentence. */
function isValue(word: string, option: OptionName, before: string): boolean {
  const { choices = [] } = optionSpec(option);
  if (/\b(?:pass|example|mean) $/.test(before) && word !== "with") return true;
  return choices.includes(word) || /^['"]|[^a-z,.-]|[a-z][,.][a-z]/.test(word);
}

/** A word of a shell as a value of YAML. */
function yamlWord(word: string): string {
  const text = unquoted(word);
  return /^(?:[./]+(?=\w))?\w[\w./%-]*$/.test(text) ? text : JSON.stringify(text);
}

function unquoted(word: string): string {
  if (word.startsWith("'")) return word.slice(1, -1).replaceAll(String.raw`'\''`, "'");
  return word.startsWith('"') ? word.slice(1, -1).replaceAll(/\\(["\\$`])/g, "$1") : word;
}

/** Fixes that speak of flags, in the words of a manifest. Pure. */
import { optionSpec } from "../options/flag.ts";
import { isFlag, OPTION_BY_NAME, runScopeOf } from "../options/of-run.ts";
import type { OptionName } from "../options/options.ts";

/** A flag, and the word behind it, which may be its value. */
const FLAG =
  /(?<=^|[\s(`])--([a-z][a-z0-9-]*)(?:([ =])(?!--)('(?:[^']|'\\'')*'|"(?:[^"\\]|\\.)*"|[^\s;?`]*[^\s;?`,.]))?/gm;

/** A text in which the flags of a load, or all that a manifest may have, are its entries: `--key id` is `key: id`. */
export function asManifest(text: string, which: "of loads" | "all" = "of loads"): string {
  let out = "";
  let from = 0;
  /** The entries that stand side by side, which end what is written so far. */
  let run: readonly Entry[] = [];
  for (const match of text.matchAll(FLAG)) {
    const entry = entryOf(match, text.slice(0, match.index), which);
    if (entry === null) continue;
    const before = text.slice(from, match.index);
    if (before !== " " || run.length === 0) {
      out += written(run) + before;
      run = [];
    }
    run = [...run, entry];
    from = match.index + match[0].length;
  }
  return out + written(run) + text.slice(from);
}

/** An entry of a manifest. */
interface Entry {
  readonly name: string;
  /** `null`: the sentence goes on behind the name. */
  readonly value: string | null;
  /** What follows it in the sentence. */
  readonly rest: string;
}

/** The entry that a flag is, given the text before it; `null` for a flag that stays one. */
function entryOf(
  { 1: name = "", 2: between = "", 3: word = "" }: RegExpExecArray,
  before: string,
  which: "of loads" | "all",
): Entry | null {
  const option = OPTION_BY_NAME.get(name)?.option;
  if (option === undefined || !isMeant(option, which)) return null;
  if (isFlag(option)) return { name, value: "true", rest: `${between}${word}` };
  // On a line of its own a flag is to be pasted.
  const isValueHere = /(?:^|\n)\s*$/.test(before) || isValue(word, option, before);
  return word !== "" && isValueHere
    ? { name, value: yamlWord(word), rest: "" }
    : { name, value: null, rest: `${between}${word}` };
}

/** Entries side by side, as they stand in a mapping: a name is there once. */
function written(run: readonly Entry[]): string {
  const names = [...new Set(run.map(({ name }) => name))];
  return names
    .map((name) => {
      const own = run.filter((each) => each.name === name);
      const values = own.flatMap(({ value }) => value ?? []);
      const [only = ""] = values;
      const rest = own.map((each) => each.rest).join("");
      if (values.length === 0) return `${name}${rest}`;
      return `${name}: ${values.length === 1 ? only : `[${values.join(", ")}]`}${rest}`;
    })
    .join(", ");
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

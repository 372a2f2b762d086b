/** From the entries of a manifest to the values of options, as the command line would have them: names, types, variables. */
import { UpsurgeError, upsurgeError } from "../errors/upsurge-error.ts";
import type { Environment } from "../model/environment.ts";
import { optionSpec } from "../options/flag.ts";
import { isFlag } from "../options/of-run.ts";
import type { NamedOption } from "../options/of-run.ts";
import type { OptionName } from "../options/options.ts";
import { checkOption } from "../options/parse-options.ts";
import { asManifest } from "./as-manifest.ts";
import { foundText, isNothing } from "./node.ts";
import type { ManifestNode, MapNode, NamedNode, TextNode } from "./node.ts";
import { pairText } from "./pair-text.ts";
import { treeText } from "./tree-text.ts";
import { expandVariables, holdsVariable } from "./variables.ts";

/** An option that a manifest gives. */
export interface ManifestOption {
  /** As they would be typed, one after another; `null`: off, whatever the defaults say. */
  readonly texts: readonly string[] | null;
  readonly place: string;
  /** The name that it is under. */
  readonly name: string;
}

/** The options of a load, or the defaults of all. */
export type ManifestOptions = ReadonlyMap<OptionName, ManifestOption>;

/** The option of one entry. Throws `MANIFEST_*` errors. */
export function readOption(
  entry: NamedNode,
  { option, isNegation }: NamedOption,
  environment: Environment,
): ManifestOption {
  const { name, place } = entry;
  const reader = new OptionReader(entry, option, environment);
  const texts = isFlag(option) ? reader.flag(isNegation) : reader.values();
  return { texts, place, name };
}

/** A text of a manifest with its variables replaced. Throws `MANIFEST_TYPE` for what is no text. */
export function readText(name: string, node: ManifestNode, environment: Environment): string {
  if (node.kind !== "text" || isNothing(node)) throw wrongType(name, node, "one text");
  return expandVariables(node.text, environment, node.place);
}

/** The error for a value of the wrong type. */
export function wrongType(
  name: string,
  node: ManifestNode,
  expected: string,
  suggestion?: string,
): UpsurgeError {
  const empty = "write a value behind the colon; an empty text is ''";
  const fix = suggestion ?? (isNothing(node) ? empty : `write ${expected}`);
  const details = { name, found: foundText(node), expected, suggestion: fix };
  return upsurgeError("MANIFEST_TYPE", details, { where: node.place });
}

/** What helps where a name has nothing behind it. */
const CUT = "write a value behind the colon; within { }, one that holds a comma is put in quotes";

/** Reads the value of one option. */
class OptionReader {
  readonly #entry: NamedNode;
  readonly #option: OptionName;
  readonly #environment: Environment;

  constructor(entry: NamedNode, option: OptionName, environment: Environment) {
    this.#entry = entry;
    this.#option = option;
    this.#environment = environment;
  }

  /** Given, or off; of a flag that is said either way, which of the two. */
  flag(isNegation: boolean): readonly string[] | null {
    const { name, value } = this.#entry;
    const isWritten = value.kind === "text" && (value.isPlain || holdsVariable(value.text));
    const text = isWritten && !isNothing(value) ? this.#expanded(value) : null;
    if (text !== "true" && text !== "false") {
      const meant = value.kind === "text" && /^(?:yes|on|1|true)$/i.test(value.text);
      const suggestion = `write ${name}: ${meant ? "true" : "false"}, or leave it out`;
      throw wrongType(name, value, "true or false, without quotes", suggestion);
    }
    const isGiven = text === "true";
    if (optionSpec(this.#option).either === true) {
      if (isNegation) return isGiven ? ["false"] : null;
      return [text];
    }
    return isGiven ? ["true"] : null;
  }

  /** The values, checked one by one. */
  values(): readonly string[] {
    const { value } = this.#entry;
    const { kind, tree } = optionSpec(this.#option);
    if (tree === true && value.kind === "map")
      return this.#checked([treeText(this.#entry.name, value)], value.place);
    const takesSeveral = kind === "many" || kind === "list";
    if (value.kind === "map") return this.#checked(this.#pairs(value), value.place);
    if (value.kind === "text") return this.#checked([this.#textOf(value)], value.place);
    if (!takesSeveral) throw this.#wrong(value, "one value");
    if (value.items.length === 0) throw this.#wrong(value, "at least one value");
    const texts = value.items.map((item) => ({ text: this.#textOf(item), place: item.place }));
    if (kind === "list")
      return this.#checked([texts.map(({ text }) => quotedName(text)).join(",")], value.place);
    return texts.flatMap(({ text, place }) => this.#checked([text], place));
  }

  #textOf(node: ManifestNode): string {
    if (node.kind !== "text") throw this.#wrong(node, "texts");
    if (isNothing(node)) throw this.#wrong(node, "a value");
    return this.#expanded(node);
  }

  #wrong(node: ManifestNode, expected: string): Error {
    const { pairs, example } = optionSpec(this.#option);
    const also = pairs === undefined || node.kind !== "map" ? "" : " or a mapping";
    const suggestion = isNothing(node) ? undefined : `for example ${asManifest(example, "all")}`;
    return wrongType(this.#entry.name, node, `${expected}${also}`, suggestion);
  }

  #expanded({ text, place }: TextNode): string {
    const { sql, removes } = optionSpec(this.#option);
    const { name } = this.#entry;
    if (!(sql === true || removes === true)) {
      return expandVariables(text, this.#environment, place);
    }
    if (!holdsVariable(text)) return text;
    if (sql === true) throw upsurgeError("MANIFEST_SQL", { name }, { where: place });
    const details = {
      what: `${name} takes no variable`,
      reason: "which rows a run may delete is said in the manifest, and by nothing around it",
      suggestion: "write the value itself",
    };
    throw upsurgeError("MANIFEST_VARIABLE", details, { where: place });
  }

  /** `map: { field: column }` is `--map field:column`. */
  #pairs({ entries, place }: MapNode): readonly string[] {
    const { name, value } = this.#entry;
    if (optionSpec(this.#option).pairs === undefined) throw this.#wrong(value, "no mapping");
    if (entries.length === 0)
      throw this.#wrong({ kind: "map", entries, place }, "at least one entry");
    return entries.map((entry) => {
      if (entry.name.includes("${")) {
        const what = `the name ${entry.name} holds a variable`;
        const suggestion = `write it as a list of texts: ${name}: [ … ]`;
        const details = { what, reason: "variables are for values", suggestion };
        throw upsurgeError("MANIFEST_VARIABLE", details, { where: entry.place });
      }
      if (entry.value.kind !== "text") throw wrongType(entry.name, entry.value, "one text");
      const text = pairText(this.#option, entry.name, this.#expanded(entry.value));
      if (text !== null && (!isNothing(entry.value) || text.mayBeEmpty)) return text.text;
      if (isNothing(entry.value)) throw wrongType(entry.name, entry.value, "one text", CUT);
      const expected = optionSpec(this.#option).grammar?.expected ?? "";
      throw this.#refused(`${entry.name}: ${entry.value.text}`, expected, entry.place);
    });
  }

  /** As the command line takes them. */
  #checked(texts: readonly string[], place: string): readonly string[] {
    try {
      checkOption(this.#option, texts);
      return texts;
    } catch (error) {
      if (!(error instanceof UpsurgeError) || error.code !== "OPTION_VALUE") throw error;
      const { value, expected } = error.details;
      const details = { name: this.#entry.name, value: value ?? "", expected: expected ?? "" };
      const suggestion = asManifest(error.fix, "all");
      throw upsurgeError("MANIFEST_VALUE", { ...details, suggestion }, { where: place });
    }
  }

  #refused(value: string, expected: string, place: string): Error {
    const { name } = this.#entry;
    const suggestion = `write it as a list of texts, for example ${asManifest(optionSpec(this.#option).example, "all")}`;
    return upsurgeError("MANIFEST_VALUE", { name, value, expected, suggestion }, { where: place });
  }
}

/** One name of a list as the command line has it: a comma in it is its own. */
function quotedName(text: string): string {
  if (!/[",]|^\s|\s$/.test(text)) return text;
  const minus = text.startsWith("-") ? "-" : "";
  return `${minus}"${text.slice(minus.length).replaceAll('"', '""')}"`;
}

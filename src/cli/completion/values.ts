/** What the value of an option is made of, and the candidates for the part of it that is being typed. Pure. */
import { optionSpec } from "../../options/flag.ts";
import type { OptionName } from "../../options/options.ts";

/** What can be looked up. */
export type Lookup = "tables" | "columns" | "constraints" | "jobs" | "fields" | "connections";

/** What a value may be. */
interface CompletedValue {
  readonly of?: Lookup;
  /** In place of names, or beside them. */
  readonly words?: readonly string[];
  /** A name with this behind it, and then something else. */
  readonly before?: string;
  /** What the something else is. */
  readonly behind?: Lookup;
}

const FORMS: Readonly<Partial<Record<OptionName, CompletedValue>>> = {
  to: { of: "connections" },
  table: { of: "tables" },
  only: { of: "tables" },
  key: { of: "columns", words: ["primary"] },
  updateColumns: { of: "columns", words: ["none"] },
  late: { of: "columns" },
  diffHide: { of: "columns" },
  constraint: { of: "constraints" },
  job: { of: "jobs" },
  forget: { of: "jobs" },
  keepEmpty: { of: "fields" },
  defaultOnEmpty: { of: "fields" },
  nullIn: { of: "fields", before: "=" },
  deleteWhen: { of: "fields", before: "=" },
  map: { of: "fields", before: ":", behind: "columns" },
  const: { of: "columns", before: "=" },
  type: { of: "columns", before: ":" },
  value: { of: "columns", before: "=" },
  lookup: { of: "columns", before: "=" },
  set: { of: "columns", before: "=" },
  stamp: { of: "columns", before: "=" },
  deleteSet: { of: "columns", before: "=" },
  commit: { words: ["end", "load"] },
  diff: { words: ["all"] },
  maxDelete: { words: ["100%"] },
  encoding: { words: ["utf-8", "utf-16le", "windows-1252", "iso-8859-1"] },
};

/** The part of a value that is being typed. */
export interface ValuePart {
  /** What stands before it, and stays. */
  readonly head: string;
  readonly lookup: Lookup | null;
  readonly words: readonly string[];
  /** What a name gets behind it. */
  readonly tail: string;
  /** Names that are there already. */
  readonly taken: readonly string[];
  /** Names are those of a list, where a comma in one takes quotes. */
  readonly isList: boolean;
}

/** What is being typed of the value of an option. */
export function partOf(option: OptionName, text: string): ValuePart {
  const { kind, choices } = optionSpec(option);
  const { of = null, words = choices ?? [], before = "", behind = null } = FORMS[option] ?? {};
  const part = { head: "", lookup: of, words, tail: before, taken: [], isList: kind === "list" };
  if (kind === "list") return { ...part, ...listPart(option, text) };
  const at = before === "" ? -1 : text.lastIndexOf(before);
  if (at < 0) return part;
  const head = text.slice(0, at + 1);
  return { ...part, head, lookup: behind, words: [], tail: "" };
}

/** Up to the last comma that is in no quotes; a minus leaves a column out. */
function listPart(option: OptionName, text: string): Pick<ValuePart, "head" | "taken"> {
  const [, whole = ""] = /^((?:[^",]*(?:"(?:[^"]|"")*")?[^",]*,)*)/.exec(text) ?? [];
  const minus = option === "updateColumns" && text.slice(whole.length).startsWith("-") ? "-" : "";
  const taken = whole.split(",").map((name) => name.replace(/^-/, "").replaceAll('"', ""));
  return { head: `${whole}${minus}`, taken };
}

/** A name as it stands in a list. */
export function nameInList(name: string): string {
  return /[",]|^\s|\s$/.test(name) ? `"${name.replaceAll('"', '""')}"` : name;
}

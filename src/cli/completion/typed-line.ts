/** What a line says up to the cursor: its command, its options so far, and what is being typed. Pure. */
import { optionSpec, OPTION_NAMES, spellingsOf } from "../../options/flag.ts";
import type { Command } from "../../options/option.ts";
import type { RawOptions } from "../../options/layers/layers.ts";
import type { OptionName } from "../../options/options.ts";
import { COMMANDS } from "../help.ts";

/** What is being typed. */
export type Typing =
  /** The first word: a command, or a file of `load`. */
  | { readonly kind: "first"; readonly text: string }
  | { readonly kind: "flag"; readonly text: string }
  /** `before`: what stands before the value in the same word. */
  | {
      readonly kind: "value";
      readonly option: OptionName;
      readonly text: string;
      readonly before: string;
    }
  | { readonly kind: "word"; readonly text: string };

/** A line. */
export interface TypedLine {
  readonly command: Command | "help";
  readonly sources: readonly string[];
  readonly raw: RawOptions;
  readonly typing: Typing;
}

/** Reads the words behind the name of the program; the last is the one at the cursor. */
export function readTyped(words: readonly string[]): TypedLine {
  const before = words.slice(0, -1);
  const current = words.at(-1) ?? "";
  const [first] = before;
  const named = [...COMMANDS.map(({ name }) => name), "help" as const].find(
    (name) => name === first,
  );
  const command = named ?? "load";
  const scan = new Scan(command);
  for (const word of named === undefined ? before : before.slice(1)) scan.word(word);
  const typing =
    before.length === 0 && !current.startsWith("-")
      ? ({ kind: "first", text: current } as const)
      : scan.typing(current);
  return { command, sources: scan.sources, raw: scan.raw, typing };
}

/** Goes over the words of a command. */
class Scan {
  readonly sources: string[] = [];
  readonly raw: Partial<Record<OptionName, string[]>> = {};
  readonly #command: TypedLine["command"];
  #pending: OptionName | null = null;
  #isPlain = false;

  constructor(command: TypedLine["command"]) {
    this.#command = command;
  }

  word(word: string): void {
    const pending = this.#pending;
    if (pending !== null) {
      this.#pending = null;
      this.#give(pending, word);
    } else if (this.#isPlain || word === "-" || !word.startsWith("-")) this.sources.push(word);
    else if (word === "--") this.#isPlain = true;
    else this.#flag(word);
  }

  typing(text: string): Typing {
    if (this.#pending !== null) return { kind: "value", option: this.#pending, text, before: "" };
    if (this.#isPlain || !text.startsWith("-")) return { kind: "word", text };
    const [, flag = "", value] = /^(--[^=]*)=([^]*)$/.exec(text) ?? [];
    const option = value === undefined ? null : this.#optionOf(flag);
    if (option !== null && value !== undefined && takesValue(option)) {
      return { kind: "value", option, text: value, before: `${flag}=` };
    }
    return { kind: "flag", text };
  }

  #flag(word: string): void {
    const [, flag = word, value] = /^(--[^=]*|-[^-])=?([^]+)?$/.exec(word) ?? [];
    const option = this.#optionOf(flag);
    if (option === null) return;
    if (!takesValue(option)) this.#give(option, "true");
    else if (value === undefined && !word.includes("=")) this.#pending = option;
    else this.#give(option, value ?? "");
  }

  #optionOf(flag: string): OptionName | null {
    return optionsOf(this.#command).find((name) => spellingsOf(name).includes(flag)) ?? null;
  }

  #give(option: OptionName, text: string): void {
    (this.raw[option] ??= []).push(text);
  }
}

/** The options of a command. */
export function optionsOf(command: TypedLine["command"]): readonly OptionName[] {
  return OPTION_NAMES.filter((name) => optionSpec(name).commands.some((each) => each === command));
}

function takesValue(name: OptionName): boolean {
  return optionSpec(name).kind !== "flag";
}

/** The candidates for what is being typed on a line: commands, flags, choices, and names that somebody looks up. */
import { optionSpec, spellingsOf, summaryOf, takesFile } from "../../options/flag.ts";
import type { OptionName } from "../../options/options.ts";
import { COMMANDS } from "../help.ts";
import { SHELLS } from "./shell-words.ts";
import { optionsOf } from "./typed-line.ts";
import type { TypedLine, Typing } from "./typed-line.ts";
import { nameInList, partOf } from "./values.ts";
import type { Lookup } from "./values.ts";

/** A word that may be meant, whole. */
export interface Candidate {
  readonly word: string;
  readonly about: string;
}

/** What may be meant. */
export interface Candidates {
  readonly words: readonly Candidate[];
  /** Files as well, which the shell knows. */
  readonly hasFiles: boolean;
}

/** Finds names; none where they cannot be found. */
export type FindNames = (
  lookup: Lookup,
) => Promise<readonly { readonly name: string; readonly about: string }[]>;

const NONE: Candidates = { words: [], hasFiles: false };
const FILES: Candidates = { words: [], hasFiles: true };

/** The candidates that begin as the word at the cursor does. */
export async function candidatesFor(line: TypedLine, find: FindNames): Promise<Candidates> {
  const { words, hasFiles } = await allFor(line, find);
  const { typing } = line;
  const text = typing.kind === "value" ? `${typing.before}${typing.text}` : typing.text;
  return { words: words.filter(({ word }) => word.startsWith(text)), hasFiles };
}

async function allFor(line: TypedLine, find: FindNames): Promise<Candidates> {
  const { command, typing, sources } = line;
  if (typing.kind === "first") return { words: [...COMMAND_WORDS, HELP], hasFiles: true };
  if (typing.kind === "flag") return { words: flags(line, typing.text), hasFiles: false };
  if (typing.kind === "value") return await values(typing, find);
  return plain(command, sources);
}

function plain(command: TypedLine["command"], sources: readonly string[]): Candidates {
  if (command === "jobs" || command === "finish") return NONE;
  if (command !== "help" && command !== "completion") return FILES;
  if (sources.length > 0) return NONE;
  return { ...NONE, words: command === "help" ? COMMAND_WORDS : SHELL_WORDS };
}

const COMMAND_WORDS = COMMANDS.map(({ name, brief }) => ({ word: name as string, about: brief }));
const HELP = { word: "help", about: "explain a command or a code" };
const SHELL_WORDS = SHELLS.map((word) => ({ word: word as string, about: `for ${word}` }));

/** Those of the command that are not there yet, or may be repeated; an alias only where nothing else is meant. */
function flags({ command, raw }: TypedLine, text: string): Candidate[] {
  const left = optionsOf(command).filter((name) => {
    const { kind } = optionSpec(name);
    return raw[name] === undefined || kind === "many" || kind === "list";
  });
  const shown = left.flatMap((name) => {
    const { aliases = [], short } = optionSpec(name);
    const rare = [...aliases.map((alias) => `--${alias}`), `-${short ?? ""}`];
    const spellings = spellingsOf(name);
    return spellings.map((word) => ({
      word,
      about: aboutOf(name, command),
      isRare: rare.includes(word),
    }));
  });
  const usual = shown.filter(({ isRare, word }) => !isRare && word.startsWith(text));
  const found = usual.length > 0 ? usual : shown;
  return [...found, { word: "--help", about: "Print this help." }];
}

function aboutOf(name: OptionName, command: TypedLine["command"]): string {
  return command === "help" ? optionSpec(name).summary : summaryOf(name, command);
}

async function values(
  { option, text, before }: Extract<Typing, { kind: "value" }>,
  find: FindNames,
): Promise<Candidates> {
  const { head, lookup, words, tail, taken, isList } = partOf(option, text);
  const names = lookup === null ? [] : await find(lookup);
  const others = words
    .filter(() => head === "")
    .map((word) => ({ name: word, about: "", tail: "" }));
  const found = names
    .filter(({ name }) => !taken.includes(name))
    .map(({ name, about }) => ({ name: isList ? nameInList(name) : name, about, tail }));
  const all = [...found, ...others].map((each) => ({
    word: `${before}${head}${each.name}${each.tail}`,
    about: each.about,
  }));
  return { words: all, hasFiles: takesFile(option) || option === "to" };
}

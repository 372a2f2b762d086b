/**
 * The command line as commander sees it, made from the option table. Commander only sorts words into flags and values:
 * what they mean is left to `options/`, and what is done about it to the commands.
 */
import { existsSync } from "node:fs";
import { Command as Commander, CommanderError, Option } from "commander";
import {
  flagOf,
  negationOf,
  OPTION_NAMES,
  optionSpec,
  spellingsOf,
  valueNameOf,
} from "../options/flag.ts";
import type { Command } from "../options/option.ts";
import type { OptionName } from "../options/options.ts";
import type { Call } from "./call.ts";
import { commandHelp, COMMANDS, rootHelp } from "./help.ts";
import { explainCode } from "./explain-code.ts";
import { misspeltCommand, missingValue, toUsageError, unknownCommand } from "./usage-error.ts";

/** What a command line comes to: something to do, or a text that was asked for. */
export type CommandLine =
  | { readonly kind: "call"; readonly call: Call }
  | { readonly kind: "text"; readonly text: string; readonly exit: number };

const ANSWERS: readonly string[] = [
  "commander.help",
  "commander.helpDisplayed",
  "commander.version",
];

/** Sorts `argv` (without node and script). Throws OPTION_* errors. */
export function parseCommandLine(
  argv: readonly string[],
  version: string,
  columns?: number,
): CommandLine {
  // Nothing was asked for, and nothing is done: a script with empty variables must not take it for a success.
  if (argv.length === 0) return { kind: "text", text: rootHelp(columns), exit: 2 };
  const [first, asked] = argv;
  if (first === "help" && asked !== undefined) {
    const text = helpOn(asked);
    if (text !== null) return { kind: "text", text, exit: 0 };
  }
  let text = "";
  const calls: Call[] = [];
  const context = { called: commandOf(argv), version, columns };
  const program = makeProgram(context, (call) => calls.push(call));
  for (const command of [program, ...program.commands]) {
    command.exitOverride().configureOutput({
      writeOut: (more) => (text += more),
      writeErr: () => {},
    });
  }
  try {
    program.parse(argv, { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // Commander takes the exit code of a help from the process, where a failure stays until we are done.
    if (!ANSWERS.includes(error.code)) throw toUsageError(error, commandOf(argv), argv);
  }
  const call = calls[0];
  if (call === undefined)
    return { kind: "text", text: text === "" ? rootHelp(columns) : text, exit: 0 };
  refuseMisspelt(call, first);
  return { kind: "call", call };
}

/** The explanation of a code; `null` for a command, which commander explains. Throws `COMMAND_UNKNOWN`. */
function helpOn(word: string): string | null {
  if (word === "help" || ["-h", "--help"].includes(word)) return null;
  if (COMMANDS.some(({ name }) => name === word)) return null;
  const text = explainCode(word.toUpperCase());
  if (text === null) throw unknownCommand(word);
  return text;
}

/** A first word that is no command is a source of `load`: unless there is no such file, and a command is near. */
function refuseMisspelt({ command, sources }: Call, first: string | undefined): void {
  const [word] = sources;
  if (command !== "load" || word === undefined || word !== first || existsSync(word)) return;
  const error = misspeltCommand(word);
  if (error !== null) throw error;
}

/** The command that `argv` calls: its first word, or `load`. */
export function commandOf(argv: readonly string[]): Command {
  const named = COMMANDS.find(({ name }) => name === argv[0]);
  return named?.name ?? "load";
}

interface ProgramContext {
  /** The command that is given its options: making those of all takes longer than a small load. */
  readonly called: Command;
  readonly version: string;
  /** Of the terminal. */
  readonly columns: number | undefined;
}

function makeProgram(
  { called, version, columns }: ProgramContext,
  onCall: (call: Call) => void,
): Commander {
  const program = new Commander("upsurge")
    .version(`upsurge ${version}`, "-V, --version", "Print the version.")
    .helpOption("-h, --help", "Print this help.")
    .helpCommand("help [command]", "Print the help of a command.")
    .configureHelp({ formatHelp: () => rootHelp(columns) })
    // A word before the first flag is a command or a source; one after a flag is never a command.
    .enablePositionalOptions();
  for (const text of COMMANDS) {
    const { name, argument, summary } = text;
    const command = program
      .command(name, { isDefault: name === "load" })
      .summary(summary)
      .description(summary)
      .helpOption("-h, --help", "Print this help.")
      .configureHelp({ formatHelp: () => commandHelp(text, columns) });
    if (argument !== "") command.argument(argument);
    if (name === called) addOptions(command, name, onCall);
  }
  return program;
}

function addOptions(command: Commander, name: Command, onCall: (call: Call) => void): void {
  const raw: Partial<Record<OptionName, string[]>> = {};
  for (const option of OPTION_NAMES) {
    if (!optionSpec(option).commands.includes(name)) continue;
    for (const each of commanderOptions(option)) {
      command.addOption(each);
      // One way for every kind of option; commander would treat flags, negations and values differently.
      command.on(`option:${each.name()}`, (value: unknown) => {
        if (typeof value === "string" && isFlag(value, name))
          throw missingValue(flagOf(option), value);
        const said = each.long === negationOf(option) ? "false" : "true";
        (raw[option] ??= []).push(typeof value === "string" ? value : said);
      });
    }
  }
  command.action((sources: unknown) => {
    // A command without arguments is given its options in their place.
    const named = typeof sources === "string" ? [sources] : sources;
    const list = Array.isArray(named) ? named.map(String) : [];
    onCall({ command: name, sources: list, raw });
  });
}

/** An option, its negation and its aliases. */
function commanderOptions(name: OptionName): Option[] {
  const { short, aliases = [] } = optionSpec(name);
  const value = valueNameOf(name);
  const suffix = value === "" ? "" : ` <${value}>`;
  const main = new Option(`${short === undefined ? "" : `-${short}, `}${flagOf(name)}${suffix}`);
  const negation = negationOf(name);
  return [
    main,
    ...(negation === null ? [] : [new Option(negation)]),
    ...aliases.map((alias) => new Option(`--${alias}${suffix}`)),
  ];
}

/** True when `text` is a flag of `command`: then it is no value that someone meant to pass. */
function isFlag(text: string, command: Command): boolean {
  const flag = text.split("=", 1)[0] ?? "";
  return (
    flag.startsWith("--") &&
    OPTION_NAMES.some(
      (name) => optionSpec(name).commands.includes(command) && spellingsOf(name).includes(flag),
    )
  );
}

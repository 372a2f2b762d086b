/** Commander's complaints as errors of ours. Its code decides; its message is only asked which word is meant. */
import type { CommanderError } from "commander";
import { upsurgeError } from "../errors/upsurge-error.ts";
import type { UpsurgeError } from "../errors/upsurge-error.ts";
import { ERROR_CODES } from "../errors/codes.ts";
import { ROW_CODES } from "../errors/row-codes.ts";
import { nearest } from "../errors/edit-distance.ts";
import { flagsIn } from "../errors/flags-in.ts";
import { flagOf, OPTION_NAMES, optionSpec, spellingsOf } from "../options/flag.ts";
import type { Command } from "../options/option.ts";
import type { OptionName } from "../options/options.ts";
import { COMMANDS } from "./help.ts";
import { nearestFlag } from "./near-flag.ts";

/** The error for the words of a command line that commander could not sort. */
export function toUsageError(
  error: CommanderError,
  command: Command,
  words: readonly string[],
): UpsurgeError {
  const word = /'([^']*)'/.exec(error.message)?.[1] ?? "";
  switch (error.code) {
    case "commander.unknownOption":
      return unknownOption(word, command, words);
    case "commander.optionMissingArgument":
      return missingValue(flagsIn(word)[0] ?? word);
    case "commander.excessArguments":
      if (command === "jobs" || command === "finish") {
        const reason = "jobs are looked up in the database only";
        return upsurgeError(
          "OPTION_CONFLICT",
          { flag: "a source", other: command, reason },
          { fix: "leave it out; a job is named with --job NAME" },
        );
      }
      return upsurgeError(
        "OPTION_CONFLICT",
        { flag: "a second source", other: command, reason: `${command} looks at one file` },
        { fix: "name one file; quote a name that holds spaces" },
      );
    default:
      return upsurgeError("OPTION_UNKNOWN", {
        flag: word === "" ? error.message : word,
        suggestion: seeHelp(command),
      });
  }
}

function seeHelp(command: Command): string {
  return `\`upsurge help ${command}\` shows every option`;
}

function unknownOption(word: string, command: Command, words: readonly string[]): UpsurgeError {
  const [flag = word, value] = word.split("=", 2);
  const owner = findOption(flag, command);
  if (owner !== null && isForeign(flag, command)) {
    const suggestion = withoutForeign(flag, command, words);
    const why = `${flag} is an option of ${ownersOf(flag).join(" and ")}, not of ${command}`;
    return upsurgeError("OPTION_UNKNOWN", { flag, suggestion }, { why });
  }
  if (owner !== null && value !== undefined) {
    const expected = `no value: ${flag} without a value means yes, and no ${flag} means no`;
    const details = { flag, value: `'${value}'`, expected };
    return upsurgeError("OPTION_VALUE", details, { where: flag, fix: fixOfSwitch(owner, value) });
  }
  const flags = OPTION_NAMES.filter((name) => optionSpec(name).commands.includes(command));
  const near = nearestFlag(flag, [...flags.flatMap(spellingsOf), "--help", VERSION]);
  return upsurgeError("OPTION_UNKNOWN", { flag, suggestion: meant(near, command) });
}

/** The commands that have an option of that spelling. */
function ownersOf(flag: string): readonly Command[] {
  return [...new Set(optionsSpelled(flag).flatMap((name) => optionSpec(name).commands))];
}

/** Whether other commands have the option, and this one does not. */
function isForeign(flag: string, command: Command): boolean {
  const owners = ownersOf(flag);
  return owners.length > 0 && !owners.includes(command);
}

/** What to do with `flag`, and with all others among the words that are of other commands: not one after the other. */
function withoutForeign(flag: string, command: Command, words: readonly string[]): string {
  const given = words.map((word) => word.split("=", 1)[0] ?? "");
  const flags = [...new Set([flag, ...given.filter((each) => isForeign(each, command))])];
  const common = ownersOf(flag).filter((each) =>
    flags.every((one) => ownersOf(one).includes(each)),
  );
  const others = common.map((each) => `\`upsurge ${each}\``).join(" or ");
  const pass = others === "" ? "" : `, or pass ${flags.length === 1 ? "it" : "them"} to ${others}`;
  return `leave ${flags.join(", ")} out${pass}`;
}

/** No command has it. */
const VERSION = "--version";

function meant(near: string | null, command: Command): string {
  if (near === null) return seeHelp(command);
  return near === VERSION
    ? "`upsurge --version`, by itself, prints the version"
    : `did you mean ${near}?`;
}

function fixOfSwitch(name: OptionName, value: string): string {
  const isNo = /^(?:false|no|off|0)$/i.test(value);
  return isNo ? `leave ${flagOf(name)} out` : `pass ${flagOf(name)} by itself`;
}

/** The error for a word that is no command and no code. */
export function unknownCommand(word: string): UpsurgeError {
  const commands = COMMANDS.map(({ name }) => name);
  const codes = [...Object.keys(ERROR_CODES), ...Object.keys(ROW_CODES)];
  const near = isLoadElsewhere(word) ? "load" : (nearest(word, commands) ?? nearest(word, codes));
  const suggestion =
    near === null ? "`upsurge --help` shows them with an example" : `did you mean ${near}?`;
  return upsurgeError("COMMAND_UNKNOWN", {
    word,
    commands: commands.join(", "),
    suggestion: helpOnOption(word) ?? suggestion,
  });
}

/** Where an option is explained; `null` for a word that is none. */
function helpOnOption(word: string): string | null {
  const flag = word.startsWith("-") ? word : `--${word}`;
  const name = findOption(flag, "load");
  if (name === null) return null;
  const { commands } = optionSpec(name);
  const command = commands.find((each) => each === "load") ?? commands[0] ?? "load";
  return `${flag} is an option: \`upsurge help ${command}\` explains it`;
}

/** The error for a first word that is no file and looks like a command; `null` for any other. */
export function misspeltCommand(word: string): UpsurgeError | null {
  const near = commandNear(word);
  if (near === null || near === word || !/^[a-z]+$/i.test(word)) return null;
  return upsurgeError("COMMAND_UNKNOWN", {
    word,
    commands: COMMANDS.map(({ name }) => name).join(", "),
    suggestion: `did you mean upsurge ${near}? There is no file ${word} to read as a source`,
  });
}

/** What other tools call a load. */
const LOADS = ["import", "insert", "copy", "upsert", "put", "ingest", "seed", "bulk", "merge"];

/** Whether other tools call a load so; however it is written. */
function isLoadElsewhere(word: string): boolean {
  return LOADS.includes(word.toLowerCase());
}

/** What to write in the place of a first word that may be meant for a command; `null` for none. */
function commandNear(word: string): string | null {
  if (word === "version") return VERSION;
  if (isLoadElsewhere(word)) return "load";
  return nearest(word, [...COMMANDS.map(({ name }) => name), "help"]);
}

/** The error for a flag whose value is missing; `next` is the flag that is in its place. */
export function missingValue(flag: string, next: string | null = null): UpsurgeError {
  const name = findOption(flag);
  const example = name === null ? seeHelp("load") : `for example ${optionSpec(name).example}`;
  const reason = next === null ? "nothing follows it" : `its value is missing before ${next}`;
  return upsurgeError(
    "OPTION_MISSING",
    { flag: `the value of ${flag}`, reason },
    { fix: example, where: flag },
  );
}

/** Commands may have options of one spelling: that of `command` where it has one. */
function findOption(flag: string, command: Command | null = null): OptionName | null {
  const named = optionsSpelled(flag);
  const own = named.find((name) => optionSpec(name).commands.some((each) => each === command));
  return own ?? named[0] ?? null;
}

function optionsSpelled(flag: string): readonly OptionName[] {
  return OPTION_NAMES.filter((name) => spellingsOf(name).includes(flag));
}

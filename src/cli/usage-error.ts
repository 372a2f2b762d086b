/** Commander's complaints as errors of ours. Its code decides; its message is only asked which word is meant. */
import type { CommanderError } from "commander";
import { upsurgeError } from "../errors/upsurge-error.ts";
import type { UpsurgeError } from "../errors/upsurge-error.ts";
import { OPTION_NAMES, optionSpec, spellingsOf } from "../options/flag.ts";
import type { Command } from "../options/option.ts";
import type { OptionName } from "../options/options.ts";
import { nearestFlag } from "./near-flag.ts";

/** The error for a command line that commander could not sort. */
export function toUsageError(error: CommanderError, command: Command): UpsurgeError {
  const word = /'([^']*)'/.exec(error.message)?.[1] ?? "";
  switch (error.code) {
    case "commander.unknownOption":
      return unknownOption(word.split("=", 1)[0] ?? word, command);
    case "commander.optionMissingArgument":
      return missingValue(/--[a-z-]+/.exec(word)?.[0] ?? word);
    case "commander.excessArguments":
      if (command === "jobs") {
        const reason = "jobs are looked up in the database alone";
        return upsurgeError("OPTION_CONFLICT", { flag: "a source", other: command, reason });
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

function unknownOption(flag: string, command: Command): UpsurgeError {
  const owner = findOption(flag);
  if (owner !== null && !optionSpec(owner).commands.includes(command)) {
    const commands = optionSpec(owner).commands.join(" and ");
    return upsurgeError(
      "OPTION_UNKNOWN",
      { flag, suggestion: `leave ${flag} out` },
      { why: `${flag} is an option of ${commands}, not of ${command}` },
    );
  }
  const flags = OPTION_NAMES.filter((name) => optionSpec(name).commands.includes(command));
  const near = nearestFlag(flag, flags.flatMap(spellingsOf));
  const suggestion = near === null ? seeHelp(command) : `did you mean ${near}?`;
  return upsurgeError("OPTION_UNKNOWN", { flag, suggestion });
}

/** The error for a flag whose value is missing; `next` is the flag that stands in its place. */
export function missingValue(flag: string, next: string | null = null): UpsurgeError {
  const name = findOption(flag);
  const example = name === null ? seeHelp("load") : `for example ${optionSpec(name).example}`;
  const reason = next === null ? "nothing follows it" : `${next} stands where its value should be`;
  return upsurgeError(
    "OPTION_MISSING",
    { flag: `the value of ${flag}`, reason },
    { fix: example, where: flag },
  );
}

function findOption(flag: string): OptionName | null {
  return OPTION_NAMES.find((name) => spellingsOf(name).includes(flag)) ?? null;
}

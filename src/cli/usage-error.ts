/** Commander's complaints as errors of ours. Its code decides; its message is only asked which word is meant. */
import type { CommanderError } from "commander";
import { upsurgeError } from "../errors/upsurge-error.ts";
import type { UpsurgeError } from "../errors/upsurge-error.ts";
import { OPTION_NAMES, optionSpec, spellingsOf } from "../options/flag.ts";
import type { Command } from "../options/option.ts";
import type { OptionName } from "../options/options.ts";
import { nearest } from "../plan/names.ts";

/** The error for a command line that commander could not sort. */
export function toUsageError(error: CommanderError, command: Command): UpsurgeError {
  const word = /'([^']*)'/.exec(error.message)?.[1] ?? "";
  switch (error.code) {
    case "commander.unknownOption":
      return unknownOption(word.split("=", 1)[0] ?? word, command);
    case "commander.optionMissingArgument":
      return missingValue(/--[a-z-]+/.exec(word)?.[0] ?? word);
    case "commander.excessArguments":
      return upsurgeError(
        "OPTION_CONFLICT",
        { flag: "a second source", other: command, reason: `${command} looks at one file` },
        { fix: "name one file; quote a name that holds spaces" },
      );
    default:
      return upsurgeError("OPTION_UNKNOWN", {
        flag: word === "" ? error.message : word,
        suggestion: SEE_HELP,
      });
  }
}

const SEE_HELP = "`upsurge help load` shows every option";

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
  const near = nearestFlag(flag, command);
  const suggestion = near === null ? SEE_HELP : `did you mean ${near}?`;
  return upsurgeError("OPTION_UNKNOWN", { flag, suggestion });
}

/** The error for a flag whose value is missing; `next` is the flag that stands in its place. */
export function missingValue(flag: string, next: string | null = null): UpsurgeError {
  const name = findOption(flag);
  const example = name === null ? SEE_HELP : `for example ${optionSpec(name).example}`;
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

/** The flag that was meant; one that goes on where the typed one ends comes first: `--batch` is `--batch-rows`. */
function nearestFlag(flag: string, command: Command): string | null {
  const flags = OPTION_NAMES.filter((name) => optionSpec(name).commands.includes(command))
    .flatMap(spellingsOf)
    .filter((spelling) => spelling.startsWith("--"));
  const longer = flag.length > 4 ? flags.find((spelling) => spelling.startsWith(flag)) : undefined;
  if (longer !== undefined) return longer;
  const near = nearest(flag, flags);
  // Any three letters are near some flag; only the first one right makes a slip of the finger likely.
  return near === null || (near[2] !== flag[2] && flag.length < 8) ? null : near;
}

/**
 * The options of the library: the flags' names in camel case, with values as a caller would write them. The option table
 * makes the types and reads the values, so that the library and the command line mean the same.
 */
import { nearest } from "../errors/edit-distance.ts";
import { upsurgeError } from "../errors/upsurge-error.ts";
import type { Environment } from "../model/environment.ts";
import { checkOptions } from "../options/check/check-options.ts";
import { OPTION_NAMES, optionSpec } from "../options/flag.ts";
import { readyForNest } from "../options/nest/nest-grammar.ts";
import type { Command, OptionSpec } from "../options/option.ts";
import type { OPTIONS, OptionName, Options } from "../options/options.ts";
import { parseOptions } from "../options/parse-options.ts";
import { settleShard } from "../options/shard-rule.ts";

/** What a value may be given as. */
type GivenValue<S extends OptionSpec> = S["kind"] extends "flag"
  ? boolean
  : S["kind"] extends "list" | "many"
    ? string | readonly string[]
    : S["kind"] extends "choice"
      ? S["choices"] extends readonly (infer C)[]
        ? C
        : never
      : S["kind"] extends "text"
        ? S["grammar"] extends object
          ? string | number
          : string
        : string | number;

/** The options of a command, but for those that say what a terminal shows. */
type NameOf<C extends Command> = {
  [K in OptionName]: (typeof OPTIONS)[K]["group"] extends "output"
    ? never
    : C extends (typeof OPTIONS)[K]["commands"][number]
      ? K
      : never;
}[OptionName];

/** Options of one command, each as on the command line: sizes in bytes or `"64MiB"`, times in milliseconds or `"30s"`. */
export type GivenOptions<C extends Command> = {
  readonly [K in NameOf<C>]?: GivenValue<(typeof OPTIONS)[K]> | null | undefined;
};

/** Where a load or a plan writes to: a table, or with `create` one that has the name of its file. */
export type Destination = { readonly to: string } & (
  | { readonly table: string }
  | { readonly create: true; readonly table?: string }
);

/** What options are read for. */
export interface OptionsContext {
  readonly environment: Environment;
  /** As the caller named them; rows and streams are `-`. */
  readonly sources: readonly string[];
}

/** Names of what is passed besides options. */
const HOOKS = ["signal", "onProgress", "onReject", "log", "environment"];

/** All options of `command`, checked. Throws `OPTION_*` errors; a name that is none of them gets a suggestion. */
export async function optionsFrom(
  command: Command,
  given: object,
  { environment, sources }: OptionsContext,
): Promise<Options> {
  const known = OPTION_NAMES.filter((name) => isOf(command, optionSpec(name)));
  const raw: Record<string, readonly string[]> = {};
  for (const [name, value] of Object.entries(given)) {
    if (HOOKS.includes(name) || value === null || value === undefined) continue;
    const option = known.find((each) => each === name);
    if (option === undefined) throw unknownName(name, known);
    const texts = textsOf(option, value);
    if (texts !== null) raw[option] = texts;
  }
  await readyForNest(raw["nest"] ?? []);
  const { UPSURGE_NO_RAW_SQL: pinned } = environment;
  const read = parseOptions(raw, pinned === undefined ? {} : { UPSURGE_NO_RAW_SQL: pinned });
  const options = settleShard(read, environment);
  checkOptions(options, command, sources);
  return options;
}

function isOf(command: Command, { commands, group }: OptionSpec): boolean {
  return group !== "output" && commands.includes(command);
}

function unknownName(name: string, known: readonly OptionName[]): Error {
  const near = nearest(name, [...known, ...HOOKS]);
  const suggestion =
    near === null ? "see the options in docs/reference/options.md" : `did you mean ${near}?`;
  return upsurgeError("OPTION_UNKNOWN", { flag: name, suggestion }, { where: name });
}

/** A value as it would be typed; `null` for a flag that is as it is when nothing is said. */
function textsOf(name: OptionName, value: unknown): readonly string[] | null {
  const { kind, negated, either } = optionSpec(name);
  if (kind === "flag") {
    if (typeof value !== "boolean") throw wrongType(name, "true or false");
    if (either === true) return [String(value)];
    return value === (negated !== true) ? ["true"] : null;
  }
  if (kind === "list" || kind === "many") {
    if (typeof value === "string") return [value];
    if (!Array.isArray(value) || !value.every((each) => typeof each === "string")) {
      throw wrongType(name, "a string or an array of strings");
    }
    return kind === "many" ? value : [value.map(quotedName).join(",")];
  }
  if (typeof value === "number") return [kind === "duration" ? `${value}ms` : String(value)];
  if (typeof value === "string") return [value];
  throw wrongType(name, kind === "choice" || kind === "text" ? "a string" : "a string or a number");
}

/** A name of an array as it is written in a list: one that holds a comma, a quote or outer blanks is quoted. */
function quotedName(name: string): string {
  const [, minus = "", rest = ""] = /^(-?)([^]*)$/.exec(name) ?? [];
  return /[",]|^\s|\s$/.test(rest) ? `${minus}"${rest.replaceAll('"', '""')}"` : name;
}

function wrongType(name: string, expected: string): Error {
  return upsurgeError(
    "OPTION_VALUE",
    { flag: name, value: "what was given", expected },
    { where: name, fix: `pass ${expected}` },
  );
}

/**
 * From raw flags and environment to typed `Options`, row by row of the table.
 * Looks at one option at a time; what does not go together is left to `check-options.ts`.
 */
import type { Environment } from "../model/environment.ts";
import { nearest } from "../errors/edit-distance.ts";
import { upsurgeError } from "../errors/upsurge-error.ts";
import { flagOf, negationOf, OPTION_NAMES, optionSpec, valueNameOf } from "./flag.ts";
import type { OptionSpec } from "./option.ts";
import type { OptionName, Options } from "./options.ts";
import { parseCount, parseDuration, parseList, parseSize, parseSwitch } from "./parse-value.ts";

/** The values of each flag in the order they were typed; a flag without a value holds `true`, its negation `false`. */
export type RawOptions = Readonly<Partial<Record<OptionName, readonly string[]>>>;

interface GivenOption {
  readonly name: OptionName;
  readonly text: string;
  /** Where the value came from, for the error. */
  readonly where: string;
}

/** Reads raw values under the table; what was not given comes from the environment, else from the default. */
export function parseOptions(raw: RawOptions, environment: Environment = {}): Options {
  const parsed = OPTION_NAMES.map((name) => [name, parseOne(name, raw[name], environment)]);
  // The table that drives the parsing also makes the type, so the two agree by construction.
  return Object.fromEntries(parsed) as Options;
}

/** The options of a load with nothing said; spread it: `{ ...defaultOptions(), key: ["id"] }`. */
export function defaultOptions(): Options {
  return parseOptions({});
}

/** Checks the values of one option. Throws `OPTION_VALUE`. */
export function checkOption(name: OptionName, typed: readonly string[]): void {
  parseOne(name, typed, {});
}

function parseOne(
  name: OptionName,
  typed: readonly string[] | undefined,
  environment: Environment,
): unknown {
  const spec = optionSpec(name);
  if (spec.either === true) return parseEither(name, typed);
  if (spec.kind === "flag") {
    const given = typed !== undefined || isSwitchedOn(name, environment);
    return given !== (spec.negated === true);
  }
  const given = givenValues(name, typed, environment);
  if (spec.kind === "list" || spec.kind === "many") {
    if (given.length === 0) return null;
    if (spec.kind === "list") return parseNames(spec, given);
    return given.map((one) => parseText(spec, one));
  }
  const last = given.at(-1);
  return last === undefined ? null : parseScalar(spec, last);
}

/** A flag and its negation, of which the last would win in silence. */
function parseEither(name: OptionName, typed: readonly string[] | undefined): boolean | null {
  if (typed === undefined) return null;
  if (new Set(typed).size > 1) {
    const other = negationOf(name) ?? "";
    const reason = "one is the opposite of the other";
    throw upsurgeError("OPTION_CONFLICT", { flag: flagOf(name), other, reason });
  }
  return typed.at(-1) === "true";
}

function parseNames({ listGrammar }: OptionSpec, given: readonly GivenOption[]): unknown {
  const names = given.flatMap((one) => parsed(one, parseList));
  const [first] = given;
  if (listGrammar === undefined || first === undefined) return names;
  const value = listGrammar.parse(names);
  if (value !== null) return value;
  throw refused({ ...first, text: names.join(",") }, listGrammar.expected(names));
}

/** A switch that someone pinned must not be passed over because of its spelling: what means nothing is an error. */
function isSwitchedOn(name: OptionName, environment: Environment): boolean {
  const [given] = fromEnvironment(name, environment);
  return given !== undefined && parsed(given, parseSwitch);
}

function fromEnvironment(name: OptionName, environment: Environment): readonly GivenOption[] {
  for (const variable of optionSpec(name).env ?? []) {
    const text = environment[variable];
    if (text !== undefined && text !== "") {
      return [{ name, text, where: `${flagOf(name)}, from $${variable}` }];
    }
  }
  return [];
}

function givenValues(
  name: OptionName,
  typed: readonly string[] | undefined,
  environment: Environment,
): readonly GivenOption[] {
  const spec = optionSpec(name);
  const flag = flagOf(name);
  if (typed !== undefined) return typed.map((text) => ({ name, text, where: flag }));
  const set = fromEnvironment(name, environment);
  if (set.length > 0) return set;
  return spec.default === undefined ? [] : [{ name, text: spec.default, where: flag }];
}

function parseScalar(spec: OptionSpec, given: GivenOption): unknown {
  switch (spec.kind) {
    case "count":
      return parsed(given, (text) => within(parseCount(text), spec));
    case "size":
      return parsed(given, parseSize);
    case "duration":
      return parsed(given, parseDuration);
    case "choice":
      return parsed(given, (text) => (spec.choices?.includes(text) === true ? text : null));
    case "flag":
    case "list":
    case "many":
    case "text":
      break;
  }
  return parseText(spec, given);
}

function parseText({ grammar, value }: OptionSpec, given: GivenOption): unknown {
  if (grammar !== undefined) return parsed(given, grammar.parse);
  return value === "CHAR" && given.text === "\\t" ? "\t" : given.text;
}

function within(count: number | null, { least = 0, most = Infinity }: OptionSpec): number | null {
  return count === null || count < least || count > most ? null : count;
}

function parsed<T>(given: GivenOption, parse: (text: string) => T | null): T {
  const value = parse(given.text);
  if (value !== null) return value;
  throw refused(given, expectedOf(given.name));
}

function refused({ name, text, where }: GivenOption, expected: string): Error {
  return upsurgeError(
    "OPTION_VALUE",
    { flag: flagOf(name), value: quoted(text), expected },
    { where, fix: fixOf({ name, text, where }) },
  );
}

/** A choice that is near; an example says what another choice means, and is no help for a slip. */
function fixOf({ name, text }: GivenOption): string {
  const { choices, example } = optionSpec(name);
  if (choices === undefined) return `for example ${example}`;
  const near =
    nearest(text, choices) ?? choices.find((choice) => choice.startsWith(text.toLowerCase()));
  return near === undefined || text === ""
    ? "pass one of those"
    : `did you mean ${flagOf(name)} ${near}?`;
}

/** A value as shown in an error: an empty one would not be seen. */
export function quoted(text: string): string {
  return `'${text.length > 80 ? `${text.slice(0, 80)}…` : text}'`;
}

function rangeOf({ least, most }: OptionSpec): string {
  if (most !== undefined) return ` from ${least ?? 0} to ${most}`;
  return least === undefined ? "" : ` of at least ${least}`;
}

/** What an option takes, in words that follow "it takes". */
function expectedOf(name: OptionName): string {
  const spec = optionSpec(name);
  switch (spec.kind) {
    case "count":
      return `a whole number${rangeOf(spec)}`;
    case "size":
      return "a size such as 64MiB, 10MB or 4096";
    case "duration":
      return "a time such as 30s, 5m, 250ms or 0";
    case "choice":
      return `one of ${(spec.choices ?? []).join(", ")}`;
    case "list":
      return 'names separated by commas, a name that contains a comma in double quotes: a,"b,c"';
    case "flag":
      return "no value; its variable takes 1 or true";
    case "many":
    case "text":
      break;
  }
  return spec.grammar?.expected ?? valueNameOf(name);
}

/**
 * From raw flags and environment to typed `Options`, row by row of the table.
 * Looks at one option at a time; what does not go together is left to `check-options.ts`.
 */
import type { Environment } from "../model/environment.ts";
import { nearest } from "../errors/edit-distance.ts";
import { upsurgeError } from "../errors/upsurge-error.ts";
import { flagOf, negationOf, OPTION_NAMES, optionSpec, valueNameOf } from "./flag.ts";
import { environmentLayer, layered, placeOfValue, typedLayer } from "./layers/layers.ts";
import type { LayerValue, OptionLayer, RawOptions } from "./layers/layers.ts";
import type { OptionSpec } from "./option.ts";
import type { OptionName, Options } from "./options.ts";
import { parseCount, parseDuration, parseList, parseSize, parseSwitch } from "./parse-value.ts";

export type { RawOptions } from "./layers/layers.ts";

interface GivenOption {
  readonly name: OptionName;
  readonly text: string;
  /** Where the value came from, for the error. */
  readonly where: string;
}

/** Reads raw values under the table; what was not given comes from the environment, else from the default. */
export function parseOptions(raw: RawOptions, environment: Environment = {}): Options {
  return parseLayer(layered([typedLayer(raw), environmentLayer(environment)]));
}

/** Reads the values of a layer under the table; what it does not give comes from the default. */
export function parseLayer(layer: OptionLayer): Options {
  const parsed = OPTION_NAMES.map((name) => [name, parseOne(name, layer.get(name))]);
  // The table that drives the parsing also makes the type, so the two agree by construction.
  return Object.fromEntries(parsed) as Options;
}

/** The options of a load with nothing said; spread it: `{ ...defaultOptions(), key: ["id"] }`. */
export function defaultOptions(): Options {
  return parseOptions({});
}

/** Checks the values of one option. Throws `OPTION_VALUE`. */
export function checkOption(name: OptionName, typed: readonly string[]): void {
  parseOne(name, { texts: typed, from: "flag", where: flagOf(name) });
}

function parseOne(name: OptionName, value: LayerValue | undefined): unknown {
  const spec = optionSpec(name);
  if (spec.either === true) return parseEither(name, value);
  if (spec.kind === "flag") return isSwitchedOn(name, value) !== (spec.negated === true);
  const given = value === undefined ? defaultOf(name) : givenBy(name, value);
  if (spec.kind === "list" || spec.kind === "many") {
    if (given.length === 0) return null;
    if (spec.kind === "list") return parseNames(spec, given);
    return given.map((one) => parseText(spec, one));
  }
  const last = given.at(-1);
  return last === undefined ? null : parseScalar(spec, last);
}

/** A flag and its negation, of which the last would win in silence. */
function parseEither(name: OptionName, value: LayerValue | undefined): boolean | null {
  if (value === undefined) return null;
  const { from, texts } = value;
  if (from === "flag" && new Set(texts).size > 1) {
    const other = negationOf(name) ?? "";
    const reason = "one is the opposite of the other";
    throw upsurgeError("OPTION_CONFLICT", { flag: flagOf(name), other, reason });
  }
  return isSwitchedOn(name, value);
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
function isSwitchedOn(name: OptionName, value: LayerValue | undefined): boolean {
  const given = value === undefined ? undefined : givenBy(name, value).at(-1);
  if (given === undefined) return false;
  // Of a flag that says no, nothing else is sure to be meant.
  const mayBeOff = optionSpec(name).negated !== true || value?.from !== "environment";
  return parsed(given, (text) => {
    const isOn = parseSwitch(text);
    return isOn === false && !mayBeOff ? null : isOn;
  });
}

function givenBy(name: OptionName, value: LayerValue): readonly GivenOption[] {
  const where = placeOfValue(name, value);
  return value.texts.map((text) => ({ name, text, where }));
}

function defaultOf(name: OptionName): readonly GivenOption[] {
  const { default: text } = optionSpec(name);
  return text === undefined ? [] : [{ name, text, where: flagOf(name) }];
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
      return spec.negated === true
        ? "no value; its variable takes 1 or true"
        : "no value; its variable takes 1 or true, 0 or false";
    case "many":
    case "text":
      break;
  }
  return spec.grammar?.expected ?? valueNameOf(name);
}

/**
 * Options that say something of some formats alone. Said of a load that has no such source they are a mistake; said for all
 * calls, or for all loads of a run, they have no bearing on it. Pure.
 */
import { sourceLabel } from "../errors/source-label.ts";
import { upsurgeError } from "../errors/upsurge-error.ts";
import { FORMAT_NAMES, formatOfName } from "../read/formats.ts";
import type { SourceFormat } from "../read/formats.ts";
import { flagOf, negationOf, OPTION_NAMES, optionSpec } from "./flag.ts";
import type { OptionLayer } from "./layers/layers.ts";
import type { OptionName, Options } from "./options.ts";

/** The format of a source; `null` where it is not known. */
type KnownFormat = SourceFormat | null;

/** Whether the option says something of one of these sources, as far as their formats are known. */
export function saysSomethingOf(name: OptionName, formats: readonly KnownFormat[]): boolean {
  const { formats: own } = optionSpec(name);
  return own === undefined || formats.some((each) => each === null || own.includes(each));
}

/** What `layer` and their names tell of the formats of sources. */
export function formatsTold(layer: OptionLayer, sources: readonly string[]): KnownFormat[] {
  const asked = layer.get("format")?.texts.at(-1);
  if (asked === undefined) return sources.map(formatOfName);
  return [FORMAT_NAMES.find((each) => each === asked) ?? null];
}

/** A layer without the options that say nothing of such sources. */
export function bearingOnFormats(layer: OptionLayer, formats: readonly KnownFormat[]): OptionLayer {
  return new Map([...layer].filter(([name]) => saysSomethingOf(name, formats)));
}

/** The given options that say nothing of these sources, but for those of `forAll`. */
export function foreignOptions(
  options: Options,
  formats: readonly KnownFormat[],
  forAll: ReadonlySet<OptionName> = new Set(),
): readonly OptionName[] {
  return OPTION_NAMES.filter(
    (name) => !saysSomethingOf(name, formats) && !forAll.has(name) && isGiven(name, options),
  );
}

/** Whether an option is other than when nothing is said. */
function isGiven(name: OptionName, options: Options): boolean {
  const value = options[name];
  if (value === null || (value === false && negationOf(name) === null)) return false;
  const isText = typeof value === "string" || typeof value === "number";
  return !isText || String(value) !== optionSpec(name).default;
}

/** The flag of a given option, or its negation. */
export function flagGiven(name: OptionName, options: Options): string {
  return options[name] === false ? (negationOf(name) ?? flagOf(name)) : flagOf(name);
}

/** A source whose format is known. */
export interface FormattedSource {
  readonly name: string;
  readonly format: KnownFormat;
}

/** Throws `OPTION_CONFLICT` for options that say nothing of any of the sources, `forAll` left out. */
export function refuseForeignOptions(
  options: Options,
  sources: readonly FormattedSource[],
  forAll?: ReadonlySet<OptionName>,
): void {
  const formats = sources.map(({ format }) => format);
  const [name] = foreignOptions(options, formats, forAll);
  const [source] = sources;
  if (name === undefined || source === undefined) return;
  const flag = flagGiven(name, options);
  const [own = "csv"] = optionSpec(name).formats ?? [];
  const other =
    sources.length > 1
      ? `the ${sources.length} sources, of which none is ${own.toUpperCase()}`
      : `${sourceLabel(source.name)}, whose format is ${source.format}`;
  const isTold = options.format !== null || formatOfName(source.name) !== null;
  const orAsked = isTold ? "" : `; or pass --format ${own} as well, if it is ${own.toUpperCase()}`;
  throw upsurgeError(
    "OPTION_CONFLICT",
    { flag, other, reason: aboutText(name) },
    { where: flag, fix: `leave ${flag} out${orAsked}` },
  );
}

/** What an option is about, as a clause. */
export function aboutText(name: OptionName): string {
  if (name === "columns") return "the fields of a JSON record have names";
  return name === "records" ? "it says where a JSON document holds its records" : "it is about CSV";
}

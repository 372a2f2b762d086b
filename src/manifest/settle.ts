/**
 * From a manifest and the command line to the options of a run and of each of its loads: the command line comes before a load,
 * a load before the defaults of the manifest, those before the environment.
 */
import { flagBefore } from "../errors/flags-in.ts";
import { UpsurgeError, upsurgeError } from "../errors/upsurge-error.ts";
import { checkOptions } from "../options/check/check-options.ts";
import { optionSpec, takesFile } from "../options/flag.ts";
import { isReplaced, layered, placeOfValue, typedLayer } from "../options/layers/layers.ts";
import type { LayerValue, OptionLayer, RawOptions } from "../options/layers/layers.ts";
import { isFlag, OPTION_BY_NAME, runScopeOf } from "../options/of-run.ts";
import { bearingOnFormats, formatsTold, saysSomethingOf } from "../options/of-format.ts";
import { takesRows } from "../options/nest/missing-rows.ts";
import type { OptionName, Options } from "../options/options.ts";
import { parseLayer } from "../options/parse-options.ts";
import { asManifest } from "./as-manifest.ts";
import { inFolder } from "./in-folder.ts";
import type { Manifest, ManifestLoad } from "./manifest.ts";
import type { PlacedText } from "./node.ts";
import type { ManifestOption, ManifestOptions } from "./read-options.ts";

/** A load with its options. */
export interface SettledLoad extends Pick<ManifestLoad, "label" | "from" | "place"> {
  readonly options: Options;
  /** The same, with who gives each. */
  readonly given: OptionLayer;
  /** Those that it does not give itself. */
  readonly forAll: ReadonlySet<OptionName>;
  /** Where it gives the option of a flag, else where it begins; `null` for one that the command line gives. */
  readonly placeOf: (flag: string) => string | null;
}

/** A manifest of which every option is settled. */
export interface SettledManifest extends Pick<Manifest, "path" | "folder" | "refuseHosts"> {
  readonly loads: readonly SettledLoad[];
  /** Where it names the database; `null` where the command line does. */
  readonly toPlace: string | null;
}

/** Defaults that say how a thing is done, and have no bearing on a load that does not do it. */
const ONLY_WITH: Readonly<Partial<Record<OptionName, readonly OptionName[]>>> = {
  maxDelete: ["deleteMissing", "truncate"],
  deleteWhere: ["deleteMissing"],
  deleteSet: ["deleteMissing"],
  keyWhere: ["key"],
};

/** The options of the run as a whole. */
export function layerOfRun(manifest: Manifest): OptionLayer {
  const inDefaults = [...manifest.defaults].filter(([option]) => runScopeOf(option) === "run");
  const layer = layerOf(new Map([...manifest.top, ...inDefaults]), manifest.folder);
  const { to } = manifest;
  return to === null ? layer : new Map([...layer, ["to", given([to.text], to.place)]]);
}

/** What the loads of a manifest are settled with. */
export interface SettleContext {
  readonly typed: RawOptions;
  /** What the environment and a config say. */
  readonly below: readonly OptionLayer[];
  /** The database of the run, whoever names it. */
  readonly to: LayerValue | null;
}

/** The loads with their options. Throws `OPTION_*` errors with their places in the manifest. */
export function settleManifest(manifest: Manifest, context: SettleContext): SettledManifest {
  const { typed, below, to } = context;
  const ofRun = layerOfRun(manifest);
  const { path, folder, refuseHosts } = manifest;
  const writtenIn = manifest.loads.map((load) => layerOf(merged(load, manifest, typed), folder));
  const flags = typedLayer(typed);
  const loads = manifest.loads.map(({ label, from, place, options: own }, at) => {
    const written = writtenIn[at] ?? new Map();
    const sources = from.map(({ text }) => text);
    const upper = [bearingOn(flags, written, writtenIn), written, ofRun];
    const formats = formatsTold(layered([...upper, ...below]), sources);
    const ambient = below.map((each) => bearingOnFormats(each, formats));
    const all = layered([...upper, ...ambient]);
    const layer: OptionLayer = to === null ? all : new Map([...all, ["to", to]]);
    const load = { layer, place, sources };
    const options = checked(parseLayer(layer), load);
    const placeOf = (flag: string): string | null => {
      const option = optionOf(flag);
      const value = option === undefined ? undefined : layer.get(option);
      if (option === undefined || value === undefined) return place;
      return value.from === "flag" ? null : placeOfValue(option, value);
    };
    const forAll = new Set([...layer.keys()].filter((option) => !own.has(option)));
    return { label, from, place, options, given: layer, forAll, placeOf };
  });
  refuseOneFile(loads, manifest);
  const toPlace = typed.to === undefined ? (manifest.to?.place ?? null) : null;
  return { path, folder, refuseHosts, loads, toPlace };
}

/** What a load gives, and of the defaults what it leaves to them. */
function merged(
  { options: own, from }: ManifestLoad,
  { defaults, folder }: Pick<Manifest, "defaults" | "folder">,
  typed: RawOptions,
): ManifestOptions {
  const isTyped = (option: OptionName): boolean => typed[option] !== undefined;
  const isOwn = (option: OptionName): boolean => (own.get(option)?.texts ?? null) !== null;
  const left = [...defaults].filter(([option]) => !own.has(option) && !isReplaced(option, isOwn));
  const all = new Map([...left, ...own].filter(([option]) => !isReplaced(option, isTyped)));
  const layer = layerOf(all, folder);
  const asked = layered([typedLayer(typed), layer]);
  const formats = formatsTold(
    asked,
    from.map(({ text }) => text),
  );
  return new Map(
    [...all].filter(
      ([option]) => own.has(option) || (bears(option, layer) && saysSomethingOf(option, formats)),
    ),
  );
}

/** Whether a load with these options does what the option says the manner of. */
function bears(option: OptionName, layer: OptionLayer): boolean {
  const others = ONLY_WITH[option];
  if (others === undefined || others.some((each) => isGiven(each, layer))) return true;
  const nest = option === "maxDelete" ? layer.get("nest") : undefined;
  return nest !== undefined && takesRows(parseLayer(new Map([["nest", nest]])).nest);
}

/** A flag that is turned off is not. */
function isGiven(option: OptionName, layer: OptionLayer): boolean {
  const texts = layer.get(option)?.texts;
  return texts !== undefined && !(isFlag(option) && texts.at(-1) === "false");
}

/** The flags that bear on a load; one that bears on none of them stays, and is refused. */
function bearingOn(
  flags: OptionLayer,
  written: OptionLayer,
  all: readonly OptionLayer[],
): OptionLayer {
  const isOf = (option: OptionName, layer: OptionLayer): boolean =>
    bears(option, new Map([...layer, ...flags]));
  return new Map(
    [...flags].filter(
      ([option]) => isOf(option, written) || !all.some((layer) => isOf(option, layer)),
    ),
  );
}

function layerOf(options: ManifestOptions, folder: string): OptionLayer {
  return new Map(
    [...options].flatMap(([option, { texts, place }]): [OptionName, LayerValue][] => {
      const values = texts ?? offTexts(option);
      if (values === null) return [];
      const placed = takesFile(option) ? values.map((text) => inFolder(folder, text)) : values;
      return [[option, given(placed, place)]];
    }),
  );
}

/** A flag that a manifest turns off is off, whatever is below; but nobody takes back that SQL was ruled out. */
function offTexts(option: OptionName): ManifestOption["texts"] {
  const { either, negated } = optionSpec(option);
  return isFlag(option) && either !== true && negated !== true ? ["false"] : null;
}

function given(texts: readonly string[], where: string): LayerValue {
  return { texts, from: "manifest", where };
}

interface CheckedLoad {
  readonly layer: OptionLayer;
  readonly place: string;
  readonly sources: readonly string[];
}

function checked(options: Options, { layer, place, sources }: CheckedLoad): Options {
  try {
    checkOptions(options, "run", sources);
    return options;
  } catch (error) {
    if (!(error instanceof UpsurgeError)) throw error;
    const { code, details, message: title, why, cause } = error;
    const option = optionOf(String(details["flag"] ?? ""));
    const value = option === undefined ? undefined : layer.get(option);
    const isPlaced = option !== undefined && value !== undefined && value.from !== "flag";
    const where = isPlaced ? placeOfValue(option, value) : place;
    const fix = asManifest(error.fix);
    throw upsurgeError(code, details, { title, why, fix, where, cause });
  }
}

/** Of a flag, whatever follows it. */
function optionOf(flag: string): OptionName | undefined {
  return OPTION_BY_NAME.get(flagBefore(flag)?.slice(2) ?? "")?.option;
}

/** Two loads that keep their rejects in one file would each find it taken. */
function refuseOneFile(
  loads: readonly SettledLoad[],
  { loads: written, defaults }: Manifest,
): void {
  const seen = new Map<string, PlacedText>();
  for (const [at, { options, place }] of loads.entries()) {
    const { rejectFile } = options;
    if (rejectFile === null) continue;
    const own = written[at]?.options.get("rejectFile") ?? defaults.get("rejectFile");
    const other = seen.get(rejectFile);
    if (other !== undefined) {
      const details = {
        name: "reject-file",
        value: `'${rejectFile}'`,
        expected: `a file of each load's own, and the load at ${other.place} has this one`,
        suggestion: "name another file, or leave it out: rejects are then next to their source",
      };
      throw upsurgeError("MANIFEST_VALUE", details, { where: own?.place ?? place });
    }
    seen.set(rejectFile, { text: rejectFile, place });
  }
}

/**
 * From a manifest and the command line to the options of a run and of each of its loads: the command line comes before a load,
 * a load before the defaults of the manifest, those before the environment.
 */
import { join } from "node:path";
import { UpsurgeError, upsurgeError } from "../errors/upsurge-error.ts";
import type { Environment } from "../model/environment.ts";
import { checkOptions } from "../options/check-options.ts";
import { OPTION_BY_NAME, runScopeOf } from "../options/of-run.ts";
import type { OptionName, Options } from "../options/options.ts";
import { parseOptions } from "../options/parse-options.ts";
import type { RawOptions } from "../options/parse-options.ts";
import { asManifest } from "./as-manifest.ts";
import type { Manifest, ManifestLoad } from "./manifest.ts";
import type { PlacedText } from "./node.ts";
import type { ManifestOptions } from "./read-options.ts";

/** A load with its options. */
export interface SettledLoad extends Pick<ManifestLoad, "label" | "from" | "place"> {
  readonly options: Options;
  /** Where it gives the option of a flag, else where it begins; `null` for one that the command line gives. */
  readonly placeOf: (flag: string) => string | null;
}

/** A manifest of which every option is settled. */
export interface SettledManifest extends Pick<Manifest, "path" | "folder" | "refuseHosts"> {
  readonly loads: readonly SettledLoad[];
  /** Where it names the database; `null` where the command line does. */
  readonly toPlace: string | null;
}

/** Options of which one in a load takes the place of another one in what comes after it. */
const INSTEAD: readonly (readonly OptionName[])[] = [
  ["mode", "ignore"],
  ["key", "constraint"],
];

/** Defaults that say how a thing is done, and have no bearing on a load that does not do it. */
const ONLY_WITH: Readonly<Partial<Record<OptionName, readonly OptionName[]>>> = {
  maxDelete: ["deleteMissing", "truncate"],
  deleteWhere: ["deleteMissing"],
  deleteSet: ["deleteMissing"],
  keyWhere: ["key"],
};

/** Options whose value is a path: relative to the manifest, as `from` is. */
const PATHS: readonly OptionName[] = ["report", "metrics", "junit", "rejectFile"];

/** The options of the run as a whole, as they would be typed. */
export function rawOfRun(manifest: Manifest, typed: RawOptions): RawOptions {
  const inDefaults = [...manifest.defaults].filter(([option]) => runScopeOf(option) === "run");
  const ofRun = [...manifest.top, ...inDefaults];
  const to = manifest.to === null ? {} : { to: [manifest.to.text] };
  return { ...to, ...rawOf(new Map(ofRun), manifest.folder), ...typed };
}

/** The loads with their options. Throws `OPTION_*` errors with their places in the manifest. */
export function settleManifest(
  manifest: Manifest,
  typed: RawOptions,
  environment: Environment,
): SettledManifest {
  const ofRun = rawOfRun(manifest, typed);
  const { path, folder, refuseHosts } = manifest;
  const loads = manifest.loads.map(({ label, from, place, options: own }) => {
    const given = merged(own, manifest.defaults, typed);
    const raw = { ...ofRun, ...rawOf(given, folder), ...typed };
    const load = { given, place, sources: from.map(({ text }) => text) };
    const options = checked(parseOptions(raw, environment), load);
    const placeOf = (flag: string): string | null => {
      const option = optionOf(flag);
      if (option === undefined) return place;
      return given.get(option)?.place ?? (typed[option] === undefined ? place : null);
    };
    return { label, from, place, options, placeOf };
  });
  refuseOneFile(loads, manifest);
  const toPlace = typed.to === undefined ? (manifest.to?.place ?? null) : null;
  return { path, folder, refuseHosts, loads, toPlace };
}

/** Whether another option that comes before it takes its place. */
function isGone(option: OptionName, by: (each: OptionName) => boolean): boolean {
  return INSTEAD.some(
    (few) => few.includes(option) && few.some((each) => each !== option && by(each)),
  );
}

/** What a load gives, and of the defaults what it leaves to them. */
function merged(
  own: ManifestOptions,
  defaults: ManifestOptions,
  typed: RawOptions,
): ManifestOptions {
  const isTyped = (option: OptionName): boolean => typed[option] !== undefined;
  const isOwn = (option: OptionName): boolean => (own.get(option)?.texts ?? null) !== null;
  const left = [...defaults].filter(([option]) => !own.has(option) && !isGone(option, isOwn));
  const all = new Map([...left, ...own].filter(([option]) => !isGone(option, isTyped)));
  const has = (option: OptionName): boolean => (all.get(option)?.texts ?? null) !== null;
  return new Map(
    [...all].filter(([option]) => own.has(option) || ONLY_WITH[option]?.some(has) !== false),
  );
}

function rawOf(given: ManifestOptions, folder: string): RawOptions {
  return Object.fromEntries(
    [...given].flatMap(([option, { texts }]) => {
      if (texts === null) return [];
      return [
        [option, PATHS.includes(option) ? texts.map((text) => inFolder(folder, text)) : texts],
      ];
    }),
  );
}

/** A path of a manifest, as it is from the current folder. */
export function inFolder(folder: string, path: string): string {
  return folder === "" || /^(?:[/\\]|[a-z]:[/\\])/i.test(path) ? path : join(folder, path);
}

interface CheckedLoad {
  readonly given: ManifestOptions;
  readonly place: string;
  readonly sources: readonly string[];
}

function checked(options: Options, { given, place, sources }: CheckedLoad): Options {
  try {
    checkOptions(options, "run", sources);
    return options;
  } catch (error) {
    if (!(error instanceof UpsurgeError)) throw error;
    const { code, details, message: title, why, cause } = error;
    const option = optionOf(String(details["flag"] ?? ""));
    const where = (option === undefined ? undefined : given.get(option)?.place) ?? place;
    const fix = asManifest(error.fix);
    throw upsurgeError(code, details, { title, why, fix, where, cause });
  }
}

/** Of a flag, whatever follows it. */
function optionOf(flag: string): OptionName | undefined {
  const [, name = ""] = /^--([a-z-]+)/.exec(flag) ?? [];
  return OPTION_BY_NAME.get(name)?.option;
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

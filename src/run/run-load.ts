/** The loads of a run, wherever it has them from: folders of files, or a manifest. What comes after is the same for both. */
import { basename, dirname } from "node:path";
import { relocated, UpsurgeError, upsurgeError } from "../errors/upsurge-error.ts";
import type { PlacedText } from "../manifest/node.ts";
import type { SettledLoad, SettledManifest } from "../manifest/settle.ts";
import type { Options } from "../options/options.ts";
import { expandSources } from "../sources/expand-sources.ts";
import { HOLDS_REJECTS, isRejectFile, readLoadFolders, stemOf } from "../sources/load-folder.ts";
import type { LeftOut } from "../sources/load-folder.ts";

/** What a run is asked to load. */
export type RunInputs = readonly string[] | SettledManifest;

/** Where a manifest has a load, and its options. */
export type LoadOrigin = Pick<SettledLoad, "place" | "placeOf" | "given" | "forAll">;

/** Where an error of a load is: in the manifest, for what is said there. */
export function placeIn(where: string | null, { path, origin }: RunLoad): string {
  if (origin === null) return where ?? path;
  if (where === null) return origin.place;
  return where.startsWith("--") ? (origin.placeOf(where) ?? where) : where;
}

/** A load before its table is known. */
export interface RunLoad {
  /** The file or the folder, or what a manifest names, for messages. */
  readonly path: string;
  /** The files, in the order in which they are read. */
  readonly sources: readonly string[];
  /** The name that a table is looked for under, where none is named; `null`: its files have several. */
  readonly stem: string | null;
  /** Loads of one layer are each for a table of their own: nothing says which of two would come first. */
  readonly layer: number;
  /** Those of the run, and its own. */
  readonly options: Options;
  /** `null`: a folder. */
  readonly origin: LoadOrigin | null;
  /** Why it cannot be loaded. */
  readonly fault: UpsurgeError | null;
}

/** What a run is asked to load, found. */
export interface RunLoads {
  readonly loads: readonly RunLoad[];
  readonly leftOut: readonly LeftOut[];
}

/** Whether the run has a manifest. */
export function isManifest(inputs: RunInputs): inputs is SettledManifest {
  return "loads" in inputs;
}

/** The loads, in the order in which they are given. Throws `SOURCE_*` and `RUN_*` errors. */
export async function readRunLoads(inputs: RunInputs, options: Options): Promise<RunLoads> {
  if (isManifest(inputs)) return await readManifestLoads(inputs, options);
  const { loads, leftOut } = await readLoadFolders(inputs);
  return { loads: loads.map((load) => ({ ...load, options, origin: null, fault: null })), leftOut };
}

/** Which loads are wanted may be known only once the tables are: until then, a fault is kept. */
async function readManifestLoads(
  { loads, folder }: SettledManifest,
  { only }: Options,
): Promise<RunLoads> {
  const found: RunLoad[] = [];
  const leftOut: LeftOut[] = [];
  for (const [layer, load] of loads.entries()) {
    const read = await readManifestLoad(load, folder);
    if (read.fault !== null && only === null) throw read.fault;
    const rejects = read.sources.filter((path) => !isWanted(path, load));
    leftOut.push(...rejects.map((path) => ({ path, reason: HOLDS_REJECTS })));
    const sources = read.sources.filter((path) => isWanted(path, load));
    found.push({ ...read, sources, layer });
  }
  return { loads: found, leftOut };
}

/** A pattern does not mean the rejects that an earlier run has left next to its files, unless it says so. */
function isWanted(path: string, { from }: SettledLoad): boolean {
  return !isRejectFile(path) || from.some(({ text }) => isRejectFile(text));
}

async function readManifestLoad(
  load: SettledLoad,
  folder: string,
): Promise<Omit<RunLoad, "layer">> {
  const { label: path, from, options, place, placeOf, given, forAll } = load;
  const stem = commonStem(from.map(({ text }) => text));
  const common = { path, options, stem, origin: { place, placeOf, given, forAll } };
  const sources: string[] = [];
  for (const { text, place: where } of from) {
    try {
      const found = await expandSources([text], folder);
      if (!found.some((path) => isWanted(path, load))) {
        throw upsurgeError("SOURCE_NOT_FOUND", { path: text });
      }
      sources.push(...found);
    } catch (error) {
      if (!(error instanceof UpsurgeError)) throw error;
      return { ...common, sources: [text], fault: notFound(error, { text, place: where }) };
    }
  }
  return { ...common, sources, fault: null };
}

/** The error for files of a load, with their place and what helps in a manifest. */
function notFound(error: UpsurgeError, { text, place }: PlacedText): UpsurgeError {
  const fix = fixOf(error, text);
  if (fix === null) return relocated(error, place);
  const { code, details, why, cause } = error;
  return upsurgeError(code, details, { why, fix, where: place, cause });
}

/** `null`: the error's own. */
function fixOf({ code, fix }: UpsurgeError, text: string): string | null {
  if (code === "SOURCE_KIND") return "download it first, and name the file";
  if (code === "SOURCE_IS_DIRECTORY") {
    return `name its files, for example from: "${text.replace(/\/$/, "")}/*.csv"`;
  }
  if (code !== "SOURCE_NOT_FOUND" || fix.startsWith("did you mean")) return null;
  return text.includes("\\")
    ? `write / between folders: ${text.replaceAll("\\", "/")}`
    : "check the path: it is relative to the folder of the manifest";
}

/** What patterns are made of. */
const WILD = /[*?[\]{}]/;

/**
 * The name that all files share as they are written, or that of the folder that they are in; `null`: nothing names them all.
 * Which files a pattern finds today has no say in it.
 */
function commonStem(texts: readonly string[]): string | null {
  const [stem = "", ...others] = new Set(texts.map((text) => stemOf(basename(text))));
  if (others.length === 0 && !WILD.test(stem)) return stem;
  const [folder = ".", ...more] = new Set(texts.map((text) => dirname(text)));
  const name = basename(folder);
  return more.length > 0 || /^\.{0,2}$/.test(name) || WILD.test(name) ? null : name;
}

/** The error for a load of which nothing tells the table. */
export function unnamed({ path, origin }: RunLoad): UpsurgeError {
  const reason = `a load goes into the table that its file is called after, and the files of ${path} have several names`;
  const suggestion = "add table: NAME to the load";
  return upsurgeError(
    "MANIFEST_MISSING",
    { name: "table", reason, suggestion },
    { where: origin?.place },
  );
}

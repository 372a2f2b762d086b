/** The loads of a run, wherever it has them from: folders of files, or a manifest. What comes after is the same for both. */
import { basename, dirname } from "node:path";
import { located, UpsurgeError, upsurgeError } from "../errors/upsurge-error.ts";
import type { PlacedText } from "../manifest/node.ts";
import type { SettledLoad, SettledManifest } from "../manifest/settle.ts";
import type { Options } from "../options/options.ts";
import { expandSources } from "../sources/expand-sources.ts";
import { readLoadFolders, stemOf } from "../sources/load-folder.ts";
import type { LeftOut } from "../sources/load-folder.ts";

/** What a run is asked to load. */
export type RunInputs = readonly string[] | SettledManifest;

/** Where a manifest has a load, and its options. */
export type LoadOrigin = Pick<SettledLoad, "place" | "placeOf">;

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
  if (isManifest(inputs)) return { loads: await readManifestLoads(inputs, options), leftOut: [] };
  const { loads, leftOut } = await readLoadFolders(inputs);
  return { loads: loads.map((load) => ({ ...load, options, origin: null, fault: null })), leftOut };
}

/** Which loads are wanted may be known only once the tables are: until then, a fault is kept. */
async function readManifestLoads(
  { loads, folder }: SettledManifest,
  { only }: Options,
): Promise<RunLoad[]> {
  const found: RunLoad[] = [];
  for (const [layer, load] of loads.entries()) {
    const read = await readManifestLoad(load, folder);
    if (read.fault !== null && only === null) throw read.fault;
    found.push({ ...read, layer });
  }
  return found;
}

async function readManifestLoad(
  { label: path, from, options, place, placeOf }: SettledLoad,
  folder: string,
): Promise<Omit<RunLoad, "layer">> {
  const load = { path, options, origin: { place, placeOf } };
  const sources: string[] = [];
  for (const { text, place: where } of from) {
    try {
      sources.push(...(await expandSources([text], folder)));
    } catch (error) {
      if (!(error instanceof UpsurgeError)) throw error;
      const stem = commonStem(from.map((each) => each.text));
      return { ...load, sources: [text], stem, fault: notFound(error, { text, place: where }) };
    }
  }
  return { ...load, sources, stem: commonStem(sources), fault: null };
}

/** The error for files of a load, with their place. */
function notFound(error: UpsurgeError, { text, place }: PlacedText): UpsurgeError {
  if (error.code !== "SOURCE_NOT_FOUND" || error.fix.startsWith("did you mean")) {
    return located(error, place);
  }
  const fix = text.includes("\\")
    ? `write / between folders: ${text.replaceAll("\\", "/")}`
    : "check the path: it is relative to the folder of the manifest";
  const { code, details, cause } = error;
  return upsurgeError(code, details, { fix, where: place, cause });
}

/** The name of the one file, or of the folder that all of them are in; `null`: nothing names them all. */
function commonStem(paths: readonly string[]): string | null {
  const [stem = "", ...others] = new Set(paths.map((path) => stemOf(basename(path))));
  if (others.length === 0) return stem;
  const [folder = ".", ...more] = new Set(paths.map((path) => dirname(path)));
  return more.length > 0 || folder === "." ? null : basename(folder);
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

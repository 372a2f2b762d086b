/**
 * A folder as the loads of a run: each file, and each folder of files in it, is one load, and its name tells the table. What
 * is no load is named, with the reason.
 */
import { systemCodeOf } from "../errors/system-code.ts";
import { readdir, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { shellWord } from "../errors/shell-word.ts";
import { upsurgeError } from "../errors/upsurge-error.ts";
import type { UpsurgeError } from "../errors/upsurge-error.ts";
import { sourceError } from "../read/bytes/source-error.ts";
import { FORMATS } from "../read/formats.ts";
import { byCodeUnits, nearestEntry } from "./expand-sources.ts";

/** What one load of a run reads. */
export interface FolderLoad {
  /** The file, or the folder of several. */
  readonly path: string;
  /** The files, in the order in which they are read. */
  readonly sources: readonly string[];
  /** The name of the file or folder, without its endings. */
  readonly stem: string;
  /** The place of its folder among those of the run: 0 for the first. */
  readonly layer: number;
}

/** What is there, and is not loaded. */
export interface LeftOut {
  readonly path: string;
  /** As a clause. */
  readonly reason: string;
}

/** What folders come to. */
export interface FolderLoads {
  readonly loads: readonly FolderLoad[];
  readonly leftOut: readonly LeftOut[];
}

/** Why a file of rejects is not loaded. */
export const HOLDS_REJECTS = "it holds the rejects of a load";

const EXTENSIONS = FORMATS.flatMap(({ extensions }) => extensions);
const READABLE = new RegExp(`\\.(?:${EXTENSIONS.join("|")})(?:\\.(?:gz|gzip|zst|zstd))?$`, "i");

/** Whether a path is that of a file of rejects, by its name: its folder may be called as it likes. */
export function isRejectFile(path: string): boolean {
  return /\.rejects\./i.test(basename(path));
}

/** The loads of `folders`, in their order. Throws `SOURCE_*` errors, `RUN_NOT_A_FOLDER` and `RUN_NO_FILES`. */
export async function readLoadFolders(folders: readonly string[]): Promise<FolderLoads> {
  const loads: FolderLoad[] = [];
  const leftOut: LeftOut[] = [];
  for (const [layer, folder] of folders.entries()) {
    const found = await readFolder(folder, layer);
    if (found.loads.length === 0) {
      const [first] = found.leftOut;
      const reason = first === undefined ? "it is empty" : `${first.path}: ${first.reason}`;
      throw upsurgeError("RUN_NO_FILES", { folder, reason }, { where: folder });
    }
    loads.push(...found.loads);
    leftOut.push(...found.leftOut);
  }
  return { loads, leftOut };
}

async function readFolder(folder: string, layer: number): Promise<FolderLoads> {
  const loads: FolderLoad[] = [];
  const leftOut: LeftOut[] = [];
  for (const name of await namesIn(folder)) {
    const path = join(folder, name);
    if (await isFolder(path)) {
      const files = (await namesIn(path)).map((file) => join(path, file));
      const deeper = await foldersAmong(files);
      const sources = files.filter((file) => !deeper.has(file) && whyNoLoad(file) === null);
      leftOut.push(...reasonsOf(files, deeper));
      if (sources.length > 0) loads.push({ path, sources, stem: name, layer });
      else leftOut.push({ path, reason: "it is a folder without a file that can be loaded" });
      continue;
    }
    const reason = whyNoLoad(path);
    if (reason === null) loads.push({ path, sources: [path], stem: stemOf(name), layer });
    else leftOut.push({ path, reason });
  }
  return { loads, leftOut };
}

async function foldersAmong(paths: readonly string[]): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  for (const path of paths) if (await isFolder(path)) found.add(path);
  return found;
}

function reasonsOf(files: readonly string[], deeper: ReadonlySet<string>): LeftOut[] {
  return files.flatMap((path) => {
    const reason = deeper.has(path)
      ? "it is a folder within the folder of a load"
      : whyNoLoad(path);
    return reason === null ? [] : [{ path, reason }];
  });
}

/** Why a file is no load, as a clause; `null` for one that is. */
function whyNoLoad(path: string): string | null {
  if (isRejectFile(path)) return HOLDS_REJECTS;
  return READABLE.test(path) ? null : "its name has no ending of a format that is read";
}

/** The name of a file without the endings of its format and compression. */
export function stemOf(name: string): string {
  return name.replace(READABLE, "");
}

/** In the order of their code units, those that begin with a dot left out. Throws for what is no folder. */
async function namesIn(folder: string): Promise<string[]> {
  try {
    const names = await readdir(folder);
    return names.filter((name) => !name.startsWith(".")).toSorted(byCodeUnits);
  } catch (error) {
    if (systemCodeOf(error) !== "ENOTDIR")
      throw await withNearFolder(folder, sourceError(folder, error));
    const details = { path: folder, word: shellWord(folder) };
    throw upsurgeError("RUN_NOT_A_FOLDER", details, { where: folder, cause: error });
  }
}

/** The error with the name of a folder, or of a manifest, that may be meant. */
async function withNearFolder(folder: string, missing: UpsurgeError): Promise<UpsurgeError> {
  if (missing.code !== "SOURCE_NOT_FOUND") return missing;
  const near =
    (await nearestEntry(folder, folder, (entry) => entry.isDirectory())) ??
    (await manifestOf(folder));
  const fix =
    near === null
      ? "check the path: a run loads the files of a folder, or what a manifest lists"
      : `did you mean ${shellWord(near)}?`;
  return upsurgeError("SOURCE_NOT_FOUND", { path: folder }, { cause: missing.cause, fix });
}

/** The manifest that a name without an ending may mean. */
async function manifestOf(name: string): Promise<string | null> {
  const paths = [".yaml", ".yml", ".json"].map((ending) => name.replace(/\/+$/, "") + ending);
  for (const path of paths)
    if ((await stat(path).catch(() => null))?.isFile() === true) return path;
  return null;
}

/** Whether all of these are folders. */
export async function areFolders(paths: readonly string[]): Promise<boolean> {
  const found = await Promise.all(paths.map(isFolder));
  return paths.length > 0 && found.every((each) => each);
}

async function isFolder(path: string): Promise<boolean> {
  return await stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

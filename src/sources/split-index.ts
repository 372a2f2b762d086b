/** What the index beside a piece says of it: the fields that `upsurge split` has shared the records out by, and whether it is whole. */
import { readFile, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { formatCount, plural } from "../errors/format.ts";
import { upsurgeError } from "../errors/upsurge-error.ts";
import { jsonOf } from "../model/json/json-of.ts";
import { INDEX, isPieceName, UNFINISHED_INDEX } from "../model/shards/split-report.ts";

/** More than the index of the most pieces; a larger file of this name is something else. */
const MOST_BYTES = 64 * 1024 * 1024;

/** By which fields these files were split, a list for each folder; none of files that no index beside them names. */
export async function splitKeys(paths: readonly string[]): Promise<readonly (readonly string[])[]> {
  const keys: (readonly string[])[] = [];
  for (const folder of new Set(paths.map((path) => dirname(path)))) {
    const { key, pieces } = parsed(await readIndex(join(folder, INDEX)));
    const files = new Set(
      listOf(pieces).flatMap((each) => listOf(each.files).map(({ file }) => file)),
    );
    const areThere = paths.some((path) => dirname(path) === folder && files.has(basename(path)));
    if (areThere && isTexts(key)) keys.push(key);
  }
  return keys;
}

/** Throws `SOURCE_INCOMPLETE` for pieces of a split that did not come to its end, and for those that are not as it left them. */
export async function refuseCutPieces(paths: readonly string[]): Promise<void> {
  const pieces = paths.filter((path) => isPieceName(basename(path)));
  for (const folder of new Set(pieces.map((path) => dirname(path)))) {
    await refuseOtherSizes(folder, pieces);
    const path = join(folder, UNFINISHED_INDEX);
    if ((await stat(path).catch(() => null)) === null) continue;
    const reason = `${path} says that the split that fills the folder was cut short, or is still running`;
    const fix =
      "split the sources again, into another folder; or wait for the split that is running, and run the same command";
    throw upsurgeError("SOURCE_INCOMPLETE", { path: folder, reason }, { where: folder, fix });
  }
}

/** A copy that was cut short looks like a smaller piece: only the index knows how large it was. */
async function refuseOtherSizes(folder: string, paths: readonly string[]): Promise<void> {
  const index = join(folder, INDEX);
  const { pieces } = parsed(await readIndex(index));
  const inFolder = paths.filter((path) => dirname(path) === folder);
  const pathOf = new Map<unknown, string>(inFolder.map((path) => [basename(path), path]));
  for (const { file, bytes } of listOf(pieces).flatMap((each) => listOf(each.files))) {
    const path = pathOf.get(file);
    const size = path === undefined ? null : ((await stat(path).catch(() => null))?.size ?? null);
    if (path === undefined || size === null || typeof bytes !== "number" || size === bytes)
      continue;
    const reason = `it has ${plural(size, "byte")}, and ${index} says that the split has written ${formatCount(bytes)}`;
    const fix = `copy the piece again, whole; or, if it was changed on purpose, move ${index} away`;
    throw upsurgeError("SOURCE_INCOMPLETE", { path, reason }, { where: path, fix });
  }
}

/** Its text; empty where it cannot be read. */
async function readIndex(path: string): Promise<string> {
  const found = await stat(path).catch(() => null);
  if (found === null || !found.isFile() || found.size > MOST_BYTES) return "";
  return await readFile(path, "utf8").catch(() => "");
}

function parsed(text: string): { readonly key?: unknown; readonly pieces?: unknown } {
  return Object(jsonOf(text)) as { readonly key?: unknown; readonly pieces?: unknown };
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((each) => typeof each === "string");
}

/** A piece, or a file of it. */
interface Listed {
  readonly files?: unknown;
  readonly file?: unknown;
  readonly bytes?: unknown;
}

function listOf(value: unknown): readonly Listed[] {
  return Array.isArray(value) ? value.map((each) => Object(each) as object) : [];
}

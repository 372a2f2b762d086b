/** What the index beside a piece says of it: the fields that `upsurge split` has shared the records out by, and whether it is whole. */
import { readFile, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { upsurgeError } from "../errors/upsurge-error.ts";
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

/** Throws `SOURCE_INCOMPLETE` for pieces of a split that did not come to its end: others of its pieces are not there. */
export async function refuseCutSplit(paths: readonly string[]): Promise<void> {
  const pieces = paths.filter((path) => isPieceName(basename(path)));
  for (const folder of new Set(pieces.map((path) => dirname(path)))) {
    const path = join(folder, UNFINISHED_INDEX);
    if ((await stat(path).catch(() => null)) === null) continue;
    const reason = `${path} says that the split that fills the folder was cut short, or is still running`;
    const fix =
      "split the sources again, into another folder; or wait for the split that is running, and run the same command";
    throw upsurgeError("SOURCE_INCOMPLETE", { path: folder, reason }, { where: folder, fix });
  }
}

/** Its text; empty where it cannot be read. */
async function readIndex(path: string): Promise<string> {
  const found = await stat(path).catch(() => null);
  if (found === null || !found.isFile() || found.size > MOST_BYTES) return "";
  return await readFile(path, "utf8").catch(() => "");
}

function parsed(text: string): { readonly key?: unknown; readonly pieces?: unknown } {
  try {
    return Object(JSON.parse(text)) as { readonly key?: unknown; readonly pieces?: unknown };
  } catch {
    return {};
  }
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((each) => typeof each === "string");
}

function listOf(value: unknown): readonly { readonly files?: unknown; readonly file?: unknown }[] {
  return Array.isArray(value) ? value.map((each) => Object(each) as object) : [];
}

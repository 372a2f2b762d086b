/** What the index beside a piece says of it: the fields that `upsurge split` has shared the records out by. */
import { readFile, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { INDEX } from "../model/shards/split-report.ts";

/** More than the index of the most pieces; a larger file of this name is something else. */
const MOST_BYTES = 64 * 1024 * 1024;

/** The fields; `null` for a source that no index beside it names. */
export async function splitKey(path: string): Promise<readonly string[] | null> {
  const index = join(dirname(path), INDEX);
  const found = await stat(index).catch(() => null);
  if (found === null || !found.isFile() || found.size > MOST_BYTES) return null;
  const text = await readFile(index, "utf8").catch(() => "");
  const { key, pieces } = parsed(text);
  if (!isTexts(key) || !names(pieces, basename(path))) return null;
  return key;
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

/** Whether one of the pieces has a file of this name. */
function names(pieces: unknown, name: string): boolean {
  return listOf(pieces).some(({ files }) => listOf(files).some(({ file }) => file === name));
}

function listOf(value: unknown): readonly { readonly files?: unknown; readonly file?: unknown }[] {
  return Array.isArray(value) ? value.map((each) => Object(each) as object) : [];
}

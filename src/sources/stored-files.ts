/** What sources are as they are stored: whether they are files, which can be read again, and how large. */
import type { Stats } from "node:fs";
import { stat } from "node:fs/promises";
import { sourceError } from "../read/bytes/source-error.ts";

/** Whether a source is a file. Throws `SOURCE_*` errors. */
export async function isFile(path: string): Promise<boolean> {
  return (await statsOf(path))?.isFile() === true;
}

/** The bytes of all of them; `null` where one is no file. Throws `SOURCE_*` errors. */
export async function storedSize(paths: readonly string[]): Promise<number | null> {
  let total = 0;
  for (const path of paths) {
    const found = await statsOf(path);
    if (found?.isFile() !== true) return null;
    total += found.size;
  }
  return total;
}

/** `null`: standard input. What was there when patterns were expanded may be gone by now. */
async function statsOf(path: string): Promise<Stats | null> {
  if (path === "-") return null;
  return await stat(path).catch((error: unknown) => {
    throw sourceError(path, error);
  });
}

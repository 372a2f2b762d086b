/** How large sources are, as they are stored. */
import { stat } from "node:fs/promises";

/** The bytes of all of them; `null` where one is no file. */
export async function storedSize(paths: readonly string[]): Promise<number | null> {
  let total = 0;
  for (const path of paths) {
    const found = path === "-" ? null : await stat(path);
    if (found?.isFile() !== true) return null;
    total += found.size;
  }
  return total;
}

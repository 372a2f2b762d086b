/** A file that others read at any time: it is written beside its place, and renamed to it. */
import { open, readFile, realpath, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { openReportFile } from "./report-file.ts";
import type { ReportFile } from "./report-file.ts";

/** What may be read and written by those whom the umask allows. */
const MODE = 0o666;

/** Finds out whether the file can be put in place, and leaves what is there. Throws what the system says. */
export async function openToPutInPlace(path: string): Promise<ReportFile> {
  const found = await stat(path).catch(() => null);
  // A pipe or a device is no place to rename to.
  if (found !== null && !found.isFile()) return await openReportFile(path);
  // Behind a link is the file that is meant.
  const place = found === null ? path : await realpath(path);
  const beside = join(dirname(place), `.${basename(place)}.${process.pid}.tmp`);
  const mode = found === null ? MODE : found.mode & 0o777;
  await write(beside, "", mode);
  await rm(beside, { force: true });
  return {
    write: async (text) => {
      try {
        await write(beside, text, mode);
        await rename(beside, place);
      } catch (error) {
        await rm(beside, { force: true }).catch(() => {});
        throw error;
      }
    },
    close: () => Promise.resolve(),
  };
}

/** What the file holds; `null`: it is not there, or cannot be read. */
export async function readPlaced(path: string): Promise<string | null> {
  const found = await stat(path).catch(() => null);
  if (found === null || !found.isFile()) return null;
  return await readFile(path, "utf8").catch(() => null);
}

async function write(path: string, text: string, mode: number): Promise<void> {
  const handle = await open(path, "w", mode);
  try {
    await handle.writeFile(text);
    // Or a machine that stops may leave a file of nothing in its place.
    await handle.sync();
  } finally {
    await handle.close();
  }
}

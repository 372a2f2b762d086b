/**
 * The file of a report: whether it can be written is found out before the load, and it is written after it. A file gets its name once
 * it is whole, so that nobody reads half of a report; pipes and devices are written as they are.
 */
import { systemCodeOf } from "../../errors/system-code.ts";
import { randomUUID } from "node:crypto";
import { constants } from "node:fs";
import { open, readlink, realpath, rename, rm, stat, writeFile } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { messageOf } from "../../errors/message-of.ts";
import { openFilesFix } from "../../errors/open-files.ts";
import { upsurgeError } from "../../errors/upsurge-error.ts";
import type { UpsurgeError } from "../../errors/upsurge-error.ts";

const { O_WRONLY, O_APPEND, O_NONBLOCK } = constants;
/** Without waiting: a pipe that nobody reads would keep the load from its beginning. */
const FLAGS = O_WRONLY | O_APPEND | (O_NONBLOCK ?? 0);

/** How long a pipe may be full, and how often that is looked at. */
const PATIENCE_MS = 10_000;
const PAUSE_MS = 20;

/** Where a report is to go. */
export interface ReportFile {
  write(text: string): Promise<void>;
  /** Never throws. */
  close(): Promise<void>;
}

/** Opens the file as far as is needed to know that it can be written. Throws what the system says. */
export async function openReportFile(path: string): Promise<ReportFile> {
  const handle = await open(path, FLAGS).catch((error: unknown) => {
    if (systemCodeOf(error) === "ENOENT") return null;
    throw systemCodeOf(error) === "ENXIO" ? new Error("it is a pipe that nobody reads") : error;
  });
  if (handle !== null && !(await handle.stat()).isFile()) {
    // Its reader takes a close for the end.
    return { write: (text) => writeSlowly(handle, text), close: () => closeQuietly(handle) };
  }
  await handle?.close();
  // The file that a link names is replaced, and not the link.
  const target = handle === null ? await placeOf(path) : await realpath(path);
  if (handle === null) await tryBeside(target);
  else if (!(await isReplaceable(target))) return { write: (text) => writeFile(path, text), close };
  return { write: (text) => replace(target, text), close };
}

/** Nothing is open between the look at a file and its writing. */
async function close(): Promise<void> {}

/** The place of a file that is not there; a link may point to it. */
async function placeOf(path: string): Promise<string> {
  const link = await readlink(path).catch(() => null);
  if (link !== null) return await placeOf(resolve(dirname(path), link));
  const folder = await realpath(dirname(path));
  return join(folder, basename(path));
}

/** So many characters of a name tell whose file it is; file systems count bytes, of which a character has up to four. */
const KEPT = 40;

/** A name beside `path`, in the same file system. */
function beside(path: string): string {
  return join(dirname(path), `.${basename(path).slice(0, KEPT)}.${randomUUID().slice(0, 8)}.tmp`);
}

/** Throws where no file can be made beside `path`. */
async function tryBeside(path: string): Promise<void> {
  const probe = beside(path);
  await (await open(probe, "wx")).close();
  await rm(probe, { force: true });
}

/** False where the folder takes no new file, or the file has another name as well: then it is written in its place. */
async function isReplaceable(path: string): Promise<boolean> {
  if ((await stat(path)).nlink > 1) return false;
  return await tryBeside(path).then(
    () => true,
    () => false,
  );
}

/** Writes a file beside `path`, and gives it that name once it is whole. */
async function replace(path: string, text: string): Promise<void> {
  const whole = beside(path);
  const mode = await stat(path).then(
    (found) => found.mode & 0o7777,
    () => null,
  );
  try {
    const handle = await open(whole, "wx");
    try {
      if (mode !== null) await handle.chmod(mode);
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(whole, path);
  } catch (error) {
    await rm(whole, { force: true }).catch(() => {});
    throw error;
  }
}

async function writeSlowly(handle: FileHandle, text: string): Promise<void> {
  const bytes = Buffer.from(text);
  const until = performance.now() + PATIENCE_MS;
  for (let at = 0; at < bytes.length;) {
    try {
      at += (await handle.write(bytes, at)).bytesWritten;
    } catch (error) {
      if (systemCodeOf(error) !== "EAGAIN" || performance.now() > until) throw error;
      await sleep(PAUSE_MS);
    }
  }
}

async function closeQuietly(handle: FileHandle): Promise<void> {
  await handle.close().catch(() => {});
}

/** The error for a file that cannot be written, as the flag that names it has it; `more`: what else is to be said. */
export function unwritable(
  path: string,
  error: unknown,
  { flag, more = "" }: { readonly flag: string; readonly more?: string },
): UpsurgeError {
  const reason = `${messageOf(error)}${more}`;
  const fix =
    openFilesFix(error) ??
    `check the folder, its permissions and the disk, or name another file with ${flag}`;
  return upsurgeError("OUTPUT_FILE", { path, reason }, { where: flag, fix, cause: error });
}

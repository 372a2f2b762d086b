/** The file of `--report`: whether it can be written is found out before the load, and it is written after it. */
import { constants } from "node:fs";
import { open, writeFile } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";

const { O_WRONLY, O_CREAT, O_APPEND, O_NONBLOCK } = constants;
/** Without waiting: a pipe that nobody reads would keep the load from its beginning. */
const FLAGS = O_WRONLY | O_CREAT | O_APPEND | (O_NONBLOCK ?? 0);

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
    throw codeOf(error) === "ENXIO" ? new Error("it is a pipe that nobody reads") : error;
  });
  if (!(await handle.stat()).isFile()) {
    // Its reader takes a close for the end.
    return { write: (text) => writeSlowly(handle, text), close: () => closeQuietly(handle) };
  }
  await handle.close();
  return { write: (text) => writeFile(path, text), close: () => Promise.resolve() };
}

async function writeSlowly(handle: FileHandle, text: string): Promise<void> {
  const bytes = Buffer.from(text);
  const until = performance.now() + PATIENCE_MS;
  for (let at = 0; at < bytes.length;) {
    try {
      at += (await handle.write(bytes, at)).bytesWritten;
    } catch (error) {
      if (codeOf(error) !== "EAGAIN" || performance.now() > until) throw error;
      await sleep(PAUSE_MS);
    }
  }
}

async function closeQuietly(handle: FileHandle): Promise<void> {
  await handle.close().catch(() => {});
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}

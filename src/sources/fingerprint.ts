/**
 * What tells a file from another at a glance: its size, and a hash of pieces from all over it. Processes on several machines
 * compare it before they write; what they read in full is compared at their end.
 */
import { createHash } from "node:crypto";
import { open } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { messageOf } from "../errors/message-of.ts";
import { upsurgeError } from "../errors/upsurge-error.ts";

/** A file of so many bytes is hashed whole; of a larger one, as many bytes in pieces. */
const WHOLE = 16 * 1024 * 1024;
const PIECE = 64 * 1024;

/** A file as it is stored. */
export interface Fingerprint {
  readonly bytes: number;
  readonly sha256: string;
}

/** Of the file at `path`. Throws `SOURCE_UNREADABLE`. */
export async function fingerprintOf(path: string): Promise<Fingerprint> {
  try {
    const file = await open(path, "r");
    try {
      const { size } = await file.stat();
      const hash = createHash("sha256");
      const buffer = Buffer.alloc(PIECE);
      for (const from of startsOf(size)) {
        hash.update(buffer.subarray(0, await readPiece(file, buffer, from)));
      }
      return { bytes: size, sha256: hash.digest("hex") };
    } finally {
      await file.close();
    }
  } catch (cause) {
    const reason = messageOf(cause);
    throw upsurgeError("SOURCE_UNREADABLE", { path, reason }, { cause });
  }
}

/** Reads the bytes from `from` on, until the buffer is full or the file ends: one read may give fewer. Tells how many. */
async function readPiece(file: FileHandle, buffer: Buffer, from: number): Promise<number> {
  let length = 0;
  while (length < buffer.length) {
    const { bytesRead } = await file.read(buffer, length, buffer.length - length, from + length);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  return length;
}

/** Where pieces begin: one after another, or from the first to the last. */
function startsOf(size: number): number[] {
  const all = Math.ceil(size / PIECE);
  const count = Math.min(all, WHOLE / PIECE);
  if (count === all) return Array.from({ length: count }, (_, at) => at * PIECE);
  return Array.from({ length: count }, (_, at) => Math.floor(((size - PIECE) * at) / (count - 1)));
}

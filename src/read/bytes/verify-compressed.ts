/**
 * Reads a compressed file to its end and keeps nothing. Damage shows at the end of a file, by its checksum, or behind
 * records that look whole: a load that commits in parts has to know of it before its first commit.
 */
import { Readable } from "node:stream";
import { decompress, detectCompression } from "./decompress.ts";
import { PeekableBytes } from "./peekable-bytes.ts";
import { openStoredBytes } from "./stored-bytes.ts";
import { WatchedBytes } from "./watched-bytes.ts";

/** Decompresses the file `path`, as reading it would. Throws `SOURCE_*` errors, and the reason of `signal`. */
export async function verifyCompressed(path: string, signal: AbortSignal): Promise<void> {
  const stored = await openStoredBytes(path, Readable.from([]));
  try {
    const watched = new WatchedBytes(stored.chunks(), false);
    const bytes = new PeekableBytes(watched);
    const compression = await detectCompression(bytes, path);
    const plain = decompress(compression, bytes, { stored, watched })[Symbol.asyncIterator]();
    while ((await plain.next()).done !== true) signal.throwIfAborted();
  } finally {
    await stored.close();
  }
}

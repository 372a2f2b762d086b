/**
 * Compression, recognised by the first bytes: gzip through zlib, zstd through `zstd.ts`.
 * Damage and decompression bombs become `SOURCE_CORRUPT`.
 */
import { pipeline, Readable } from "node:stream";
import type { Transform } from "node:stream";
import { createGunzip } from "node:zlib";
import type { PeekableBytes } from "./peekable-bytes.ts";
import { corrupt, sourceError } from "./source-error.ts";
import type { StoredBytes } from "./stored-bytes.ts";

const BOMB_FREE_BYTES = 64 * 1024 * 1024;
const BOMB_RATIO = 200;

/** The compressions that are recognised by their first bytes. */
export type Compression = "gzip" | "zstd";

/** The compression of a stream, by its first four bytes; skippable zstd frames count as zstd. */
export async function detectCompression(bytes: PeekableBytes): Promise<Compression | null> {
  const head = await bytes.peek(4);
  if (head[0] === 0x1f && head[1] === 0x8b) return "gzip";
  if (head.length < 4) return null;
  const magic = head.readUInt32LE(0);
  const zstd = magic === 0xfd2fb528 || (magic & 0xfffffff0) >>> 0 === 0x184d2a50;
  return zstd ? "zstd" : null;
}

/** The decompressed stream of `bytes`, which come from `stored`. */
export function decompress(
  compression: Compression | null,
  bytes: PeekableBytes,
  stored: StoredBytes,
): AsyncIterable<Buffer> {
  if (compression === null) return bytes;
  const plain = compression === "gzip" ? through(createGunzip(), bytes) : unzstd(bytes);
  return guarded(plain, stored);
}

/** Its decoder is loaded when there is something to decode. */
async function* unzstd(bytes: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const zstd = await import("./zstd.ts");
  yield* zstd.unzstd(bytes);
}

/** Sends `bytes` through a transforming stream; an error of either side ends the iteration. */
function through(transform: Transform, bytes: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
  pipeline(Readable.from(bytes, { objectMode: false, highWaterMark: 1 }), transform, () => {});
  return transform;
}

async function* guarded(plain: AsyncIterable<Buffer>, stored: StoredBytes): AsyncGenerator<Buffer> {
  let total = 0;
  try {
    for await (const chunk of plain) {
      total += chunk.length;
      if (total > BOMB_FREE_BYTES && total > BOMB_RATIO * stored.bytesRead) {
        throw corrupt(
          stored.name,
          `it grows more than ${BOMB_RATIO}-fold when decompressed, as no table of data does`,
        );
      }
      yield chunk;
    }
  } catch (error) {
    throw sourceError(stored.name, error);
  }
}

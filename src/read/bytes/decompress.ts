/**
 * Compression, recognised by the first bytes: gzip through zlib, zstd through `zstd.ts`.
 * Damage and decompression bombs become `SOURCE_CORRUPT`.
 */
import { plural } from "../../errors/format.ts";
import { pipeline, Readable } from "node:stream";
import type { Transform } from "node:stream";
import type { PeekableBytes } from "./peekable-bytes.ts";
import { corrupt, sourceError } from "./source-error.ts";
import type { StoredBytes } from "./stored-bytes.ts";
import type { WatchedBytes } from "./watched-bytes.ts";

const BOMB_FREE_BYTES = 64 * 1024 * 1024;
const BOMB_RATIO = 200;

/** The compressions that are recognised by their first bytes. */
export type Compression = "gzip" | "zstd";

/**
 * The compression of a stream, by its first four bytes; skippable zstd frames count as zstd. Throws `SOURCE_CORRUPT`
 * when `name` says that it is compressed and it ends before it can show it.
 */
export async function detectCompression(
  bytes: PeekableBytes,
  name: string,
): Promise<Compression | null> {
  const head = await bytes.peek(4);
  if (head[0] === 0x1f && head[1] === 0x8b) return "gzip";
  if (head.length < shortest(name)) {
    const size = head.length === 0 ? "it is empty" : `it has ${plural(head.length, "byte")}`;
    throw corrupt(name, `${size}, and no compressed file is that short`);
  }
  if (head.length < 4) return null;
  const magic = head.readUInt32LE(0);
  const zstd = magic === 0xfd2fb528 || (magic & 0xfffffff0) >>> 0 === 0x184d2a50;
  return zstd ? "zstd" : null;
}

/** The bytes of the magic that a file of this name begins with. */
function shortest(name: string): number {
  if (/\.(gz|gzip)$/i.test(name)) return 2;
  return /\.(zst|zstd)$/i.test(name) ? 4 : 0;
}

/** Where compressed bytes come from. */
export interface CompressedSource {
  readonly stored: Pick<StoredBytes, "name" | "bytesRead">;
  readonly watched: WatchedBytes;
}

/** The decompressed stream of `bytes`. */
export function decompress(
  compression: Compression | null,
  bytes: PeekableBytes,
  from: CompressedSource,
): AsyncIterable<Buffer> {
  if (compression === null) return bytes;
  return guarded(compression === "gzip" ? gunzip(bytes, from) : unzstd(bytes), from.stored);
}

/** zlib leaves at the first zero byte after a member: padding, unless anything else follows. */
async function* gunzip(
  bytes: AsyncIterable<Buffer>,
  { stored, watched }: CompressedSource,
): AsyncGenerator<Buffer> {
  // Most sources are not compressed.
  const { createGunzip } = await import("node:zlib");
  const transform = createGunzip();
  yield* through(transform, bytes);
  await watched.drain();
  if (watched.dataEnd > transform.bytesWritten) {
    throw corrupt(stored.name, "something follows the zero bytes after the compressed data");
  }
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

async function* guarded(
  plain: AsyncIterable<Buffer>,
  stored: CompressedSource["stored"],
): AsyncGenerator<Buffer> {
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

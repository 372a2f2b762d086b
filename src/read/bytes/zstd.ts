/**
 * zstd by fzstd, a frame at a time, with each frame's end and content checksum (XXH64) verified: fzstd does not verify it,
 * and unseen damage would be loaded as data.
 * One decoder on every runtime: Node 22's own gives no error for a stream that is cut short and stops after one frame.
 */
import { Decompress } from "fzstd";
import xxhash from "xxhash-wasm";
import type { XXHash } from "xxhash-wasm";
import { messageOf } from "../../errors/message-of.ts";
import { frameError, ZstdFrames } from "./zstd-frames.ts";

// Four stored bytes can stand for 128 KiB: small pieces keep what one step can produce small.
const PIECE_BYTES = 2048;

/** The decompressed stream of zstd frames, one after the other. */
export async function* unzstd(bytes: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const hashes = await xxhash();
  const frames = new ZstdFrames();
  let frame: FrameDecoder | null = null;
  for await (const chunk of bytes) {
    for (let at = 0; at < chunk.length;) {
      const piece = chunk.subarray(at, at + PIECE_BYTES);
      const step = frames.take(piece);
      at += step.used;
      if (step.skippable) continue;
      frame ??= new FrameDecoder(hashes.create64());
      yield* frame.push(piece.subarray(0, step.used), step.ended);
      if (!step.ended) continue;
      if (frames.checksum !== null && frames.checksum !== frame.checksum()) {
        throw frameError("the checksum is wrong");
      }
      frame = null;
    }
  }
  frames.end();
}

class FrameDecoder {
  /** Of the content, with seed 0. */
  readonly #hash: XXHash<bigint>;
  readonly #decoder: Decompress;
  #ready: Buffer[] = [];

  constructor(hash: XXHash<bigint>) {
    this.#hash = hash;
    this.#decoder = new Decompress((chunk) => {
      // fzstd keeps its window in what it hands out: what leaves must be a copy.
      if (chunk.length > 0) this.#ready.push(Buffer.from(chunk));
    });
  }

  push(piece: Uint8Array, last: boolean): Buffer[] {
    this.#ready = [];
    try {
      this.#decoder.push(piece, last);
    } catch (error) {
      throw frameError(messageOf(error), error);
    }
    for (const chunk of this.#ready) this.#hash.update(chunk);
    return this.#ready;
  }

  /** The low 32 bits, which is what a frame keeps. */
  checksum(): number {
    return Number(BigInt.asUintN(32, this.#hash.digest()));
  }
}

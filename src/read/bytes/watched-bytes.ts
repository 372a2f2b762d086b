/**
 * Stored bytes on their way to whoever reads them: hashed when a hash was asked for, and read on to their end when the
 * reader stopped before it. A limit, and a decompressor that has seen its last byte, stop early.
 */
import { createHash } from "node:crypto";
import type { Hash } from "node:crypto";

/** Passes bytes through. Whoever iterates over it may leave: the rest can still be read. */
export class WatchedBytes implements AsyncIterable<Buffer> {
  readonly #hash: Hash | null;
  readonly #flow: AsyncGenerator<Buffer>;
  #dataEnd = 0;

  constructor(stored: AsyncIterable<Buffer>, hashed: boolean) {
    this.#hash = hashed ? createHash("sha256") : null;
    this.#flow = this.#watch(stored);
  }

  /** Where the last byte that is not zero ends, among those that have passed. */
  get dataEnd(): number {
    return this.#dataEnd;
  }

  [Symbol.asyncIterator](): AsyncIterator<Buffer> {
    // Without `return`, which would end the flow for all.
    return { next: () => this.#flow.next() };
  }

  /** Reads on to the end and hands out nothing. */
  async drain(): Promise<void> {
    while ((await this.#flow.next()).done !== true);
  }

  /** The SHA-256 of all bytes, in hexadecimal; to be asked for once, at their end. */
  sha256(): string | null {
    return this.#hash?.digest("hex") ?? null;
  }

  async *#watch(stored: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    let total = 0;
    for await (const chunk of stored) {
      this.#hash?.update(chunk);
      let end = chunk.length;
      while (end > 0 && chunk[end - 1] === 0) end -= 1;
      if (end > 0) this.#dataEnd = total + end;
      total += chunk.length;
      yield chunk;
    }
  }
}

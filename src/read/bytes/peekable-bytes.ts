/**
 * A byte stream that can be looked at before it is read; how compression and byte order marks are found.
 * It keeps no more than was looked at.
 */

/** Wraps an iterable of buffers; reading starts with the bytes that were looked at. */
export class PeekableBytes {
  readonly #source: AsyncIterator<Buffer>;
  #seen: Buffer = Buffer.alloc(0);

  constructor(source: AsyncIterable<Buffer>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  /** The first `count` bytes not read yet, fewer when the stream ends before. */
  async peek(count: number): Promise<Buffer> {
    while (this.#seen.length < count) {
      const step = await this.#source.next();
      if (step.done === true) break;
      this.#seen = this.#seen.length === 0 ? step.value : Buffer.concat([this.#seen, step.value]);
    }
    return this.#seen.subarray(0, count);
  }

  /** Drops `count` bytes that were looked at. */
  drop(count: number): void {
    this.#seen = this.#seen.subarray(count);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Buffer> {
    try {
      if (this.#seen.length > 0) {
        const seen = this.#seen;
        this.#seen = Buffer.alloc(0);
        yield seen;
      }
      for (;;) {
        const step = await this.#source.next();
        if (step.done === true) return;
        yield step.value;
      }
    } finally {
      await this.#source.return?.();
    }
  }
}

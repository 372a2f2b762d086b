/**
 * Cuts a byte stream into large blocks that each begin with what the last one left over.
 * Bytes handed out are never written again: records point into them.
 */

import type { PrefixHash } from "./prefix-hash.ts";

/** Bytes of a block read at once: larger ones make no load faster, and stay in memory until they are collected. */
const BLOCK_BYTES = 512 * 1024;
/** The first block is at least this long: formats and line ends are told by it. */
const FIRST_BLOCK_BYTES = 64 * 1024;
const MAX_STEP_BYTES = 16 * 1024 * 1024;

/** A run of the stream; `last` when nothing follows it. */
export interface Block {
  readonly bytes: Buffer;
  readonly last: boolean;
}

/** Fills blocks from a stream. */
export class BlockFeed {
  readonly #source: AsyncIterator<Buffer>;
  readonly #blockBytes: number;
  readonly #firstBytes: number;
  #pending: Buffer = Buffer.alloc(0);
  #first = true;
  #ended = false;
  #error: unknown = null;
  #lastByte: number | null = null;
  readonly #prefix: PrefixHash | null;

  /** `blockBytes` is what a block holds apart from the rest of the last one; the first holds `firstBytes` at least. */
  constructor(
    source: AsyncIterable<Buffer>,
    {
      blockBytes = BLOCK_BYTES,
      firstBytes = FIRST_BLOCK_BYTES,
      prefix = null,
    }: {
      readonly blockBytes?: number | undefined;
      readonly firstBytes?: number | undefined;
      /** Is given every byte once. */
      readonly prefix?: PrefixHash | null;
    } = {},
  ) {
    this.#source = source[Symbol.asyncIterator]();
    this.#blockBytes = blockBytes;
    this.#firstBytes = firstBytes;
    this.#prefix = prefix;
  }

  /** Nothing before `byte` of the stream will be asked for again. */
  passed(byte: number): void {
    this.#prefix?.advance(byte);
  }

  /** The next block. An error of the stream is thrown only when the bytes before it were handed out. */
  async next(rest: Buffer): Promise<Block> {
    const least = this.#first ? this.#firstBytes : 1;
    this.#first = false;
    const more = Math.max(this.#blockBytes, least, Math.min(rest.length, MAX_STEP_BYTES));
    const block = Buffer.allocUnsafeSlow(rest.length + more);
    rest.copy(block);
    const length = await this.#fill(block, rest.length);
    if (this.#error !== null && length === rest.length) throw this.#error;
    return { bytes: block.subarray(0, length), last: this.#ended && this.#error === null };
  }

  async #fill(block: Buffer, from: number): Promise<number> {
    let at = from;
    while (at < block.length) {
      if (this.#pending.length === 0 && !(await this.#pull())) break;
      const copied = this.#pending.copy(block, at);
      this.#prefix?.take(block.subarray(at, at + copied));
      this.#pending = this.#pending.subarray(copied);
      at += copied;
    }
    return at;
  }

  async #pull(): Promise<boolean> {
    if (this.#ended) return false;
    try {
      const step = await this.#source.next();
      if (step.done === true) this.#ended = true;
      else {
        this.#pending = step.value;
        this.#lastByte = step.value.at(-1) ?? this.#lastByte;
      }
    } catch (error) {
      this.#error = error;
      this.#ended = true;
    }
    return !this.#ended;
  }

  /** The last byte that the stream gave so far; `null` before the first. */
  get lastByte(): number | null {
    return this.#lastByte;
  }

  /** Reads on to the end of the stream and hands out nothing more. Throws the stream's error. */
  async drain(): Promise<void> {
    while (await this.#pull());
    this.#pending = Buffer.alloc(0);
    if (this.#error !== null) throw this.#error;
  }

  /** Lets the stream go. */
  async close(): Promise<void> {
    this.#ended = true;
    await this.#source.return?.();
  }
}

/**
 * A buffer that grows while COPY data is written into it; numbers are big-endian, as the protocol has them. Room for numbers
 * is made by `reserve`, for all of a value at once: a number without room is refused.
 */
import type { ByteSource } from "./byte-source.ts";

/** So few bytes are copied in a loop: crossing into native code costs more. */
const SHORT = 128;

/** The data of one COPY. */
export class CopyBuffer {
  bytes: Buffer;
  length = 0;
  #words: DataView;

  /** `expected` bytes are made room for at once; `spare` is written over if it is large enough. */
  constructor(expected: number, spare: Buffer | null = null) {
    const fits = spare !== null && spare.length >= expected;
    this.bytes = fits ? spare : Buffer.allocUnsafeSlow(Math.max(64, expected));
    this.#words = wordsOf(this.bytes);
  }

  /** Makes room for `more` bytes. */
  reserve(more: number): void {
    if (this.length + more > this.bytes.length) this.#grow(this.length + more);
  }

  #grow(least: number): void {
    const larger = Buffer.allocUnsafeSlow(Math.max(least, 2 * this.bytes.length));
    this.bytes.copy(larger, 0, 0, this.length);
    this.bytes = larger;
    this.#words = wordsOf(larger);
  }

  /** What was written. */
  get written(): Buffer {
    return this.bytes.subarray(0, this.length);
  }

  byte(value: number): void {
    this.#words.setUint8(this.length, value);
    this.length += 1;
  }

  int16(value: number): void {
    this.#words.setInt16(this.length, value);
    this.length += 2;
  }

  int32(value: number): void {
    this.#words.setInt32(this.length, value);
    this.length += 4;
  }

  /** An integer that a double holds exactly. */
  int64(value: number): void {
    this.int64At(this.length, value);
    this.length += 8;
  }

  /** The same in the place of one that was written. */
  int64At(at: number, value: number): void {
    const high = Math.floor(value / 0x1_0000_0000);
    this.#words.setInt32(at, high);
    this.#words.setUint32(at + 4, value - high * 0x1_0000_0000);
  }

  bigInt64(value: bigint): void {
    this.#words.setBigInt64(this.length, value);
    this.length += 8;
  }

  double(value: number): void {
    this.#words.setFloat64(this.length, value);
    this.length += 8;
  }

  float(value: number): void {
    this.#words.setFloat32(this.length, value);
    this.length += 4;
  }

  /** Bytes as they are; makes room for them. */
  copy({ bytes: from, words: source }: ByteSource, start: number, end: number): void {
    const size = end - start;
    this.reserve(size);
    const { bytes, length } = this;
    const words = this.#words;
    if (size < SHORT) {
      const whole = size & ~3;
      let at = 0;
      for (; at < whole; at += 4)
        words.setInt32(length + at, source.getInt32(start + at, true), true);
      for (; at < size; at += 1) bytes[length + at] = from[start + at] as number;
    } else from.copy(bytes, length, start, end);
    this.length = length + size;
  }
}

function wordsOf(bytes: Buffer): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}

/** A buffer that grows while COPY data is written into it; numbers are big-endian, as the protocol has them. */

/** The data of one COPY. */
export class CopyBuffer {
  bytes: Buffer;
  length = 0;

  /** `expected` bytes are made room for at once; `spare` is written over if it is large enough. */
  constructor(expected: number, spare: Buffer | null = null) {
    const fits = spare !== null && spare.length >= expected;
    this.bytes = fits ? spare : Buffer.allocUnsafeSlow(Math.max(64, expected));
  }

  /** Makes room for `more` bytes. */
  reserve(more: number): void {
    const least = this.length + more;
    if (least <= this.bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(least, 2 * this.bytes.length));
    this.bytes.copy(larger, 0, 0, this.length);
    this.bytes = larger;
  }

  /** What was written. */
  get written(): Buffer {
    return this.bytes.subarray(0, this.length);
  }

  byte(value: number): void {
    this.reserve(1);
    this.bytes[this.length] = value;
    this.length += 1;
  }

  int16(value: number): void {
    this.reserve(2);
    const { bytes, length } = this;
    bytes[length] = value >> 8;
    bytes[length + 1] = value;
    this.length = length + 2;
  }

  int32(value: number): void {
    this.reserve(4);
    const { bytes, length } = this;
    bytes[length] = value >> 24;
    bytes[length + 1] = value >> 16;
    bytes[length + 2] = value >> 8;
    bytes[length + 3] = value;
    this.length = length + 4;
  }

  /** An integer that a double holds exactly. */
  int64(value: number): void {
    const high = Math.floor(value / 0x1_0000_0000);
    this.int32(high);
    this.int32(value - high * 0x1_0000_0000);
  }

  bigInt64(value: bigint): void {
    this.reserve(8);
    this.bytes.writeBigInt64BE(value, this.length);
    this.length += 8;
  }

  double(value: number): void {
    this.reserve(8);
    this.bytes.writeDoubleBE(value, this.length);
    this.length += 8;
  }

  float(value: number): void {
    this.reserve(4);
    this.bytes.writeFloatBE(value, this.length);
    this.length += 4;
  }

  /** Bytes as they are. */
  copy(from: Buffer, start: number, end: number): void {
    const size = end - start;
    this.reserve(size);
    const { bytes, length } = this;
    // Crossing into native code costs more than a short loop.
    if (size < 32)
      for (let at = 0; at < size; at += 1) bytes[length + at] = from[start + at] as number;
    else from.copy(bytes, length, start, end);
    this.length = length + size;
  }
}

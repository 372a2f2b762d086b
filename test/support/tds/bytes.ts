/** Reads and writes the primitives of TDS: little-endian integers and counted UTF-16 text. */

/** A cursor over the bytes of a message. */
export class ByteReader {
  readonly #bytes: Buffer;
  #offset = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get atEnd(): boolean {
    return this.#offset >= this.#bytes.length;
  }

  u8(): number {
    return this.#bytes.readUInt8(this.#advance(1));
  }

  u16(): number {
    return this.#bytes.readUInt16LE(this.#advance(2));
  }

  u32(): number {
    return this.#bytes.readUInt32LE(this.#advance(4));
  }

  u64(): bigint {
    return this.#bytes.readBigUInt64LE(this.#advance(8));
  }

  bytes(length: number): Buffer {
    const start = this.#advance(length);
    if (this.#offset > this.#bytes.length) throw new Error("a message ends in the middle");
    return this.#bytes.subarray(start, this.#offset);
  }

  /** Text of so many UTF-16 units. */
  text(units: number): string {
    return this.bytes(units * 2).toString("utf16le");
  }

  skip(length: number): void {
    this.#advance(length);
  }

  #advance(length: number): number {
    const start = this.#offset;
    this.#offset += length;
    return start;
  }
}

/** Bytes that grow at the end. */
export class ByteWriter {
  #buffer: Buffer = Buffer.allocUnsafe(512);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  u8(value: number): void {
    const at = this.#room(1);
    this.#buffer.writeUInt8(value, at);
  }

  u16(value: number): void {
    const at = this.#room(2);
    this.#buffer.writeUInt16LE(value, at);
  }

  u32(value: number): void {
    const at = this.#room(4);
    this.#buffer.writeUInt32LE(value, at);
  }

  u32be(value: number): void {
    const at = this.#room(4);
    this.#buffer.writeUInt32BE(value, at);
  }

  i32(value: number): void {
    const at = this.#room(4);
    this.#buffer.writeInt32LE(value, at);
  }

  i64(value: bigint): void {
    const at = this.#room(8);
    this.#buffer.writeBigInt64LE(value, at);
  }

  bytes(value: Buffer): void {
    const at = this.#room(value.length);
    value.copy(this.#buffer, at);
  }

  /** Text without its length. */
  text(value: string): void {
    const at = this.#room(value.length * 2);
    this.#buffer.write(value, at, "utf16le");
  }

  /** Text after its number of UTF-16 units in one byte. */
  shortText(value: string): void {
    const text = value.slice(0, 255);
    this.u8(text.length);
    this.text(text);
  }

  /** Takes all bytes out. */
  take(): Buffer {
    const taken = this.#buffer.subarray(0, this.#length);
    this.#buffer = Buffer.allocUnsafe(512);
    this.#length = 0;
    return taken;
  }

  /** Where the next bytes go. To be called first: the buffer may be another one afterwards. */
  #room(length: number): number {
    const start = this.#length;
    this.#length += length;
    if (this.#length > this.#buffer.length) {
      const grown = Buffer.allocUnsafe(Math.max(this.#length, this.#buffer.length * 2));
      this.#buffer.copy(grown, 0, 0, start);
      this.#buffer = grown;
    }
    return start;
  }
}

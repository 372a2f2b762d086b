/**
 * Keys and what was found for them, as bytes: a key of a packed record is found without making a string of it. A key of
 * several texts has a zero byte between them, which no packed text holds.
 */

const FIRST_SLOTS = 1024;
const FIRST_BYTES = 16 * 1024;
const EMPTY = -1;

/** A table of keys that grows; an entry is the number of a key. */
export class KeyTable {
  #slots = new Int32Array(FIRST_SLOTS).fill(EMPTY);
  #bytes = Buffer.allocUnsafe(FIRST_BYTES);
  #used = 0;
  #size = 0;
  /** By entry: the hash of its key, where the key starts, and where its value starts and ends. */
  #entries = new Int32Array(4 * FIRST_SLOTS);

  /** The entry of the key in these bytes; -1: it is not known. */
  find(bytes: Uint8Array, start: number, end: number): number {
    const hash = hashOf(bytes, start, end);
    const mask = this.#slots.length - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const entry = this.#slots[slot] as number;
      if (entry === EMPTY) return EMPTY;
      if (this.#entries[4 * entry] === hash && this.#isKey(entry, bytes, start, end)) return entry;
    }
  }

  #isKey(entry: number, bytes: Uint8Array, start: number, end: number): boolean {
    const from = this.#entries[4 * entry + 1] as number;
    const to = this.#entries[4 * entry + 2] as number;
    if (to - from !== end - start) return false;
    const own = this.#bytes;
    for (let at = 0; at < to - from; at += 1)
      if (own[from + at] !== bytes[start + at]) return false;
    return true;
  }

  /** Adds a key that is not known; tells its entry. */
  add(key: Buffer, value: Buffer): number {
    this.#makeRoom(key.length + value.length);
    const entry = this.#size;
    const start = this.#used;
    key.copy(this.#bytes, start);
    value.copy(this.#bytes, start + key.length);
    this.#used += key.length + value.length;
    this.#size += 1;
    const hash = hashOf(key, 0, key.length);
    this.#entries.set([hash, start, start + key.length, this.#used], 4 * entry);
    this.#place(entry);
    return entry;
  }

  #place(entry: number): void {
    const mask = this.#slots.length - 1;
    let slot = (this.#entries[4 * entry] as number) & mask;
    while (this.#slots[slot] !== EMPTY) slot = (slot + 1) & mask;
    this.#slots[slot] = entry;
  }

  #makeRoom(bytes: number): void {
    if (this.#used + bytes > this.#bytes.length) {
      const grown = Buffer.allocUnsafe(2 * Math.max(this.#bytes.length, this.#used + bytes));
      this.#bytes.copy(grown, 0, 0, this.#used);
      this.#bytes = grown;
    }
    if (2 * (this.#size + 1) <= this.#slots.length) return;
    const entries = new Int32Array(2 * this.#entries.length);
    entries.set(this.#entries);
    this.#entries = entries;
    this.#slots = new Int32Array(2 * this.#slots.length).fill(EMPTY);
    for (let entry = 0; entry < this.#size; entry += 1) this.#place(entry);
  }

  /** How long the value of an entry is, in bytes. */
  lengthOf(entry: number): number {
    return (this.#entries[4 * entry + 3] as number) - (this.#entries[4 * entry + 2] as number);
  }

  /** Puts the value of an entry into `into`; tells where it ends. */
  copyValue(entry: number, into: Uint8Array, at: number): number {
    const from = this.#entries[4 * entry + 2] as number;
    const to = this.#entries[4 * entry + 3] as number;
    for (let place = from; place < to; place += 1)
      into[at + place - from] = this.#bytes[place] as number;
    return at + to - from;
  }
}

/** Four bytes at a time by multiplication, as the hashes of the xxHash family do; a signed number of 32 bits. */
function hashOf(bytes: Uint8Array, start: number, end: number): number {
  let hash = end - start;
  let at = start;
  for (; at + 4 <= end; at += 4) {
    const low = (bytes[at] as number) | ((bytes[at + 1] as number) << 8);
    const high = ((bytes[at + 2] as number) << 16) | ((bytes[at + 3] as number) << 24);
    hash = Math.imul(hash ^ low ^ high, 0x9e37_79b1);
    hash ^= hash >>> 15;
  }
  for (; at < end; at += 1) hash = Math.imul(hash ^ (bytes[at] as number), 0x0100_0193);
  hash = Math.imul(hash ^ (hash >>> 15), 0x85eb_ca6b);
  return hash ^ (hash >>> 13);
}

/** A key as the table has it. */
export function keyBytes(texts: readonly string[]): Buffer {
  return Buffer.from(texts.join("\0"));
}

/** Hashes the folded values of keys: FNV-1a over their characters, mixed, so that a few bits of it share keys out evenly. Pure. */

const START = 0x811c_9dc5;
const PRIME = 0x0100_0193;
/** No character: it ends a value, and stands for one that is NULL. */
const END = 0x1_0000;
const NULL = 0x1_0001;

/** The hash of a key, a value at a time. */
export class KeyHash {
  #hash = START;

  /** Begins another key. */
  begin(): void {
    this.#hash = START;
  }

  /** Takes a folded value; `null` for NULL. */
  take(key: string | null): void {
    for (let at = 0; at < (key?.length ?? 0); at += 1) this.#mix((key as string).charCodeAt(at));
    this.#mix(key === null ? NULL : END);
  }

  /** Takes the digits of a number from its bytes. */
  takeDigits(bytes: Uint8Array, from: number, to: number): void {
    for (let at = from; at < to; at += 1) this.#mix(bytes[at] as number);
    this.#mix(END);
  }

  #mix(code: number): void {
    this.#hash = Math.imul(this.#hash ^ code, PRIME);
  }

  /** The number of the piece, of `count`. */
  piece(count: number): number {
    let hash = this.#hash;
    hash = Math.imul(hash ^ (hash >>> 16), 0x7feb_352d);
    hash = Math.imul(hash ^ (hash >>> 15), 0x846c_a68b);
    return ((hash ^ (hash >>> 16)) >>> 0) % count;
  }
}

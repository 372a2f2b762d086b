/**
 * SHA-256 of what a source holds before a place, so that a later run can tell whether it is still the same source. Bytes
 * are taken as they are read and hashed up to where somebody asks, since a place is known only after reading past it.
 */
import { createHash } from "node:crypto";

/** The hash of one decompressed stream; places are asked for in ascending order. */
export class PrefixHash {
  readonly #hash = createHash("sha256");
  /** Read but not hashed. They point into blocks, which keeps these in memory: `advance` lets them go. */
  #waiting: Uint8Array[] = [];
  #hashed = 0;
  #read = 0;

  /** Bytes taken so far. */
  get length(): number {
    return this.#read;
  }

  /** Takes the next bytes of the stream. They must not change. */
  take(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.#waiting.push(bytes);
    this.#read += bytes.length;
  }

  /** Hashes what comes before `byte`: no place before it will be asked for. */
  advance(byte: number): void {
    let used = 0;
    for (const bytes of this.#waiting) {
      const wanted = Math.min(bytes.length, byte - this.#hashed);
      if (wanted <= 0) break;
      this.#hash.update(wanted === bytes.length ? bytes : bytes.subarray(0, wanted));
      this.#hashed += wanted;
      if (wanted < bytes.length) {
        this.#waiting[used] = bytes.subarray(wanted);
        break;
      }
      used += 1;
    }
    this.#waiting.splice(0, used);
  }

  /** The hash of the bytes before `byte`, in hexadecimal. */
  digest(byte: number): string {
    this.advance(byte);
    if (this.#hashed !== byte) throw new RangeError(`byte ${byte} is not at hand`);
    return this.#hash.copy().digest("hex");
  }
}

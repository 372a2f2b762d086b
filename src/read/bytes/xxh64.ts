/**
 * XXH64, the content checksum of zstd frames: fzstd does not verify it, and unseen damage would be loaded as data.
 * 64-bit lanes are pairs of 32-bit halves, as BigInt is a hundred times slower; only the end of a hash uses it.
 */
const P1 = 0x9e3779b185ebca87n;
const P2 = 0xc2b2ae3d27d4eb4fn;
const P3 = 0x165667b19e3779f9n;
const P4 = 0x85ebca77c2b2ae63n;
const P5 = 0x27d4eb2f165667c5n;
const P1_HIGH = Number(P1 >> 32n);
const P1_LOW = Number(P1 & 0xffffffffn);
const P2_HIGH = Number(P2 >> 32n);
const P2_LOW = Number(P2 & 0xffffffffn);
const STRIPE = 32;

/** A running XXH64 with seed 0. */
export class Xxh64 {
  readonly #high = new Int32Array(4);
  readonly #low = new Int32Array(4);
  #rest: Buffer = Buffer.alloc(0);
  #total = 0;

  constructor() {
    [P1 + P2, P2, 0n, -P1].forEach((seed, lane) => {
      this.#high[lane] = Number(BigInt.asIntN(32, seed >> 32n));
      this.#low[lane] = Number(BigInt.asIntN(32, seed));
    });
  }

  /** Adds bytes. */
  update(chunk: Buffer): void {
    this.#total += chunk.length;
    let bytes = chunk;
    if (this.#rest.length > 0) {
      const missing = STRIPE - this.#rest.length;
      this.#rest = Buffer.concat([this.#rest, bytes.subarray(0, missing)]);
      bytes = bytes.subarray(missing);
      if (this.#rest.length < STRIPE) return;
      this.#stripes(this.#rest);
    }
    const whole = bytes.length - (bytes.length % STRIPE);
    this.#stripes(bytes.subarray(0, whole));
    this.#rest = Buffer.from(bytes.subarray(whole));
  }

  #stripes(bytes: Buffer): void {
    for (let at = 0, lane = 0; at < bytes.length; at += 8, lane = (lane + 1) & 3) {
      const low = bytes.readInt32LE(at);
      const high = bytes.readInt32LE(at + 4);
      this.#round(lane, high, low);
    }
  }

  /** lane = rotate(lane + word * P2, 31) * P1 */
  #round(lane: number, high: number, low: number): void {
    const wordHigh = productHigh(high, low, P2_HIGH, P2_LOW);
    const wordLow = Math.imul(low, P2_LOW);
    const sum = ((this.#low[lane] as number) >>> 0) + (wordLow >>> 0);
    const sumLow = sum | 0;
    const sumHigh = ((this.#high[lane] as number) + wordHigh + (sum > 0xffffffff ? 1 : 0)) | 0;
    const turnedHigh = (sumHigh << 31) | (sumLow >>> 1);
    const turnedLow = (sumLow << 31) | (sumHigh >>> 1);
    this.#high[lane] = productHigh(turnedHigh, turnedLow, P1_HIGH, P1_LOW);
    this.#low[lane] = Math.imul(turnedLow, P1_LOW);
  }

  /** The low 32 bits of the hash of everything added, which is what a zstd frame keeps. */
  digest32(): number {
    let hash = this.#total >= STRIPE ? this.#merged() : P5;
    hash = BigInt.asUintN(64, hash + BigInt(this.#total));
    let at = 0;
    for (; at + 8 <= this.#rest.length; at += 8) {
      hash = times(rotate(hash ^ round(0n, this.#rest.readBigUInt64LE(at)), 27n), P1) + P4;
    }
    if (at + 4 <= this.#rest.length) {
      hash = times(rotate(hash ^ times(BigInt(this.#rest.readUInt32LE(at)), P1), 23n), P2) + P3;
      at += 4;
    }
    for (; at < this.#rest.length; at += 1) {
      hash = times(rotate(hash ^ times(BigInt(this.#rest.readUInt8(at)), P5), 11n), P1);
    }
    return Number(BigInt.asUintN(32, avalanche(BigInt.asUintN(64, hash))));
  }

  #merged(): bigint {
    const lanes = [0, 1, 2, 3].map((lane) => {
      const high = BigInt.asUintN(32, BigInt(this.#high[lane] ?? 0));
      return (high << 32n) | BigInt.asUintN(32, BigInt(this.#low[lane] ?? 0));
    });
    const turns = [1n, 7n, 12n, 18n];
    let hash = lanes.reduce((sum, lane, at) => sum + rotate(lane, turns[at] ?? 0n), 0n);
    for (const lane of lanes) hash = times(hash ^ round(0n, lane), P1) + P4;
    return hash;
  }
}

/** The upper 32 bits of the lower 64 bits of a product. */
function productHigh(aHigh: number, aLow: number, bHigh: number, bLow: number): number {
  const a0 = aLow & 0xffff;
  const a1 = aLow >>> 16;
  const b0 = bLow & 0xffff;
  const b1 = bLow >>> 16;
  const cross = a0 * b1;
  const other = a1 * b0;
  const middle = ((a0 * b0) >>> 16) + (cross & 0xffff) + (other & 0xffff);
  const carried = a1 * b1 + (cross >>> 16) + (other >>> 16) + (middle >>> 16);
  return (carried + Math.imul(aHigh, bLow) + Math.imul(aLow, bHigh)) | 0;
}

function times(a: bigint, b: bigint): bigint {
  return BigInt.asUintN(64, BigInt.asUintN(64, a) * b);
}

function rotate(value: bigint, bits: bigint): bigint {
  const whole = BigInt.asUintN(64, value);
  return BigInt.asUintN(64, (whole << bits) | (whole >> (64n - bits)));
}

function round(lane: bigint, word: bigint): bigint {
  return times(rotate(lane + word * P2, 31n), P1);
}

function avalanche(hash: bigint): bigint {
  const first = times(hash ^ (hash >> 33n), P2);
  const second = times(first ^ (first >> 29n), P3);
  return second ^ (second >> 32n);
}

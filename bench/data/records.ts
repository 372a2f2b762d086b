/** Which key and which version of it each record of a file holds. */
import { randomFrom, shuffled } from "./random.ts";
import type { Shape } from "./shapes.ts";

/** The records of a file, as numbers. */
export interface Records {
  /** The key of each record. */
  readonly keys: Uint32Array;
  /** The version of each record: 1 where its key stands for the first time, then 2, … */
  readonly versions: Uint32Array;
  /** By key: the version that the last record of the key holds; 0 where no record has the key. */
  readonly lastVersion: Uint32Array;
}

const SEED = 20_260_101;

/** The records of a file of `rows` records. */
export function recordsOf(shape: Shape, rows: number): Records {
  const keys = keysOf(shape, rows);
  const versions = new Uint32Array(rows);
  const lastVersion = new Uint32Array(Math.max(rows, shape.pages ?? 0) + 1);
  for (const [index, key] of keys.entries()) {
    const version = (lastVersion[key] ?? 0) + 1;
    versions[index] = version;
    lastVersion[key] = version;
  }
  return { keys, versions, lastVersion };
}

function keysOf(shape: Shape, rows: number): Uint32Array {
  if (shape.pages !== null) return skewed(rows, shape.pages);
  if (shape.keyOrder === "random") return shuffled(rows, SEED);
  const keys = Uint32Array.from({ length: rows }, (_, index) => index + 1);
  if (!shape.repeatsKeys) return keys;
  const random = randomFrom(SEED);
  for (let index = 9; index < rows; index += 10) {
    const earlier = random() % index;
    keys[index] = keys[earlier - (earlier % 10)] ?? 1;
  }
  return keys;
}

/** Zipf's law: the second page is called half as often as the first, the third a third as often. */
function skewed(rows: number, pages: number): Uint32Array {
  const random = randomFrom(SEED);
  let sum = 0;
  const upTo = Float64Array.from({ length: pages }, (_, index) => (sum += 1 / (index + 1)));
  return Uint32Array.from({ length: rows }, () => pageAt(upTo, (random() / 2 ** 32) * sum));
}

/** The first page whose share ends above `drawn`, from 1. */
function pageAt(upTo: Float64Array, drawn: number): number {
  let [low, high] = [0, upTo.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((upTo[middle] ?? 0) > drawn) high = middle;
    else low = middle + 1;
  }
  return low + 1;
}

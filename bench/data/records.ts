/** Which key and which version of it each record of a file holds. */
import { randomFrom, shuffled } from "./random.ts";
import type { Shape } from "./shapes.ts";

/** The records of a file, as numbers. */
export interface Records {
  /** The key of each record. */
  readonly keys: Uint32Array;
  /** The version of each record: 1 where its key stands for the first time, then 2, … */
  readonly versions: Uint8Array;
  /** By key: the version that the last record of the key holds; 0 where no record has the key. */
  readonly lastVersion: Uint8Array;
}

const SEED = 20_260_101;

/** The records of a file of `rows` records. */
export function recordsOf(shape: Shape, rows: number): Records {
  const keys = keysOf(shape, rows);
  const versions = new Uint8Array(rows);
  const lastVersion = new Uint8Array(rows + 1);
  for (const [index, key] of keys.entries()) {
    const version = (lastVersion[key] ?? 0) + 1;
    versions[index] = version;
    lastVersion[key] = version;
  }
  return { keys, versions, lastVersion };
}

function keysOf(shape: Shape, rows: number): Uint32Array {
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

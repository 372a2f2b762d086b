/** A small pseudo-random generator, so that the same data is made on every machine (mulberry32, public domain). */

/** The next 32 random bits, as a number from 0 to 2^32 - 1. */
export type Random = () => number;

/** A generator whose numbers follow from `seed` alone. */
export function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let bits = Math.imul(state ^ (state >>> 15), state | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return (bits ^ (bits >>> 14)) >>> 0;
  };
}

/** The numbers from 1 to `length` in an order that follows from `seed` alone. */
export function shuffled(length: number, seed: number): Uint32Array {
  const random = randomFrom(seed);
  const numbers = Uint32Array.from({ length }, (_, index) => index + 1);
  for (let last = length - 1; last > 0; last -= 1) {
    const other = random() % (last + 1);
    const kept = numbers[last] ?? 0;
    numbers[last] = numbers[other] ?? 0;
    numbers[other] = kept;
  }
  return numbers;
}

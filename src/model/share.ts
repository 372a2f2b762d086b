/** A percentage of a number of rows. */

/** A product of a percentage with decimals is off by less than this part of it. */
const ROUNDING = 4 * Number.EPSILON;

/** The most rows that are no more than `percent` of `all`. */
export function shareOf(percent: number, all: number): number {
  return Math.floor(((percent * all) / 100) * (1 + ROUNDING));
}

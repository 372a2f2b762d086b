/** What is known of the values of several fields that fill one column: the same as if they had been one field. Pure. */
import type { ColumnFacts, NumberFacts, TimeFacts } from "../model/column-facts.ts";

/** The facts of all their values together. */
export function mergeFacts(one: ColumnFacts, other: ColumnFacts): ColumnFacts {
  return {
    values: one.values + other.values,
    nulls: one.nulls + other.nulls,
    classes: one.classes | other.classes,
    plainText: one.plainText || other.plainText,
    numbers: mergeNumbers(one.numbers, other.numbers),
    times: mergeTimes(one.times, other.times),
    uuidCases: one.uuidCases | other.uuidCases,
    hugeJsonNumber: one.hugeJsonNumber || other.hugeJsonNumber,
    longestUnits: Math.max(one.longestUnits, other.longestUnits),
    longestBytes: Math.max(one.longestBytes, other.longestBytes),
  };
}

function mergeNumbers(one: NumberFacts, other: NumberFacts): NumberFacts {
  return {
    whole: Math.max(one.whole, other.whole),
    scale: Math.max(one.scale, other.scale),
    fewest: fewer(one.fewest, other.fewest),
    fewestAfterPoint: fewer(one.fewestAfterPoint, other.fewestAfterPoint),
    significant: Math.max(one.significant, other.significant),
    endsInZero: one.endsInZero || other.endsInZero,
    endsInLongZero: one.endsInLongZero || other.endsInLongZero,
    leastPower: Math.min(one.leastPower, other.leastPower),
    mostPower: Math.max(one.mostPower, other.mostPower),
  };
}

/** -1 is that there are none. */
function fewer(one: number, other: number): number {
  if (one < 0 || other < 0) return Math.max(one, other);
  return Math.min(one, other);
}

function mergeTimes(one: TimeFacts, other: TimeFacts): TimeFacts {
  const differ = one.spelling !== 0 && other.spelling !== 0 && one.spelling !== other.spelling;
  return {
    fraction: Math.max(one.fraction, other.fraction),
    lacksSeconds: one.lacksSeconds || other.lacksSeconds,
    mixed: one.mixed || other.mixed || differ,
    spelling: one.spelling === 0 ? other.spelling : one.spelling,
  };
}

/**
 * What is known of all values of one field, as plain data: what they look like, and how far they go. The choice of a
 * column type needs no more.
 */

/**
 * What values look like, as bits. `integer`: a plain one that fits 64 bits; `decimal`: any other plain number;
 * `exponent`: a JSON number with one; `json`: an object or an array; `text`: all that is nothing else.
 */
export const CLASS_BITS = {
  text: 1,
  integer: 2,
  decimal: 4,
  exponent: 8,
  boolean: 16,
  date: 32,
  timestamp: 64,
  timestamptz: 128,
  uuid: 256,
  json: 512,
} as const;

/** What a value looks like. */
export type ValueClass = keyof typeof CLASS_BITS;

/** Of the numbers; those with an exponent count for `significant` and the exponents only. */
export interface NumberFacts {
  /** Most digits before the point; the 0 of 0.5 is none. */
  readonly whole: number;
  /** Most and fewest digits after the point; those without a point have none. `fewest` is -1 where there is no number. */
  readonly scale: number;
  readonly fewest: number;
  /** Fewest digits after the point of those that have one and are not 0; -1 where there are none. */
  readonly fewestAfterPoint: number;
  /** Most digits from the first that is not 0 to the last that is not 0. */
  readonly significant: number;
  /** Some number ends in 0 after the point; some ends so after two digits or more. */
  readonly endsInZero: boolean;
  readonly endsInLongZero: boolean;
  /** Of numbers with an exponent: the least and greatest power of ten of the first digit; 0 where there are none. */
  readonly leastPower: number;
  readonly mostPower: number;
}

/** Of the timestamps. */
export interface TimeFacts {
  /** Most digits of a fraction of a second. */
  readonly fraction: number;
  /** Some have no seconds. */
  readonly lacksSeconds: boolean;
  /** They differ in separator, digits or offset. */
  readonly mixed: boolean;
  /** A number that stands for these of one of them; 0 where there are none. */
  readonly spelling: number;
}

/** All values of a field. */
export interface ColumnFacts {
  /** Values, NULLs left out. */
  readonly values: number;
  readonly nulls: number;
  /** `CLASS_BITS` that were seen. Once a text was seen, only objects and arrays are still told apart. */
  readonly classes: number;
  /** Some value is a CSV field: a text that is no JSON. */
  readonly plainText: boolean;
  readonly numbers: NumberFacts;
  readonly times: TimeFacts;
  /** The cases of the letters of UUIDs, as bits of `BOTH_CASES`. */
  readonly uuidCases: number;
  /** A JSON number, alone or within a value, is too long or has too large an exponent for databases that keep JSON as values. */
  readonly hugeJsonNumber: boolean;
  /** The longest value, in UTF-16 units and in bytes of UTF-8. */
  readonly longestUnits: number;
  readonly longestBytes: number;
}

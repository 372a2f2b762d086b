/** The numbers among the values of a field: how many digits they have, and where. */
import { CLASS_BITS } from "../model/column-facts.ts";
import type { NumberFacts } from "../model/column-facts.ts";
import {
  endsInZero,
  exponentAt,
  exponentOf,
  fitsInt64,
  isZero,
  LONGEST_INTEGER,
  MINUS,
  pointOf,
  powerOf,
  significantDigits,
} from "./numbers.ts";

const ZERO = 0x30;

/** Sees numbers. */
export class NumberTally {
  #whole = 0;
  #scale = 0;
  #fewest = Infinity;
  #fewestAfterPoint = Infinity;
  #significant = 0;
  #endsInZero = false;
  #endsInLongZero = false;
  #leastPower = 0;
  #mostPower = 0;

  /** Sees a plain number; tells the bit of its class, 0 for anything else. */
  see(bytes: Uint8Array, start: number, end: number): number {
    const negative = bytes[start] === MINUS;
    const first = negative ? start + 1 : start;
    const point = pointOf(bytes, first, end);
    if (point < 0) return 0;
    const startsInZero = bytes[first] === ZERO;
    // No database keeps -0.
    const zero = startsInZero && isZero(bytes, first, end);
    if (negative && zero) return 0;
    const whole = startsInZero ? 0 : point - first;
    if (whole > this.#whole) this.#whole = whole;
    const scale = point === end ? 0 : end - point - 1;
    if (scale < this.#fewest) this.#fewest = scale;
    // So many digits at most are significant.
    if (whole + scale > this.#significant) this.#count(bytes, first, end);
    if (scale > 0) {
      this.#seeScale(scale, endsInZero(bytes, end));
      if (!zero && scale < this.#fewestAfterPoint) this.#fewestAfterPoint = scale;
      return CLASS_BITS.decimal;
    }
    if (whole < LONGEST_INTEGER) return CLASS_BITS.integer;
    const fits = whole === LONGEST_INTEGER && fitsInt64(bytes, first, negative);
    return fits ? CLASS_BITS.integer : CLASS_BITS.decimal;
  }

  /** Sees a JSON number that is not plain; tells the bit of its class. */
  seeExponent(bytes: Uint8Array, start: number, end: number): number {
    const negative = bytes[start] === MINUS;
    const first = negative ? start + 1 : start;
    const mark = exponentAt(bytes, first, end);
    const zero = isZero(bytes, first, mark);
    if (mark === end || (zero && negative)) return CLASS_BITS.text;
    this.#count(bytes, first, mark);
    if (!zero) {
      const power = powerOf(bytes, first, mark) + exponentOf(bytes, mark + 1, end);
      if (power < this.#leastPower) this.#leastPower = power;
      if (power > this.#mostPower) this.#mostPower = power;
    }
    return CLASS_BITS.exponent;
  }

  /** What was seen. */
  facts(): NumberFacts {
    return {
      whole: this.#whole,
      scale: this.#scale,
      fewest: orNone(this.#fewest),
      fewestAfterPoint: orNone(this.#fewestAfterPoint),
      significant: this.#significant,
      endsInZero: this.#endsInZero,
      endsInLongZero: this.#endsInLongZero,
      leastPower: this.#leastPower,
      mostPower: this.#mostPower,
    };
  }

  #count(bytes: Uint8Array, first: number, end: number): void {
    const significant = significantDigits(bytes, first, end);
    if (significant > this.#significant) this.#significant = significant;
  }

  #seeScale(scale: number, endsSo: boolean): void {
    if (scale > this.#scale) this.#scale = scale;
    if (!endsSo) return;
    this.#endsInZero = true;
    if (scale > 1) this.#endsInLongZero = true;
  }
}

function orNone(fewest: number): number {
  return fewest === Infinity ? -1 : fewest;
}

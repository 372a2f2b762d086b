/** Notices that a key spells dates and times in two styles: what is equal in both cannot be told without a database. */
import type { FoldedValue } from "./same-key.ts";

/** Two styles that one key has. */
export interface MixedStyles {
  readonly style: string;
  readonly other: string;
  /** The number of the first record in the other one. */
  readonly record: number;
}

interface FirstOfStyle {
  readonly style: string;
  readonly record: number;
}

/** The styles of one field, value by value. */
export class KeyStyles {
  #date: FirstOfStyle | null = null;
  #short: FirstOfStyle | null = null;
  #compact: FirstOfStyle | null = null;

  /** Takes the style of the next value; the styles that do not go together, or `null`. */
  see(style: FoldedValue["style"], record: number): MixedStyles | null {
    if (style === null) return null;
    if (style === "short") this.#short ??= { style: NUMBER, record };
    else if (style === "compact") this.#compact ??= { style: NUMBER, record };
    else if (this.#date === null) this.#date = { style, record };
    else if (this.#date.style !== style) return mixed({ style, record }, this.#date);
    if (this.#date === null) return null;
    if (this.#short !== null) return mixed(this.#date, this.#short);
    // Eight digits are folded as the date that they stand for is.
    const goesAlong = this.#date.style === "ISO 8601";
    return goesAlong || this.#compact === null ? null : mixed(this.#date, this.#compact);
  }
}

function mixed(one: FirstOfStyle, other: FirstOfStyle): MixedStyles {
  const [first, second] = one.record <= other.record ? [one, other] : [other, one];
  return { style: first.style, other: second.style, record: second.record };
}

const NUMBER = "a number that may be a date";

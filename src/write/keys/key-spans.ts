/**
 * Whole numbers as keys, kept as spans where they follow one another: `1` to `500000` is one row then, and rows that no
 * record has are found in the gaps. Only numbers greater than all before make a span, so that no two spans overlap; others
 * are kept one by one. Pure but for what it remembers.
 */
import { integerAt } from "../../model/packed.ts";
import type { PackedRows, SpannedKeys } from "../../model/packed.ts";
import type { Column } from "../../model/table-shape.ts";

/** A shorter span is not worth a row of its own. */
const LEAST_SPAN = 8;

/** After so many batches in a row that hardly had a span, no more are looked at. */
const MOST_FAILURES = 3;

/** Takes the keys of a load, batch by batch. */
export class KeySpans {
  readonly #column: string;
  /** The greatest key that a span has, so far. */
  #most = -Infinity;
  #failures = 0;

  constructor({ name }: Column) {
    this.#column = name;
  }

  /** The keys of packed rows; `null` where a look at the bytes does not tell them, or they make no spans. */
  take(rows: PackedRows): SpannedKeys | null {
    if (this.#failures >= MOST_FAILURES) return null;
    const keys = integersOf(rows, this.#column);
    const spans = keys === null ? null : this.#spansOf(keys);
    const isWorthwhile = keys !== null && spans !== null && 2 * spans.singles.length <= keys.length;
    this.#failures = isWorthwhile ? 0 : this.#failures + 1;
    if (!isWorthwhile) return null;
    this.#most = spans.highs.at(-1) ?? this.#most;
    return spans;
  }

  #spansOf(keys: Float64Array): SpannedKeys {
    const [lows, highs, singles]: [number[], number[], number[]] = [[], [], []];
    let most = this.#most;
    let low = 0;
    let high = -1;
    const close = (): void => {
      if (high - low + 1 >= LEAST_SPAN) {
        lows.push(low);
        highs.push(high);
      } else for (let key = low; key <= high; key += 1) singles.push(key);
    };
    for (const key of keys) {
      if (key === high + 1 && high >= low) high = key;
      else if (key > most) {
        close();
        low = key;
        high = key;
      } else if (key < low || key > high) singles.push(key);
      if (key > most) most = key;
    }
    close();
    return { lows, highs, singles };
  }
}

function integersOf({ slices, shape }: PackedRows, name: string): Float64Array | null {
  const place = shape.columns.indexOf(name);
  const keys = new Float64Array(slices.reduce((rows, { from, to }) => rows + to - from, 0));
  let count = 0;
  for (const { fields, columns, from, to } of slices) {
    const field = columns[place]?.field ?? -1;
    if (field < 0) return null;
    const width = fields.shape.fields.length;
    for (let at = from * width + field; at < to * width; at += width) {
      const key = integerAt(fields, at);
      if (Number.isNaN(key)) return null;
      keys[count] = key;
      count += 1;
    }
  }
  return keys;
}

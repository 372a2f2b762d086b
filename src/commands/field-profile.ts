/** What the values of one field look like: a guess at their type for `upsurge inspect`, never for a load. */
import type { ValueSketch } from "../values/value-sketch.ts";
import type { FieldKind } from "../model/record.ts";

/** Types from narrow to wide; the first that holds for every value is the guess. */
const SHAPES: readonly (readonly [string, RegExp])[] = [
  ["boolean", /^(?:true|false|t|f|yes|no)$/i],
  ["integer", /^[+-]?\d+$/],
  ["decimal", /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i],
  ["date", /^\d{4}-\d{2}-\d{2}$/],
  [
    "timestamp",
    /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?: ?(?:Z|[+-]\d{2}(?::?\d{2})?))?)?$/i,
  ],
  ["uuid", /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i],
];

const LONGEST_EXAMPLE = 32;

/** Looks at the values of one field, one at a time. */
export class FieldProfile {
  readonly #name: string;
  #candidates = SHAPES;
  #values = 0;
  #nulls = 0;
  #json = false;
  #leadingZero = false;
  #example: string | null = null;
  /** The example as it is read, where that is another text. */
  #readAs: string | null = null;
  readonly #sketch: ValueSketch | null;

  readonly #isJson: boolean;

  /** `sketch`: how values are read first. */
  constructor(name: string, sketch: ValueSketch | null, isJson: boolean) {
    this.#name = name;
    this.#sketch = sketch;
    this.#isJson = isJson;
  }

  /** Takes the next value. */
  see(value: string | null, kind: FieldKind): void {
    if (value === null) {
      this.#nulls += 1;
      return;
    }
    this.#values += 1;
    this.#json ||= kind === "json";
    const read =
      kind === "text" && this.#sketch !== null
        ? this.#sketch.read(this.#name, value, this.#isJson)
        : value;
    this.#leadingZero ||= /^0\d/.test(read ?? "");
    this.#candidates =
      read === null ? [] : this.#candidates.filter(([, shape]) => shape.test(read));
    if (this.#example !== null && this.#example !== "") return;
    this.#example = shorten(value);
    this.#readAs = read === null || read === value ? null : shorten(read);
  }

  /** What was seen in `records` records. */
  result(records: number): {
    readonly name: string;
    readonly type: string | null;
    readonly nulls: number;
    readonly absent: number;
    readonly example: string | null;
    readonly readAs?: string;
  } {
    return {
      name: this.#name,
      type: this.#type(),
      nulls: this.#nulls,
      absent: records - this.#values - this.#nulls,
      example: this.#example,
      ...(this.#readAs === null ? {} : { readAs: this.#readAs }),
    };
  }

  #type(): string | null {
    if (this.#values === 0) return null;
    if (this.#json) return "json";
    const guess = this.#candidates[0]?.[0] ?? "text";
    // 007 is a code, not a number: as a number it would lose its zeros.
    return this.#leadingZero && (guess === "integer" || guess === "decimal") ? "text" : guess;
  }
}

function shorten(value: string): string {
  const line = value.replace(/\s+/g, " ");
  return line.length > LONGEST_EXAMPLE ? `${line.slice(0, LONGEST_EXAMPLE - 1)}…` : line;
}

/**
 * How values are read while there is no column yet that says what they are: for the types of new columns, and for people who
 * look at a file. A text that the flags do not read as a number or a date is none, whatever it looks like.
 */
import { parseDateFormat } from "./date-format.ts";
import { NumberReader } from "./numbers.ts";
import type { NumberMarks } from "./numbers.ts";
import { dateReader } from "./value-reader.ts";
import type { ValueReader } from "./value-reader.ts";

/** What the flags say, whatever the table. */
export interface SketchOptions {
  readonly decimal: "," | "." | null;
  readonly thousands: NumberMarks["thousands"];
  readonly dateFormat:
    | readonly { readonly column: string | null; readonly format: string }[]
    | null;
}

/** A number as databases write it. */
const PLAIN_NUMBER = /^\s*[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?\s*$/;
const ISO_DATE = /^\s*\d{4}-\d{2}-\d{2}/;

/** Reads the values of any field. */
export class ValueSketch {
  readonly #numbers: NumberReader | null;
  /** Formats of all dates, and of those of one column. */
  readonly #every: ValueReader | null;
  readonly #named: ReadonlyMap<string, ValueReader>;

  private constructor({ decimal, thousands, dateFormat }: SketchOptions) {
    const marks = { decimal: decimal ?? ".", thousands } as const;
    const isUsual = marks.decimal === "." && thousands === null;
    this.#numbers = isUsual ? null : new NumberReader(marks);
    const given = dateFormat ?? [];
    const columns = new Set(given.map(({ column }) => column));
    const readers = [...columns].map((column) => {
      const formats = given.filter((each) => each.column === column);
      return [
        column,
        dateReader(formats.flatMap(({ format }) => parseDateFormat(format) ?? [])),
      ] as const;
    });
    this.#every = readers.find(([column]) => column === null)?.[1] ?? null;
    this.#named = new Map(
      readers.flatMap(([column, reader]) =>
        column === null ? [] : [[column.toLowerCase(), reader]],
      ),
    );
  }

  /** `null` where the flags say nothing. */
  static of(options: SketchOptions): ValueSketch | null {
    const { decimal, thousands, dateFormat } = options;
    const says = (decimal ?? ".") !== "." || thousands !== null || dateFormat !== null;
    return says ? new ValueSketch(options) : null;
  }

  /**
   * The value as a database reads it; `null` for what is a text, though it may look like a number or a date. `column`: the one
   * that the field fills, or would fill. Of a JSON string only a date is looked for.
   */
  read(column: string, text: string, isJson: boolean): string | null {
    const named = this.#named.get(column.toLowerCase());
    const dates = named ?? this.#every;
    const date = dates?.(text);
    if (named !== undefined && typeof date === "string") return date;
    const number = isJson ? null : (this.#numbers?.read(text) ?? null);
    if (number !== null && /\d/.test(number)) return number;
    if (typeof date === "string") return date;
    const looksOtherwise =
      (this.#numbers !== null && !isJson && PLAIN_NUMBER.test(text)) ||
      (dates !== null && ISO_DATE.test(text));
    return looksOtherwise ? null : text;
  }
}

/** Reads the values of fields whose column has a notation: CSV fields and JSON strings, and tells what else is none. */
import type { ColumnNotation } from "../../model/load-plan.ts";
import { KIND_BITS } from "../../model/packed.ts";
import type { PackedFields } from "../../model/packed.ts";
import type { FieldKind } from "../../model/record.ts";
import { readerOf } from "../../values/value-reader.ts";
import type { UnreadValue, ValueReader } from "../../values/value-reader.ts";

const KIND_NAMES: Readonly<Record<FieldKind, string>> = {
  text: "string",
  number: "number",
  boolean: "boolean",
  json: "array or object",
};

/** The reader of one column, or of one key of a look-up. */
export class FieldReader {
  readonly text: ValueReader;
  /** The mark before the fraction of a number; `null`: the values are no numbers. */
  readonly decimal: "," | "." | null;
  /** What is no string has no meaning in the notation; `null`: it is what it is. */
  readonly #wanted: string | null;

  constructor(notation: ColumnNotation) {
    this.text = readerOf(notation);
    this.decimal = notation.kind === "number" ? notation.decimal : null;
    this.#wanted = notation.kind === "bytes" ? notation.encoding : null;
  }

  /** The readers of notations, by column. */
  static ofColumns(
    notations: Readonly<Record<string, ColumnNotation>> = {},
  ): ReadonlyMap<string, FieldReader> {
    return new Map(
      Object.entries(notations).map(([column, notation]) => [column, new FieldReader(notation)]),
    );
  }

  /** A value as the database reads it. `kind`: of a JSON value. A JSON number is one already. */
  read(value: string, kind: FieldKind | null): string | UnreadValue {
    if (kind === null || kind === "text") return this.text(value);
    return this.#wanted === null
      ? value
      : { why: `is a JSON ${KIND_NAMES[kind]}; bytes are a string in ${this.#wanted}` };
  }

  /** Whether packed values of this field are strings, where nothing else has a meaning. */
  takes({ kinds }: PackedFields, field: number): boolean {
    return this.#wanted === null || ((kinds?.[field] ?? 0) & ~KIND_BITS.text) === 0;
  }
}

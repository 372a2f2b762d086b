/**
 * What is bound for the fields of packed rows, taken straight from their bytes: no row and no record is made.
 * It binds what `values.ts` would bind, or the number that SQLite would make of it.
 */
import { isAscii } from "node:buffer";
import { KIND_BITS, fieldBytes } from "../../../model/packed.ts";
import type { PackedFields, PackedSlice } from "../../../model/packed.ts";
import { exactNumber, isPlainDecimal } from "./numbers.ts";
import { isPlainTime } from "./times.ts";
import { bindValue, keepsMisfit } from "./values.ts";
import type { BoundValue, BoundColumn } from "./values.ts";

/** Who takes the values of a row, by the place of their column. */
export interface ValueSink {
  /** A number; `mayBeWhole`: its column makes an integer of it where it is whole. */
  number(column: number, value: number, mayBeWhole: boolean): void;
  /** The text of a field without escapes. */
  text(column: number, fields: PackedFields, place: number): void;
  value(column: number, value: BoundValue): void;
}

/** Binds the fields of packed rows of one shape. */
export class PackedValues {
  readonly #columns: readonly BoundColumn[];
  readonly #isNumber: readonly boolean[];
  /** Columns that take texts as they are. */
  readonly #isText: readonly boolean[];
  /** Numbers are bound as numbers. Otherwise as text: an expression of the user's could tell. */
  readonly #typed: boolean;
  readonly #texts = new BlockTexts();
  readonly #bound = new BoundValues(this.#texts);

  constructor(columns: readonly BoundColumn[], typed: boolean) {
    this.#columns = columns;
    this.#typed = typed;
    this.#isText = columns.map(
      ({ affinity, isBytes }) => !isBytes && (affinity === "text" || affinity === "blob"),
    );
    this.#isNumber = columns.map(({ affinity }) => affinity !== "text" && affinity !== "blob");
  }

  /** False where a column that keeps values as they are takes numbers: their kinds are not told one by one. */
  takes({ fields: { kinds }, columns }: PackedSlice): boolean {
    if (kinds === null) return true;
    return columns.every(
      ({ field }, at) =>
        field < 0 ||
        this.#columns[at]?.affinity !== "blob" ||
        ((kinds[field] ?? 0) & KIND_BITS.number) === 0,
    );
  }

  /**
   * Puts the values of a record into `into` from `at` on; true when one of them is a text that its column does not promise.
   * Throws a `RangeFault`.
   */
  bind(slice: PackedSlice, record: number, into: BoundValue[], at: number): boolean {
    this.#bound.values = into;
    this.#bound.at = at;
    return this.give(slice, record, this.#bound);
  }

  /** Gives the values of a record one by one, as `bind` does. */
  give({ fields, columns }: PackedSlice, record: number, to: ValueSink): boolean {
    let hasMisfit = false;
    const { bytes, offsets: places } = fields;
    const first = record * fields.shape.fields.length;
    for (let index = 0; index < columns.length; index += 1) {
      const column = columns[index];
      const destination = this.#columns[index];
      if (column === undefined || destination === undefined) break;
      if (column.field < 0) {
        to.value(index, bindValue(column.constant, false, destination));
        hasMisfit ||= keepsMisfit(column.constant, destination);
        continue;
      }
      const place = first + column.field;
      const start = places[2 * place] as number;
      const end = places[2 * place + 1] as number;
      const isSimple = start >= 0 && end >= 0;
      if (isSimple && this.#isText[index] === true) {
        to.text(index, fields, place);
        continue;
      }
      const isNumber = isSimple && this.#isNumber[index] === true;
      const number = isNumber ? exactNumber(bytes, start, end) : Number.NaN;
      if (this.#typed && !Number.isNaN(number)) {
        to.number(index, number, destination.affinity !== "real");
      } else if (isNumber && (!Number.isNaN(number) || isPlain(destination, bytes, start, end))) {
        to.text(index, fields, place);
      } else {
        const text = this.#texts.text(fields, place);
        to.value(index, bindValue(text, false, destination));
        hasMisfit ||= keepsMisfit(text, destination);
      }
    }
    return hasMisfit;
  }
}

/** True for a text that its column of numbers or times promises, and that is bound as it is: nothing more needs to be known of it. */
function isPlain({ promised }: BoundColumn, bytes: Buffer, start: number, end: number): boolean {
  return (
    (promised === "time" && isPlainTime(bytes, start, end)) || isPlainDecimal(bytes, start, end)
  );
}

/** Puts values into an array, for a driver. */
class BoundValues implements ValueSink {
  values: BoundValue[] = [];
  /** Where the row begins. */
  at = 0;
  readonly #texts: BlockTexts;

  constructor(texts: BlockTexts) {
    this.#texts = texts;
  }

  number(column: number, value: number): void {
    this.values[this.at + column] = value;
  }

  text(column: number, fields: PackedFields, place: number): void {
    this.values[this.at + column] = this.#texts.text(fields, place);
  }

  value(column: number, value: BoundValue): void {
    this.values[this.at + column] = value;
  }
}

/** Bytes that become one string: few enough that the string is short-lived memory like any other. */
const WINDOW_BYTES = 32 * 1024;

/** The texts of fields. A field in ASCII is cut out of a string of many fields, which costs next to nothing. */
class BlockTexts {
  #bytes: Buffer | null = null;
  /** The window that was turned into a string last. */
  #from = 0;
  #to = 0;
  #text = "";
  #ascii = false;

  text(fields: PackedFields, place: number): string | null {
    const { bytes, offsets: places } = fields;
    const start = places[2 * place] as number;
    const end = places[2 * place + 1] as number;
    if (start < 0) return null;
    if (end < 0) return fieldBytes(fields, place)?.toString() ?? null;
    if (bytes !== this.#bytes || start < this.#from || end > this.#to)
      this.#open(bytes, start, end);
    return this.#ascii || isAsciiFrom(bytes, start, end)
      ? this.#text.slice(start - this.#from, end - this.#from)
      : bytes.toString("utf8", start, end);
  }

  #open(bytes: Buffer, start: number, end: number): void {
    this.#bytes = bytes;
    this.#from = start;
    this.#to = Math.min(bytes.length, Math.max(end, start + WINDOW_BYTES));
    this.#text = bytes.toString("latin1", start, this.#to);
    this.#ascii = isAscii(bytes.subarray(start, this.#to));
  }
}

/** Without a buffer for it, which would cost more than the look. */
function isAsciiFrom(bytes: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) if ((bytes[at] as number) > 127) return false;
  return true;
}

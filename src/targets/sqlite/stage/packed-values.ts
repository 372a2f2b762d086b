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

/** Binds the fields of packed rows of one shape. */
export class PackedValues {
  readonly #columns: readonly BoundColumn[];
  readonly #isNumber: readonly boolean[];
  /** Numbers are bound as numbers. Otherwise as text: an expression of the user's could tell. */
  readonly #typed: boolean;
  readonly #texts = new BlockTexts();

  constructor(columns: readonly BoundColumn[], typed: boolean) {
    this.#columns = columns;
    this.#typed = typed;
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
  bind({ fields, columns }: PackedSlice, record: number, into: BoundValue[], at: number): boolean {
    let hasMisfit = false;
    const { bytes, offsets: places } = fields;
    const first = record * fields.shape.fields.length;
    for (let index = 0; index < columns.length; index += 1) {
      const column = columns[index];
      const destination = this.#columns[index];
      if (column === undefined || destination === undefined) break;
      if (column.field < 0) {
        into[at + index] = bindValue(column.constant, false, destination);
        hasMisfit ||= keepsMisfit(column.constant, destination);
        continue;
      }
      const place = first + column.field;
      const start = places[2 * place] as number;
      const end = places[2 * place + 1] as number;
      const number =
        start >= 0 && end >= 0 && this.#isNumber[index] === true
          ? exactNumber(bytes, start, end)
          : Number.NaN;
      if (!Number.isNaN(number)) {
        into[at + index] = this.#typed ? number : this.#texts.text(fields, place);
      } else if (end >= 0 && this.#isPlain(index, bytes, [start, end])) {
        into[at + index] = this.#texts.text(fields, place);
      } else {
        const text = this.#texts.text(fields, place);
        into[at + index] = bindValue(text, false, destination);
        hasMisfit ||= keepsMisfit(text, destination);
      }
    }
    return hasMisfit;
  }

  /** True for a text that its column promises, and that is bound as it is: nothing more needs to be known of it. */
  #isPlain(
    index: number,
    bytes: Buffer,
    [start, end]: readonly [start: number, end: number],
  ): boolean {
    if (start < 0 || this.#isNumber[index] !== true) return false;
    const isTime = this.#columns[index]?.promised === "time" && isPlainTime(bytes, start, end);
    return isTime || isPlainDecimal(bytes, start, end);
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

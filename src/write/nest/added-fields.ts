/** Some records of packed fields with more fields behind those that they have: values of other records, or numbers. */
import { KIND_BITS } from "../../model/packed.ts";
import type { PackedFields } from "../../model/packed.ts";

/** A field that is added: the places of its values, as in `PackedFields`. */
type AddedField = Int32Array;

/** Adds fields to records. */
export class AddedFields {
  readonly #of: PackedFields;
  /** The records, by number. */
  readonly #records: Uint32Array;
  readonly #added: AddedField[] = [];
  /** Bytes that values stand in besides those of the records, and where each begins among all. */
  readonly #more = new Map<Buffer, number>();
  #length: number;

  constructor(of: PackedFields, records: Uint32Array) {
    this.#of = of;
    this.#records = records;
    this.#length = of.bytes.length;
  }

  /** Adds a field of other records: to each record the value of the one that `from` names, or NULL where that is -1. False where such a value is NULL, or there is no such field. */
  copy(
    { bytes, offsets, shape }: PackedFields,
    field: number,
    from: Int32Array | Uint32Array,
  ): boolean {
    if (field < 0) return false;
    const width = 2 * shape.fields.length;
    const shift = this.#place(bytes);
    const places = new Int32Array(2 * from.length);
    for (let at = 0; at < from.length; at += 1) {
      const record = from[at] as number;
      if (record < 0) {
        places[2 * at] = -1;
        continue;
      }
      const start = offsets[record * width + 2 * field] as number;
      const end = offsets[record * width + 2 * field + 1] as number;
      if (start < 0) return false;
      places[2 * at] = start + shift;
      // Of a value with escapes the end is the complement.
      places[2 * at + 1] = end < 0 ? end - shift : end + shift;
    }
    this.#added.push(places);
    return true;
  }

  /** Adds a field of numbers. */
  numbers(numbers: Int32Array): void {
    const texts: string[] = [];
    const known = new Map<number, number>();
    const places = new Int32Array(2 * numbers.length);
    const begin = this.#length;
    let length = 0;
    for (let at = 0; at < numbers.length; at += 1) {
      const number = numbers[at] as number;
      const text = String(number);
      let start = known.get(number);
      if (start === undefined) {
        start = begin + length;
        known.set(number, start);
        texts.push(text);
        length += text.length;
      }
      places[2 * at] = start;
      places[2 * at + 1] = start + text.length;
    }
    this.#added.push(places);
    this.#place(Buffer.from(texts.join("")));
  }

  /** The records with all that was added, under these names. */
  fields(names: readonly string[]): PackedFields {
    const { shape, bytes, offsets, records, length, quote, kinds } = this.#of;
    const old = 2 * shape.fields.length;
    const added = this.#added;
    const width = old + 2 * added.length;
    const rows = this.#records;
    const places = new Int32Array(rows.length * width);
    for (let row = 0; row < rows.length; row += 1) {
      const from = (rows[row] as number) * old;
      const to = row * width;
      for (let place = 0; place < old; place += 1)
        places[to + place] = offsets[from + place] as number;
      for (let field = 0; field < added.length; field += 1) {
        const values = added[field] as AddedField;
        places[to + old + 2 * field] = values[2 * row] as number;
        places[to + old + 2 * field + 1] = values[2 * row + 1] as number;
      }
    }
    const more = [...this.#more.keys()];
    return {
      quote,
      shape: { fields: [...shape.fields, ...names] },
      bytes: more.length === 0 ? bytes : Buffer.concat([bytes, ...more]),
      offsets: places,
      records: rows.length,
      length: Math.ceil((length * rows.length) / Math.max(1, records)),
      kinds:
        kinds === null ? null : Uint8Array.from([...kinds, ...added.map(() => KIND_BITS.text)]),
    };
  }

  /** Where bytes begin among all that the values stand in. */
  #place(bytes: Buffer): number {
    if (bytes === this.#of.bytes) return 0;
    const known = this.#more.get(bytes);
    if (known !== undefined) return known;
    const place = this.#length;
    this.#more.set(bytes, place);
    this.#length += bytes.length;
    return place;
  }
}

/** Records as rows of a binary COPY (https://www.postgresql.org/docs/current/sql-copy.html#SQL-COPY-FILE-FORMATS). */
import { fieldBytes } from "../../../model/packed.ts";
import type { PackedFields, PackedSlice } from "../../../model/packed.ts";
import { reserveField } from "./binary-types.ts";
import type { Encoder } from "./binary-types.ts";
import { ByteSource } from "./byte-source.ts";
import type { CopyBuffer } from "./copy-buffer.ts";

/** What comes before the fields of a row takes no more. */
const ROW_ROOM = 16;
/** Where in a row its `ord` is: behind the number of values and the length of the first of them. */
export const ORD_PLACE = 6;

/** Writes the records of a slice. */
export class BinaryRecords {
  readonly #fields: PackedFields;
  readonly #source: ByteSource;
  readonly #width: number;
  readonly #sources: readonly number[];
  readonly #constants: readonly (Buffer | null | undefined)[];
  readonly #encoders: readonly Encoder[];

  constructor(slice: PackedSlice, encoders: readonly Encoder[]) {
    const { fields } = slice;
    this.#fields = fields;
    this.#source = new ByteSource(fields.bytes);
    this.#width = fields.shape.fields.length;
    this.#sources = slice.columns.map(({ field }) => field);
    this.#constants = constantsOf(slice);
    this.#encoders = encoders;
  }

  /** Writes a record, its `ord` before its fields unless that is `null`. False when a field is not canonical. */
  write(into: CopyBuffer, record: number, ord: number | null): boolean {
    const { offsets: places } = this.#fields;
    const encoders = this.#encoders;
    into.reserve(ROW_ROOM);
    into.int16(encoders.length + (ord === null ? 0 : 1));
    if (ord !== null) {
      into.int32(8);
      into.int64(ord);
    }
    for (let column = 0; column < encoders.length; column += 1) {
      const encode = encoders[column] as Encoder;
      const source = this.#sources[column] as number;
      const place = 2 * (record * this.#width + source);
      const start = source < 0 ? -1 : (places[place] as number);
      const end = source < 0 ? 0 : (places[place + 1] as number);
      if (start >= 0 && end >= 0) {
        reserveField(into, end - start);
        if (!encode(into, this.#source, start, end)) return false;
        continue;
      }
      const value =
        source < 0 ? (this.#constants[column] ?? null) : fieldBytes(this.#fields, place / 2);
      reserveField(into, value?.length ?? 0);
      if (value === null) into.int32(-1);
      else if (!encode(into, new ByteSource(value), 0, value.length)) return false;
    }
    return true;
  }
}

/** The bytes of the columns that hold one constant, by their place; the others are holes. */
export function constantsOf({ columns }: PackedSlice): readonly (Buffer | null | undefined)[] {
  return columns.map(({ field, constant }) => {
    if (field >= 0) return undefined;
    return constant === null ? null : Buffer.from(constant);
  });
}

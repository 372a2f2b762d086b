/**
 * Packed values as the database reads them, where their columns have a notation: rewritten beside the bytes of the source,
 * which stay as they are for rejects. A value that is none is left to `RecordMapper`, which makes a reject of it.
 */
import { KIND_BITS, fieldBytes, movedFields } from "../../model/packed.ts";
import type { PackedFields } from "../../model/packed.ts";
import type { ValueReader } from "../../values/value-reader.ts";

/** A field whose values are rewritten. */
export interface RewrittenField {
  readonly field: number;
  readonly read: ValueReader;
  /** The fraction of a number is written behind it; `null`: the values are no numbers. */
  readonly decimal: "," | "." | null;
}

const QUOTE = 0x22;
const MINUS = 0x2d;
const POINT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;

/** The fields with the values of `rewritten` as their readers read them; `null` where one of them is no value. */
export function rewritePacked(
  fields: PackedFields,
  rewritten: readonly RewrittenField[],
): PackedFields | null {
  const offsets = fields.offsets.slice();
  const added = new AddedBytes(fields.bytes.length);
  for (const { field, read, decimal } of rewritten) {
    const places = textPlaces(fields, field);
    for (const place of places) {
      if (decimal !== null && addPlain(added, fields, { place, decimal }, offsets)) continue;
      // Not null: NULLs are no places.
      const bytes = fieldBytes(fields, place) as Buffer;
      const value = bytes.toString("utf8");
      const text = read(value);
      if (typeof text !== "string") return null;
      if (text === value) continue;
      offsets[2 * place] = added.end;
      added.text(text);
      offsets[2 * place + 1] = added.end;
    }
  }
  if (added.isEmpty) return fields;
  const bytes = Buffer.concat([fields.bytes, added.written]);
  return movedFields(fields, { offsets, bytes });
}

/** Bytes that follow those of the source. */
class AddedBytes {
  readonly #first: number;
  #bytes = Buffer.allocUnsafe(4096);
  #length = 0;
  /** Nothing was added, not even a text without bytes. */
  isEmpty = true;

  constructor(first: number) {
    this.#first = first;
  }

  /** Where the next byte comes. */
  get end(): number {
    return this.#first + this.#length;
  }

  get written(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  text(text: string): void {
    this.#reserve(Buffer.byteLength(text));
    this.isEmpty = false;
    this.#length += this.#bytes.write(text, this.#length);
  }

  /** What is from `start` to `end`, with a point at `point`. */
  number(from: Buffer, { start, end, point }: PlainNumber): void {
    this.#reserve(end - start);
    this.isEmpty = false;
    const moved = this.#length - start;
    const bytes = this.#bytes;
    for (let at = start; at < end; at += 1) bytes[at + moved] = from[at] as number;
    bytes[point + moved] = POINT;
    this.#length += end - start;
  }

  #reserve(more: number): void {
    if (this.#length + more <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.#length + more, 2 * this.#bytes.length));
    larger.set(this.written);
    this.#bytes = larger;
  }
}

/** Where a number is that has a fraction, and what is before that. */
interface PlainNumber {
  readonly start: number;
  readonly end: number;
  readonly point: number;
}

/** Takes a number of digits and one mark at most, without a string; false for any other text. */
function addPlain(
  added: AddedBytes,
  { bytes, offsets: from }: PackedFields,
  { place, decimal }: { readonly place: number; readonly decimal: "," | "." },
  offsets: Int32Array,
): boolean {
  const start = from[2 * place] as number;
  const end = from[2 * place + 1] as number;
  const first = bytes[start] === MINUS ? start + 1 : start;
  const point = digitsEnd(bytes, first, end);
  if (point === first) return false;
  if (point === end) return true;
  const isMark = bytes[point] === decimal.charCodeAt(0);
  if (!isMark || point + 1 === end || digitsEnd(bytes, point + 1, end) < end) return false;
  if (decimal === ".") return true;
  offsets[2 * place] = added.end;
  added.number(bytes, { start, end, point });
  offsets[2 * place + 1] = added.end;
  return true;
}

/** The first place from `start` on without a digit. */
function digitsEnd(bytes: Buffer, start: number, end: number): number {
  let at = start;
  while (at < end && (bytes[at] as number) >= ZERO && (bytes[at] as number) <= NINE) at += 1;
  return at;
}

/** Where the texts of a field are, NULLs and what is no JSON string left out. */
function textPlaces(
  { bytes, offsets, shape, records, kinds }: PackedFields,
  field: number,
): number[] {
  const width = shape.fields.length;
  const found: number[] = [];
  const kind = kinds?.[field] ?? KIND_BITS.text;
  if ((kind & KIND_BITS.text) === 0) return found;
  for (let place = field; place < records * width; place += width) {
    const start = offsets[2 * place] as number;
    if (start < 0) continue;
    if (kind === KIND_BITS.text || bytes[start - 1] === QUOTE) found.push(place);
  }
  return found;
}

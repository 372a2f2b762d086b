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
}

const QUOTE = 0x22;

/** The fields with the values of `rewritten` as their readers read them; `null` where one of them is no value. */
export function rewritePacked(
  fields: PackedFields,
  rewritten: readonly RewrittenField[],
): PackedFields | null {
  const offsets = fields.offsets.slice();
  const texts: string[] = [];
  let end = fields.bytes.length;
  for (const { field, read } of rewritten) {
    const places = textPlaces(fields, field);
    for (const place of places) {
      // Not null: NULLs are no places.
      const bytes = fieldBytes(fields, place) as Buffer;
      const value = bytes.toString("utf8");
      const text = read(value);
      if (typeof text !== "string") return null;
      if (text === value) continue;
      texts.push(text);
      offsets[2 * place] = end;
      end += Buffer.byteLength(text);
      offsets[2 * place + 1] = end;
    }
  }
  if (texts.length === 0) return fields;
  const bytes = Buffer.concat([fields.bytes, Buffer.from(texts.join(""))]);
  return movedFields(fields, { offsets, bytes });
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

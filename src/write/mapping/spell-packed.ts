/**
 * Packed JSON values in the spelling that columns take, as `RecordMapper` spells values one by one. What takes more than
 * other places in the bytes is left to it.
 */
import { KIND_BITS, movedFields } from "../../model/packed.ts";
import type { PackedFields } from "../../model/packed.ts";
import type { Column } from "../../model/table-shape.ts";
import type { Capabilities } from "../../targets/capabilities.ts";
import { hasPoint, wholeDigits } from "../../values/whole-numbers.ts";

const QUOTE = 0x22;
const MINUS = 0x2d;
const ZERO = 0x30;
const NINE = 0x39;
const LOWER_T = 0x74;

/** The fields with the values of `field` as `column` takes them; `null` where they must be looked at one by one. */
export function spellPacked(
  fields: PackedFields,
  field: number,
  { family, form, integer }: Column,
  { booleans, structureText }: Capabilities,
): PackedFields | null {
  const kinds = fields.kinds?.[field] ?? 0;
  const has = (kind: keyof typeof KIND_BITS): boolean => (kinds & KIND_BITS[kind]) !== 0;
  if (has("text") && family === "json") return null;
  // Columns of other families may take any type: what the source wrote as a number is one there.
  if (has("number") && family !== "text" && family !== "number") return null;
  if (has("json") && form !== undefined && structureText !== undefined) return null;
  if (integer === true && hasWithPoint(fields, field)) {
    // What is no number in such a field is spelled by itself.
    return has("boolean") ? null : spellIntegers(fields, field);
  }
  const keepsWords = booleans === undefined || family === "text" || family === "json";
  if (!has("boolean") || keepsWords) return fields;
  if (family === "other") return null;
  return kinds === KIND_BITS.boolean ? spellBooleans(fields, field, booleans) : null;
}

/** The words stand somewhere among the bytes, as a rule; `null` where one does not. */
function spellBooleans(
  fields: PackedFields,
  field: number,
  words: NonNullable<Capabilities["booleans"]>,
): PackedFields | null {
  const { bytes, records } = fields;
  const [yes, no] = [bytes.indexOf(words.true), bytes.indexOf(words.false)];
  if (yes < 0 || no < 0) return null;
  const places = fields.offsets.slice();
  const width = 2 * fields.shape.fields.length;
  for (let at = 2 * field; at < records * width; at += width) {
    const start = places[at] as number;
    if (start < 0) continue;
    const isTrue = bytes[start] === LOWER_T;
    places[at] = isTrue ? yes : no;
    places[at + 1] = isTrue ? yes + words.true.length : no + words.false.length;
  }
  return movedFields(fields, { offsets: places });
}

/** The digits of whole numbers are put behind the bytes. */
function spellIntegers(fields: PackedFields, field: number): PackedFields {
  const { bytes, records } = fields;
  const offsets = fields.offsets.slice();
  const width = 2 * fields.shape.fields.length;
  const texts: string[] = [];
  let length = bytes.length;
  for (let at = 2 * field; at < records * width; at += width) {
    const [start, end] = [offsets[at] as number, offsets[at + 1] as number];
    if (!isWithPoint(bytes, start, end)) continue;
    const text = wholeDigits(bytes.toString("latin1", start, end));
    texts.push(text);
    offsets[at] = length;
    length += text.length;
    offsets[at + 1] = length;
  }
  const more = Buffer.from(texts.join(""));
  return movedFields(fields, { offsets, bytes: Buffer.concat([bytes, more]) });
}

/** Whether a value of `field` is a JSON number that is written with a point or an exponent. */
export function hasWithPoint(fields: PackedFields, field: number): boolean {
  const { bytes, offsets, shape, records, kinds } = fields;
  if (((kinds?.[field] ?? 0) & KIND_BITS.number) === 0) return false;
  const width = 2 * shape.fields.length;
  for (let at = 2 * field; at < records * width; at += width) {
    if (isWithPoint(bytes, offsets[at] as number, offsets[at + 1] as number)) return true;
  }
  return false;
}

/** Numbers begin with a digit or a sign; what stands in quotes is a text. */
function isWithPoint(bytes: Buffer, start: number, end: number): boolean {
  if (start < 0 || end <= start || bytes[start - 1] === QUOTE) return false;
  const first = bytes[start] as number;
  return (first === MINUS || (first >= ZERO && first <= NINE)) && hasPoint(bytes, start, end);
}

/** Whether a value of `field` is NULL. */
export function hasNull({ offsets: places, shape, records }: PackedFields, field: number): boolean {
  const width = 2 * shape.fields.length;
  for (let at = 2 * field; at < records * width; at += width) if (places[at] === -1) return true;
  return false;
}

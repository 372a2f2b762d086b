/** A row by itself, packed, as its key is hashed when it is written with others. */
import type { Row } from "../model/batch.ts";
import type { PackedRows } from "../model/packed.ts";

/** A row by itself, packed, as keys are hashed. */
export function packedRow({ shape, values, ord }: Row): PackedRows {
  const texts = values.map((value) => (value === null ? null : Buffer.from(value)));
  const offsets = new Int32Array(2 * values.length);
  let at = 0;
  for (const [field, text] of texts.entries()) {
    offsets[2 * field] = text === null ? -1 : at;
    at += text?.length ?? 0;
    offsets[2 * field + 1] = at;
  }
  const fields = {
    shape: { fields: shape.columns },
    bytes: Buffer.concat(texts.filter((text) => text !== null)),
    offsets,
    records: 1,
    length: at,
    quote: 0,
    kinds: null,
  };
  const columns = shape.columns.map((_, field) => ({ field, constant: null }));
  return { shape, slices: [{ fields, from: 0, to: 1, columns }], firstOrd: ord, ordSteps: null };
}

/** Some of the records of a chunk, in their order: the same bytes, and what was encoded of them. */
import type { EncodedRecords } from "./encoded.ts";
import { movedFields } from "./packed.ts";
import type { PackedFields } from "./packed.ts";
import type { SharedOut } from "./partition.ts";

/** The fields of these records; `by`: why it is these. */
export function pickedFields(
  fields: PackedFields,
  records: Uint32Array,
  by: SharedOut | null = null,
): PackedFields {
  const offsets = placesOf(fields, records);
  const length = Math.ceil((fields.length * records.length) / fields.records);
  const { ahead, encoded } = fields;
  const isOwn = encoded !== undefined && encoded.of === fields.offsets;
  return {
    ...movedFields(fields, { offsets, records: records.length, length }),
    ...(ahead === undefined ? {} : { ahead }),
    ...(isOwn ? { encoded: encodedOf(encoded, records, offsets) } : {}),
    ...(by === null ? {} : { sharedOut: by }),
  };
}

function placesOf({ shape, offsets }: PackedFields, records: Uint32Array): Int32Array {
  const width = 2 * shape.fields.length;
  const own = new Int32Array(records.length * width);
  let to = 0;
  for (let at = 0; at < records.length; at += 1) {
    const start = (records[at] as number) * width;
    for (let place = start; place < start + width; place += 1) {
      own[to] = offsets[place] as number;
      to += 1;
    }
  }
  return own;
}

function encodedOf(
  { bytes, starts, ends, hashes, by }: EncodedRecords,
  records: Uint32Array,
  of: Int32Array,
): EncodedRecords {
  const own = {
    starts: new Int32Array(records.length),
    ends: new Int32Array(records.length),
    hashes: hashes === null ? null : new Uint32Array(records.length),
  };
  for (let at = 0; at < records.length; at += 1) {
    const record = records[at] as number;
    own.starts[at] = starts[record] as number;
    own.ends[at] = ends[record] as number;
    if (own.hashes !== null && hashes !== null) own.hashes[at] = hashes[record] as number;
  }
  return { bytes, ...own, by, of };
}

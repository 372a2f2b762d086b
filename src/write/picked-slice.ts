/** Some of the records of a slice, over the same bytes, with the rows in them. */
import type { PackedSlice } from "../model/packed.ts";
import type { SharedOut } from "../model/partition.ts";
import { pickedFields } from "../model/picked-fields.ts";
import { picked } from "./nest/packed-links.ts";

/** These records of a slice, by their numbers; `by`: why it is these. */
export function pickedSlice(
  { fields, columns, nested }: PackedSlice,
  records: Uint32Array,
  by: SharedOut | null = null,
): PackedSlice {
  return {
    fields: pickedFields(fields, records, by),
    from: 0,
    to: records.length,
    columns,
    ...(nested === undefined ? {} : { nested: nested.map((level) => picked(level, records)) }),
  };
}

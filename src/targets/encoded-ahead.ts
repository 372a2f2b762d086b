/**
 * Has the rows of later chunks encoded by whoever finds their fields, and tells which rows were. A writer asks with each slice:
 * what comes then was asked for by the slices before it.
 */
import { isDeepStrictEqual } from "node:util";
import type { AheadEncoding, EncodedBytes } from "../model/encoded.ts";
import type { PackedColumn, PackedFields, PackedSlice } from "../model/packed.ts";
import type { SharedOut } from "../model/partition.ts";

/** Which fields of records fill the columns of rows. */
export interface FieldUse {
  /** The names of the fields: records with others are not encoded. */
  readonly fields: readonly string[];
  /** What fills each column. */
  readonly columns: readonly PackedColumn[];
  /** As in `PackedFields`; `null`: they were not. */
  readonly sharedOut: SharedOut | null;
}

/** Whether the records have these fields, and no others. */
export function hasFields({ shape }: PackedFields, { fields }: Pick<FieldUse, "fields">): boolean {
  return isDeepStrictEqual(shape.fields, fields);
}

/** The rows of one shape, as one module encodes them. */
export class EncodedAhead {
  readonly #encoding: (use: FieldUse) => AheadEncoding;
  #last: { readonly use: FieldUse; readonly encoding: AheadEncoding } | null = null;
  /** The slice that was looked at last, and what there is of it. */
  #slice: PackedSlice | null = null;
  #found: EncodedBytes | null = null;

  constructor(encoding: (use: FieldUse) => AheadEncoding) {
    this.#encoding = encoding;
  }

  /** The rows of a slice; `null` where they were not encoded. */
  of(slice: PackedSlice): EncodedBytes | null {
    if (slice !== this.#slice) {
      this.#slice = slice;
      this.#found = this.#find(slice);
    }
    return this.#found;
  }

  #find(slice: PackedSlice): EncodedBytes | null {
    const { ahead, offsets } = slice.fields;
    if (ahead === undefined) return null;
    const own = this.#own(slice);
    ahead.encode(own);
    const { encoded } = slice.fields;
    if (encoded === undefined || encoded.of !== offsets) return null;
    // Several writers of one table ask for the same, each with an object of its own.
    return isDeepStrictEqual(encoded.by, own) ? encoded : null;
  }

  #own({ fields: { shape, sharedOut }, columns }: PackedSlice): AheadEncoding {
    const use = { fields: shape.fields, columns, sharedOut: sharedOut ?? null };
    const last = this.#last;
    if (last !== null && isDeepStrictEqual(last.use, use)) return last.encoding;
    const encoding = this.#encoding(use);
    this.#last = { use, encoding };
    return encoding;
  }
}

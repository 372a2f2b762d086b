/** Has the rows of later chunks encoded for pages by whoever finds their fields, and tells which rows were. */
import type { AheadEncoding, EncodedBytes } from "../../../model/encoded.ts";
import type { PackedColumn, PackedSlice } from "../../../model/packed.ts";
import { pageEncoding } from "../stage/page-encoder.ts";
import type { PageEncoding } from "../stage/page-encoder.ts";

/** The encodings of the rows of one shape: one for each way in which the fields of a source fill their columns. */
export class PageEncodings {
  readonly #of: Pick<PageEncoding, "bound" | "typed" | "integer">;
  readonly #asked: { readonly data: PageEncoding; readonly encoding: AheadEncoding }[] = [];
  /** The slice that was looked at last, and what there is of it. */
  #slice: PackedSlice | null = null;
  #found: EncodedBytes | null = null;

  constructor(of: Pick<PageEncoding, "bound" | "typed" | "integer">) {
    this.#of = of;
  }

  /** The rows of a slice, as `page-encoder.ts` makes them; `null` where they were not encoded. */
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
    const encoding = this.#encoding(slice);
    ahead.encode(encoding);
    const { encoded } = slice.fields;
    return encoded?.by === encoding && encoded.of === offsets ? encoded : null;
  }

  #encoding({ fields: { shape }, columns }: PackedSlice): AheadEncoding {
    const { fields } = shape;
    const known = this.#asked.find(
      ({ data }) =>
        isSame(data.fields, fields, (one, other) => one === other) &&
        isSame(data.columns, columns, isSameColumn),
    );
    if (known !== undefined) return known.encoding;
    const data = { fields, columns, ...this.#of };
    const encoding = pageEncoding(data);
    this.#asked.push({ data, encoding });
    return encoding;
  }
}

function isSame<T>(
  some: readonly T[],
  others: readonly T[],
  equal: (one: T, other: T) => boolean,
): boolean {
  return (
    some === others ||
    (some.length === others.length && some.every((each, at) => equal(each, others[at] as T)))
  );
}

/** A value that is still looked up is NULL in both. */
function isSameColumn(one: PackedColumn, other: PackedColumn): boolean {
  return one.field === other.field && one.constant === other.constant;
}

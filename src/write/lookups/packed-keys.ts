/** The keys of packed records, found in what is known already, without a string for each of them. */
import { fieldBytes } from "../../model/packed.ts";
import type { PackedColumn, PackedRows, PackedSlice } from "../../model/packed.ts";
import { isNothing } from "./answer.ts";
import { Finder } from "./finder.ts";

type Pending = NonNullable<PackedColumn["pending"]>;

/** In the place of an entry: a NULL; a key of which nothing is known. */
export const NULL_KEY = -1;
const UNKNOWN = -2;

/** The keys of a slice, of one of its columns. */
export interface SliceKeys {
  readonly pending: Pending;
  /** The entry of each record, in the table of the finder. */
  readonly entries: Int32Array;
  /** The keys of which nothing was known, by the place of their records. */
  readonly unknown: ReadonlyMap<number, string>;
}

/** The keys of all slices. */
export type PackedKeys = readonly (readonly SliceKeys[])[];

/** The keys that the rows are looked up by; `null` where a record has only a part of one. */
export function keysOf({ slices }: PackedRows, finders: readonly Finder[]): PackedKeys | null {
  const all: SliceKeys[][] = [];
  for (const slice of slices) {
    const ofSlice: SliceKeys[] = [];
    for (const { pending } of slice.columns) {
      if (pending === undefined) continue;
      const finder = finders[pending.lookup];
      const [only] = pending.keys;
      const isOne = pending.keys.length === 1 && only !== undefined && only.field >= 0;
      const keys =
        finder === undefined
          ? null
          : isOne
            ? ofOneField(slice, pending, finder)
            : ofSeveral(slice, pending, finder);
      if (keys === null) return null;
      ofSlice.push(keys);
    }
    all.push(ofSlice);
  }
  return all;
}

function ofOneField(slice: PackedSlice, pending: Pending, { table }: Finder): SliceKeys {
  const { fields, from, to } = slice;
  const { bytes, offsets } = fields;
  const width = fields.shape.fields.length;
  const field = pending.keys[0]?.field ?? 0;
  const entries = new Int32Array(to - from);
  const unknown = new Map<number, string>();
  for (let record = from; record < to; record += 1) {
    const place = record * width + field;
    const start = offsets[2 * place] as number;
    const end = offsets[2 * place + 1] as number;
    let entry = NULL_KEY;
    if (start >= 0 && end >= 0 && end > start) {
      entry = table.find(bytes, start, end);
      if (entry < 0) {
        entry = UNKNOWN;
        unknown.set(record - from, bytes.toString("utf8", start, end));
      }
    } else if (start >= 0 && end < 0) {
      const own = fieldBytes(fields, place);
      if (own !== null && own.length > 0) {
        entry = table.find(own, 0, own.length);
        if (entry < 0) {
          entry = UNKNOWN;
          unknown.set(record - from, own.toString());
        }
      }
    }
    entries[record - from] = entry;
  }
  return { pending, entries, unknown };
}

function ofSeveral(slice: PackedSlice, pending: Pending, { table }: Finder): SliceKeys | null {
  const { fields, from, to } = slice;
  const width = fields.shape.fields.length;
  const entries = new Int32Array(to - from);
  const unknown = new Map<number, string>();
  const { keys } = pending;
  for (let record = from; record < to; record += 1) {
    const texts = keys.map(({ field, constant }) =>
      field < 0 ? constant : (fieldBytes(fields, record * width + field)?.toString() ?? null),
    );
    let entry = NULL_KEY;
    if (!texts.some(isNothing)) {
      const key = Buffer.from(texts.join("\0"));
      entry = table.find(key, 0, key.length);
      if (entry < 0) {
        entry = UNKNOWN;
        unknown.set(record - from, Finder.keyOf(texts.map((text) => text ?? "")));
      }
    } else if (!keys.every(({ constant }, at) => constant !== null || isNothing(texts[at])))
      return null;
    entries[record - from] = entry;
  }
  return { pending, entries, unknown };
}

/** The keys of which nothing was known, each with its look-up. */
export function* unknownKeys(keys: PackedKeys): Generator<[number, string]> {
  for (const { pending, unknown } of keys.flat())
    for (const key of unknown.values()) yield [pending.lookup, key];
}

/**
 * Fills what was looked up into packed rows: the values become fields of their own, behind those of the records. No row
 * is made where every key is found or NULL.
 */
import { KIND_BITS, movedFields } from "../../model/packed.ts";
import type { PackedFields, PackedRows, PackedSlice } from "../../model/packed.ts";
import type { KeyTable } from "./key-table.ts";
import { NULL_KEY } from "./packed-keys.ts";
import type { PackedKeys, SliceKeys } from "./packed-keys.ts";
import type { LookupContext } from "./resolve-rows.ts";

/** The values of a slice's records in a new field: the table that has them, and the entry of each. */
interface SliceValues {
  readonly table: KeyTable;
  readonly entries: Int32Array;
}

/** The rows with their values; `null` where one of them must be looked at by itself. */
export function resolvePacked(
  packed: PackedRows,
  keys: PackedKeys,
  context: LookupContext,
): PackedRows | null {
  const slices: PackedSlice[] = [];
  for (const [at, slice] of packed.slices.entries()) {
    const resolved = resolveSlice(slice, keys[at] ?? [], context);
    if (resolved === null) return null;
    slices.push(resolved);
  }
  return { ...packed, slices };
}

function resolveSlice(
  slice: PackedSlice,
  keys: readonly SliceKeys[],
  context: LookupContext,
): PackedSlice | null {
  const { fields, from, to, columns } = slice;
  const found: SliceValues[] = [];
  for (const each of keys) {
    const values = valuesOf(each, context);
    if (values === null) return null;
    found.push(values);
  }
  const old = fields.shape.fields.length;
  const names = keys.map(({ pending }) => context.lookups[pending.lookup]?.column.name ?? "");
  let next = old;
  const resolved = movedFields(fields, {
    shape: { fields: [...fields.shape.fields, ...names] },
    ...withValues(slice, found),
    records: to - from,
    length: Math.ceil((fields.length * (to - from)) / Math.max(1, fields.records)),
    kinds:
      fields.kinds === null
        ? null
        : Uint8Array.from([...fields.kinds, ...names.map(() => KIND_BITS.text)]),
  });
  return {
    fields: resolved,
    from: 0,
    to: to - from,
    columns: columns.map((column) => {
      if (column.pending === undefined) return column;
      next += 1;
      return { field: next - 1, constant: null };
    }),
  };
}

/** The values of a column; `null` where one of them is not simply found or NULL. */
function valuesOf(
  { pending, entries, unknown }: SliceKeys,
  { finders, lookups, guarded }: LookupContext,
): SliceValues | null {
  const finder = finders[pending.lookup];
  const lookup = lookups[pending.lookup];
  if (finder === undefined || lookup === undefined || finder.findsNumbers) return null;
  const mayBeNull = !guarded.has(lookup.column.name);
  if (!mayBeNull && entries.includes(NULL_KEY)) return null;
  for (const [record, key] of unknown) {
    const answer = finder.answer(key);
    const isNull = answer?.kind === "missing" && lookup.missing === "null" && mayBeNull;
    if (answer?.kind !== "found" && !isNull) return null;
    entries[record] = answer.kind === "found" ? answer.entry : NULL_KEY;
  }
  return { table: finder.table, entries };
}

/** The fields of the slice's records, with the values behind them. */
function withValues(
  { fields, from, to }: PackedSlice,
  found: readonly SliceValues[],
): Pick<PackedFields, "bytes" | "offsets"> {
  const old = 2 * fields.shape.fields.length;
  const width = old + 2 * found.length;
  const offsets = new Int32Array((to - from) * width);
  const bytes = Buffer.allocUnsafe(fields.bytes.length + lengthOf(found));
  fields.bytes.copy(bytes);
  let end = fields.bytes.length;
  for (let record = 0; record < to - from; record += 1) {
    const at = record * width;
    const first = (from + record) * old;
    for (let place = 0; place < old; place += 1)
      offsets[at + place] = fields.offsets[first + place] as number;
    for (let column = 0; column < found.length; column += 1) {
      const { table, entries } = found[column] as SliceValues;
      const entry = entries[record] as number;
      const place = at + old + 2 * column;
      offsets[place] = entry === NULL_KEY ? -1 : end;
      if (entry !== NULL_KEY) end = table.copyValue(entry, bytes, end);
      offsets[place + 1] = entry === NULL_KEY ? 0 : end;
    }
  }
  return { bytes, offsets };
}

function lengthOf(found: readonly SliceValues[]): number {
  let length = 0;
  for (const { table, entries } of found)
    for (const entry of entries) if (entry !== NULL_KEY) length += table.lengthOf(entry);
  return length;
}

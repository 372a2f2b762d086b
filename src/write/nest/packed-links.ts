/**
 * Rows of nested levels as places in bytes: taken out of the packed rows that they are in, and linked with them. Where a record
 * says what it is referred to by, the linking column is one more field at the place of that value. No value is read.
 */
import type { NestLevel } from "../../model/nest/nest-plan.ts";
import type { PackedLevel } from "../../model/nest/packed-nest.ts";
import type { PackedColumn, PackedFields, PackedRows, PackedSlice } from "../../model/packed.ts";
import type { RowShape } from "../../model/batch.ts";
import { tellsNumbers } from "../../model/table-shape.ts";
import { AddedFields } from "./added-fields.ts";

/** A slice, and the rows in a member of its records. */
interface NestedSlice {
  readonly slice: PackedSlice;
  /** `null`: none of them has that member. */
  readonly level: PackedLevel | null;
}

/** The rows in arrays, each linked with the row that it is in; `null` where they must be looked at one by one. */
export function packedArrays(packed: PackedRows, level: NestLevel): PackedRows | null {
  const found = nestedIn(packed, level);
  if (found === null) return null;
  const { columns } = packed.shape;
  const slices: PackedSlice[] = [];
  for (const { slice, level: inside } of found.slices) {
    if (inside === null) continue;
    const sources = level.links.map(({ refersTo }) => fieldOf(slice, columns, refersTo.name));
    const taken = rowsIn({ slice, inside, level }, sources);
    if (taken === null) return null;
    if (taken.to > 0) slices.push(taken);
  }
  return rowsOf(found.shape, slices);
}

/** The rows that others refer to, one after the other; `null` where they must be looked at one by one. */
export function packedObjects(packed: PackedRows, level: NestLevel): PackedRows | null {
  const found = nestedIn(packed, level);
  if (found === null) return null;
  const slices: PackedSlice[] = [];
  for (const { slice, level: inside } of found.slices) {
    const taken = inside === null ? null : rowsIn({ slice, inside, level }, []);
    if (taken !== null && taken.to > 0) slices.push(taken);
  }
  return rowsOf(found.shape, slices);
}

/** The rows with what they refer to by their objects; `null` where the records of these do not say it. */
export function linkedWithObjects(packed: PackedRows, level: NestLevel): PackedRows | null {
  const found = nestedIn(packed, level);
  if (found === null) return null;
  const objects = found.shape?.columns ?? [];
  const slices: PackedSlice[] = [];
  for (const { slice, level: inside } of found.slices) {
    const isEmpty = inside === null || inside.shape === null;
    const linked = isEmpty ? slice : linkedSlice({ slice, inside, level }, packed.shape, objects);
    if (linked === null) return null;
    slices.push(linked);
  }
  return { ...packed, slices };
}

function rowsOf(shape: RowShape | null, slices: readonly PackedSlice[]): PackedRows {
  return { shape: shape ?? { id: -1, columns: [] }, slices, firstOrd: 0, ordSteps: null };
}

/** The rows in a member, slice by slice; `null` where they are not packed, or have not the same columns. */
function nestedIn(
  { slices }: PackedRows,
  { memberAt, links, position }: NestLevel,
): { readonly shape: RowShape | null; readonly slices: readonly NestedSlice[] } | null {
  const given = [...links.map(({ column }) => column), ...(position ? [position.column] : [])];
  if (given.some(tellsNumbers)) return null;
  let shape: RowShape | null = null;
  const found: NestedSlice[] = [];
  for (const slice of slices) {
    const level = slice.nested?.[memberAt];
    if (level === undefined) return null;
    found.push({ slice, level });
    if (level === null || level.shape === null) continue;
    if (shape !== null && shape !== level.shape) return null;
    shape = level.shape;
  }
  return { shape, slices: found };
}

/** The field that fills a column; -1: it is none. */
function fieldOf({ columns }: PackedLevelColumns, names: readonly string[], name: string): number {
  return columns[names.indexOf(name)]?.field ?? -1;
}

interface PackedLevelColumns {
  readonly columns: readonly PackedColumn[];
}

/** A slice, and the rows in it. */
interface InsideSlice {
  readonly slice: PackedSlice;
  readonly inside: PackedLevel;
  readonly level: NestLevel;
}

/** The rows in the records of a slice, with these fields of their records; `null` where one of the values is not there. */
function rowsIn(
  { slice, inside, level }: InsideSlice,
  sources: readonly number[],
): PackedSlice | null {
  const { spans } = inside;
  const count = countIn(slice, spans);
  const from = new Uint32Array(count);
  const parents = new Uint32Array(count);
  const first = level.position?.from ?? 0;
  const positions = level.position === undefined ? null : new Int32Array(count);
  let at = 0;
  for (let record = slice.from; record < slice.to; record += 1) {
    const begin = spans[2 * record] as number;
    const end = spans[2 * record + 1] as number;
    for (let row = begin; row < end; row += 1) {
      from[at] = row;
      parents[at] = record;
      if (positions !== null) positions[at] = row - begin + first;
      at += 1;
    }
  }
  const added = new AddedFields(inside.fields, from);
  for (const field of sources) if (!added.copy(slice.fields, field, parents)) return null;
  if (positions !== null) added.numbers(positions);
  const names = level.relation === "array" ? level.links.map(({ column }) => column.name) : [];
  const filled = level.position === undefined ? names : [...names, level.position.column.name];
  return {
    fields: added.fields(filled),
    from: 0,
    to: count,
    columns: filledBy(inside, inside.shape?.columns ?? [], filled),
    nested: inside.nested.map((each) => picked(each, from)),
  };
}

/** The records of a slice with what their objects are referred to by; `null` where one of the values is not there. */
function linkedSlice(
  { slice, inside, level }: InsideSlice,
  { columns }: RowShape,
  objects: readonly string[],
): PackedSlice | null {
  const count = slice.to - slice.from;
  const records = new Uint32Array(count);
  const rows = new Int32Array(count);
  for (let at = 0; at < count; at += 1) {
    records[at] = slice.from + at;
    const begin = inside.spans[2 * (slice.from + at)] as number;
    rows[at] = begin;
  }
  const added = new AddedFields(slice.fields, records);
  for (const { refersTo } of level.links) {
    const field = fieldOf(inside, objects, refersTo.name);
    if (!added.copy(inside.fields, field, rows)) return null;
  }
  const filled = level.links.map(({ column }) => column.name);
  return {
    fields: added.fields(filled),
    from: 0,
    to: count,
    columns: filledBy(slice, columns, filled),
    nested: (slice.nested ?? []).map((each) => picked(each, records)),
  };
}

function countIn({ from, to }: PackedSlice, spans: Int32Array): number {
  let count = 0;
  for (let record = from; record < to; record += 1)
    count += (spans[2 * record + 1] as number) - (spans[2 * record] as number);
  return count;
}

/** The columns, of which the fields that were added fill some. */
function filledBy(
  { columns, fields }: PackedLevelColumns & { readonly fields: PackedFields },
  names: readonly string[],
  filled: readonly string[],
): PackedColumn[] {
  const first = fields.shape.fields.length;
  return columns.map((column, at) => {
    const added = filled.indexOf(names[at] ?? "");
    return added < 0 ? column : { field: first + added, constant: null };
  });
}

/** The rows in a member of these records alone, in this order. */
export function picked(level: PackedLevel | null, records: Uint32Array): PackedLevel | null {
  if (level === null) return null;
  const spans = new Int32Array(2 * records.length);
  for (let at = 0; at < records.length; at += 1) {
    const record = records[at] as number;
    spans[2 * at] = level.spans[2 * record] as number;
    spans[2 * at + 1] = level.spans[2 * record + 1] as number;
  }
  return { ...level, spans };
}

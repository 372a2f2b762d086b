/** The ordinary records of a batch, as parts of the chunks that they come in: packed where they make rows of one shape, and mixed where they do not. */
import { upsurgeError } from "../errors/upsurge-error.ts";
import type { Batch, Row } from "../model/batch.ts";
import type { PackedRows, PackedSlice } from "../model/packed.ts";
import type { RecordChunk, SourceRecord } from "../model/record.ts";
import type { Mapper } from "./mapping/map-nested.ts";
import type { PackedMapping } from "./mapping/map-records.ts";
import { mixedBatch, packedBatch } from "./packed-batch.ts";
import type { RowReader } from "./packed-batch.ts";

/** Records of a chunk, from `from` to before `to`. */
export interface PackedPart {
  readonly chunk: RecordChunk;
  readonly from: number;
  readonly to: number;
  /** How those with the same fields become rows. */
  readonly groups: readonly PackedMapping[];
  /** By record of the chunk: which of these it is one of; `null`: all have the same fields. */
  readonly groupOf: Uint16Array | null;
}

/** How the ordinary records of a chunk become rows. */
export type PackedGroups = Pick<PackedPart, "groups" | "groupOf"> & {
  readonly records: number;
  readonly length: number;
};

/** The same for a chunk; `null` when it has others, or one of them must be looked at by itself. */
export function packedGroups(chunk: RecordChunk, mapper: Mapper): PackedGroups | null {
  const { packed, mixed } = chunk;
  if (packed !== null) {
    const mapping = mapper.mapPacked(packed);
    const { records, length } = packed;
    return mapping === null ? null : { groups: [mapping], groupOf: null, records, length };
  }
  if (mixed === undefined) return null;
  const groups: PackedMapping[] = [];
  for (const fields of mixed.groups) {
    const mapping = mapper.mapPacked(fields);
    if (mapping === null || !mayMix(mapping)) return null;
    groups.push(mapping);
  }
  const { groupOf, records, length } = mixed;
  return { groups, groupOf, records, length };
}

/** Whether records with these may be in one batch. */
export function mayJoin(parts: readonly PackedPart[], more: PackedGroups): boolean {
  const shapes = new Set(
    [...parts, more].flatMap(({ groups }) => groups.map(({ shape }) => shape)),
  );
  return shapes.size <= 1 || [...parts, more].every(({ groups }) => groups.every(mayMix));
}

/** What is looked up, and what is in members, is told of rows of one shape alone. */
function mayMix({ columns, nested }: PackedMapping): boolean {
  return nested === undefined && columns.every(({ pending }) => pending === undefined);
}

/** The batch of these parts, whose first row has the `ord` given. */
export function batchOf(
  parts: readonly PackedPart[],
  { number, size }: Pick<Batch, "number" | "size">,
  { firstOrd, mapper }: { readonly firstOrd: number; readonly mapper: Mapper },
): Batch {
  const read = readerOf(parts, mapper, firstOrd);
  const alike = alikeRows(parts, firstOrd);
  return alike === null
    ? mixedBatch({ number, size }, mixedRows(parts, firstOrd), read)
    : packedBatch({ number, size }, alike, read);
}

/** The rows of parts that have one shape each, the same; `null` where they have not. */
function alikeRows(parts: readonly PackedPart[], firstOrd: number): PackedRows | null {
  const shape = parts[0]?.groups[0]?.shape;
  const slices = parts.flatMap(({ groups, groupOf, from, to }) => {
    const [mapping] = groups;
    if (groupOf !== null || mapping?.shape !== shape || mapping === undefined) return [];
    const { shape: _shape, ...mapped } = mapping;
    return [{ ...mapped, from, to }];
  });
  if (shape === undefined || slices.length < parts.length) return null;
  return { shape, slices, firstOrd, ordSteps: null };
}

/** Rows with the same fields, while they are gathered. */
interface Gathered {
  readonly rows: PackedRows & { readonly slices: PackedSlice[] };
  readonly steps: number[];
}

/** The rows of those with the same fields. */
function mixedRows(parts: readonly PackedPart[], firstOrd: number): readonly PackedRows[] {
  const gathered = new Map<unknown, Gathered>();
  let before = 0;
  for (const part of parts) {
    for (const { mapping, ...slice } of slicesOf(part)) {
      const { shape, ...mapped } = mapping;
      let own = gathered.get(mapped.fields.shape);
      if (own === undefined) {
        own = { rows: { shape, slices: [], firstOrd, ordSteps: null }, steps: [] };
        gathered.set(mapped.fields.shape, own);
      }
      own.rows.slices.push({ ...mapped, from: slice.from, to: slice.to });
      for (const step of slice.steps) own.steps.push(before + step);
    }
    before += part.to - part.from;
  }
  return [...gathered.values()].map(({ rows, steps }) => ({
    ...rows,
    ordSteps: Uint32Array.from(steps),
  }));
}

/** Records of one group that follow each other in it. */
interface GroupSlice {
  readonly mapping: PackedMapping;
  readonly from: number;
  readonly to: number;
  /** Where each of them is in the part. */
  readonly steps: readonly number[];
}

function slicesOf({ groups, groupOf, from, to }: PackedPart): GroupSlice[] {
  const steps = groups.map((): number[] => []);
  const passed = new Uint32Array(groups.length);
  for (let record = 0; record < to; record += 1) {
    const group = groupOf === null ? 0 : (groupOf[record] as number);
    if (record >= from) steps[group]?.push(record - from);
    else passed[group] = (passed[group] as number) + 1;
  }
  return groups.flatMap((mapping, group) => {
    const own = steps[group] ?? [];
    const first = passed[group] as number;
    return own.length === 0 ? [] : [{ mapping, from: first, to: first + own.length, steps: own }];
  });
}

/** Rows that hold others are numbered as they are made, so that all of them are made at once. */
function readerOf(parts: readonly PackedPart[], mapper: Mapper, firstOrd: number): RowReader {
  const all = (): Row[] => readRows(parts, mapper, firstOrd);
  const nests = parts.some(({ groups }) => groups.some(holdsOthers));
  if (nests || parts.some(({ chunk }) => chunk.recordsAt === undefined)) return { all };
  return { all, at: (places) => readRowsAt(parts, places, { mapper, firstOrd }) };
}

function holdsOthers({ nested, fields }: PackedMapping): boolean {
  return nested !== undefined || fields.nested !== undefined;
}

/** The rows at some places of a batch, which ascend. */
function readRowsAt(
  parts: readonly PackedPart[],
  places: Uint32Array,
  { mapper, firstOrd }: { readonly mapper: Mapper; readonly firstOrd: number },
): Row[] {
  const rows: Row[] = [];
  let passed = 0;
  let done = 0;
  for (const { chunk, from, to } of parts) {
    const end = passed + to - from;
    const next = places.findIndex((place, at) => at >= done && place >= end);
    const own = places.subarray(done, next < 0 ? places.length : next);
    const records = own.length === 0 ? [] : chunk.recordsAt?.(own.map((at) => from + at - passed));
    for (const [at, record] of (records ?? []).entries())
      rows.push(rowOf(record, mapper, firstOrd + (own[at] as number)));
    done += own.length;
    passed = end;
  }
  return rows;
}

/** The rows of packed records, read on the slow path. */
export function readRows(parts: readonly PackedPart[], mapper: Mapper, firstOrd: number): Row[] {
  const rows: Row[] = [];
  for (const { chunk, from, to } of parts) {
    for (const record of chunk.records.slice(from, to))
      rows.push(rowOf(record, mapper, firstOrd + rows.length));
  }
  return rows;
}

function rowOf(record: SourceRecord, mapper: Mapper, ord: number): Row {
  const mapped = mapper.map(record, ord);
  if (mapped.kind === "row") return mapped.row;
  throw upsurgeError("INTERNAL", { message: "the reading paths differ" });
}

/** The ordinary records of a batch, as slices of the chunks that they come in: packed where they make rows of one shape, else mixed. */
import { upsurgeError } from "../errors/upsurge-error.ts";
import type { Batch, Row } from "../model/batch.ts";
import type { PackedRows, PackedSlice } from "../model/packed.ts";
import type { RecordChunk, SourceRecord } from "../model/record.ts";
import type { Mapper } from "./mapping/map-nested.ts";
import type { PackedMapping } from "./mapping/map-records.ts";
import { mixedBatch, packedBatch } from "./packed-batch.ts";
import type { RowReader } from "./packed-batch.ts";

/** Records of a chunk, from `from` to before `to`. */
export interface ChunkSlice {
  readonly chunk: RecordChunk;
  readonly from: number;
  readonly to: number;
  /** How those with the same fields become rows. */
  readonly groups: readonly PackedMapping[];
  /** By record of the chunk: which of these it is one of; `null`: all have the same fields. */
  readonly groupOf: Uint16Array | null;
}

/** How the ordinary records of a chunk become rows. */
export type PackedGroups = Pick<ChunkSlice, "groups" | "groupOf"> & {
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
export function mayJoin(chunkSlices: readonly ChunkSlice[], more: PackedGroups): boolean {
  const shapes = new Set(
    [...chunkSlices, more].flatMap(({ groups }) => groups.map(({ shape }) => shape)),
  );
  return shapes.size <= 1 || [...chunkSlices, more].every(({ groups }) => groups.every(mayMix));
}

/** What is looked up, and what is in members, is told of rows of one shape alone. */
function mayMix({ columns, nested }: PackedMapping): boolean {
  return nested === undefined && columns.every(({ pending }) => pending === undefined);
}

/** The batch of these slices, whose first row has the `ord` given. */
export function batchOf(
  chunkSlices: readonly ChunkSlice[],
  { number, size }: Pick<Batch, "number" | "size">,
  { firstOrd, mapper }: { readonly firstOrd: number; readonly mapper: Mapper },
): Batch {
  const read = readerOf(chunkSlices, mapper, firstOrd);
  const alike = alikeRows(chunkSlices, firstOrd);
  return alike === null
    ? mixedBatch({ number, size }, mixedRows(chunkSlices, firstOrd), read)
    : packedBatch({ number, size }, alike, read);
}

/** The rows of slices that have one shape each, the same; `null` where they have not. */
function alikeRows(chunkSlices: readonly ChunkSlice[], firstOrd: number): PackedRows | null {
  const shape = chunkSlices[0]?.groups[0]?.shape;
  const slices = chunkSlices.flatMap(({ groups, groupOf, from, to }) => {
    const [mapping] = groups;
    if (groupOf !== null || mapping?.shape !== shape || mapping === undefined) return [];
    const { shape: _shape, ...mapped } = mapping;
    return [{ ...mapped, from, to }];
  });
  if (shape === undefined || slices.length < chunkSlices.length) return null;
  return { shape, slices, firstOrd, ordSteps: null };
}

/** Rows with the same fields, while they are gathered. */
interface Gathered {
  readonly rows: PackedRows & { readonly slices: PackedSlice[] };
  readonly steps: number[];
}

/** The rows of those with the same fields. */
function mixedRows(chunkSlices: readonly ChunkSlice[], firstOrd: number): readonly PackedRows[] {
  const gathered = new Map<unknown, Gathered>();
  let before = 0;
  for (const chunkSlice of chunkSlices) {
    for (const { mapping, ...slice } of slicesOf(chunkSlice)) {
      const { shape, ...mapped } = mapping;
      let own = gathered.get(mapped.fields.shape);
      if (own === undefined) {
        own = { rows: { shape, slices: [], firstOrd, ordSteps: null }, steps: [] };
        gathered.set(mapped.fields.shape, own);
      }
      own.rows.slices.push({ ...mapped, from: slice.from, to: slice.to });
      for (const step of slice.steps) own.steps.push(before + step);
    }
    before += chunkSlice.to - chunkSlice.from;
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
  /** Where each of them is in the slice. */
  readonly steps: readonly number[];
}

function slicesOf({ groups, groupOf, from, to }: ChunkSlice): GroupSlice[] {
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
function readerOf(chunkSlices: readonly ChunkSlice[], mapper: Mapper, firstOrd: number): RowReader {
  const all = (): Row[] => readRows(chunkSlices, mapper, firstOrd);
  const nests = chunkSlices.some(({ groups }) => groups.some(holdsOthers));
  if (nests || chunkSlices.some(({ chunk }) => chunk.recordsAt === undefined)) return { all };
  return { all, at: (places) => readRowsAt(chunkSlices, places, { mapper, firstOrd }) };
}

function holdsOthers({ nested, fields }: PackedMapping): boolean {
  return nested !== undefined || fields.nested !== undefined;
}

/** The rows at some places of a batch, which ascend. */
function readRowsAt(
  chunkSlices: readonly ChunkSlice[],
  places: Uint32Array,
  { mapper, firstOrd }: { readonly mapper: Mapper; readonly firstOrd: number },
): Row[] {
  const rows: Row[] = [];
  let passed = 0;
  let done = 0;
  for (const { chunk, from, to } of chunkSlices) {
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
export function readRows(
  chunkSlices: readonly ChunkSlice[],
  mapper: Mapper,
  firstOrd: number,
): Row[] {
  const rows: Row[] = [];
  for (const { chunk, from, to } of chunkSlices) {
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

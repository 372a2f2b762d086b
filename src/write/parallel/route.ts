/**
 * Shares the rows of a packed batch out among writers by the hash of their keys: rows with the same key go the same way,
 * in the order of the source. Each part is a packed batch again, over the same bytes, and every row keeps its `ord`.
 */
import type { Batch, Row } from "../../model/batch.ts";
import type { PackedSlice, PackedRows } from "../../model/packed.ts";
import { PackedBatch } from "../packed-batch.ts";

/** The part of each writer, `null` where it has none; `hashes` are those of the batch's rows, in order. */
export function splitByHash(
  batch: Batch,
  packed: PackedRows,
  hashes: Uint32Array,
  writers: number,
): (Batch | null)[] {
  const ways = new Uint8Array(hashes.length);
  for (let at = 0; at < ways.length; at += 1) ways[at] = partitionOf(hashes[at] as number, writers);
  const parts: PackedSlice[][] = Array.from({ length: writers }, () => []);
  let first = 0;
  for (const part of packed.slices) {
    const size = part.to - part.from;
    for (const [writer, picked] of split(part, ways.subarray(first, first + size), writers)) {
      parts[writer]?.push(picked);
    }
    first += size;
  }
  const steps = stepsOf(packed, ways, writers);
  return parts.map((own, writer) =>
    own.length === 0
      ? null
      : partOf(batch, { ...packed, slices: own, ordSteps: steps[writer] ?? null }, ways, writer),
  );
}

/** The writer that a hash names. A job that goes on relies on it: what it answers may not change. */
export function partitionOf(hash: number, writers: number): number {
  return mixed(hash) % writers;
}

/** The records of a part that go each way. */
function* split(
  { fields, from, to, columns }: PackedSlice,
  ways: Uint8Array,
  writers: number,
): Generator<[number, PackedSlice]> {
  const width = 2 * fields.shape.fields.length;
  const counts = new Uint32Array(writers);
  for (let at = 0; at < ways.length; at += 1) (counts[ways[at] as number] as number) += 1;
  const places = Array.from(counts, (count) => new Int32Array(count * width));
  const ends = new Uint32Array(writers);
  for (let record = from; record < to; record += 1) {
    const way = ways[record - from] ?? 0;
    const into = places[way];
    if (into === undefined) continue;
    let at = ends[way] ?? 0;
    for (let place = record * width; place < (record + 1) * width; place += 1) {
      into[at] = fields.offsets[place] as number;
      at += 1;
    }
    ends[way] = at;
  }
  for (const [way, count] of counts.entries()) {
    const own = places[way];
    if (count === 0 || own === undefined) continue;
    const length = Math.ceil((fields.length * count) / fields.records);
    const picked = { ...fields, offsets: own, records: count, length };
    yield [way, { fields: picked, from: 0, to: count, columns }];
  }
}

/** The steps of the rows that go each way. */
function stepsOf({ ordSteps }: PackedRows, ways: Uint8Array, writers: number): Uint32Array[] {
  const counts = new Uint32Array(writers);
  for (let at = 0; at < ways.length; at += 1) (counts[ways[at] as number] as number) += 1;
  const steps = Array.from(counts, (count) => new Uint32Array(count));
  const ends = new Uint32Array(writers);
  for (let at = 0; at < ways.length; at += 1) {
    const way = ways[at] as number;
    (steps[way] as Uint32Array)[ends[way] as number] =
      ordSteps === null ? at : (ordSteps[at] as number);
    (ends[way] as number) += 1;
  }
  return steps;
}

function partOf(batch: Batch, packed: PackedRows, ways: Uint8Array, writer: number): Batch {
  const size = packed.slices.reduce((sum, { from, to }) => sum + to - from, 0);
  const read = (): Row[] => batch.rows.filter((_, at) => ways[at] === writer);
  return new PackedBatch({ number: batch.number, size }, packed, read);
}

/** Spreads hashes that differ in a few bits only. */
function mixed(hash: number): number {
  const once = Math.imul(hash ^ (hash >>> 16), 0x7feb_352d);
  const twice = Math.imul(once ^ (once >>> 15), 0x846c_a68b);
  return (twice ^ (twice >>> 16)) >>> 0;
}

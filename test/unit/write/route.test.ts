import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { Batch } from "../../../src/model/batch.ts";
import { fieldBytes, ordAt } from "../../../src/model/packed.ts";
import type { PackedFields, PackedSlice, PackedRows } from "../../../src/model/packed.ts";
import { packedBatch } from "../../../src/write/packed-batch.ts";
import { splitByHash } from "../../../src/write/parallel/route.ts";
import { row } from "../../support/grammar/texts.ts";

const SHAPE = { id: 0, columns: ["k", "v"] };
const COLUMNS = [
  { field: 0, constant: null },
  { field: 1, constant: null },
];

/** Records `number,odd` packed as a reader would; an even one has NULL. */
function packed(first: number, count: number): PackedFields {
  const places: number[] = [];
  let text = "";
  for (let at = first; at < first + count; at += 1) {
    const key = String(at);
    places.push(text.length, text.length + key.length);
    text += `${key},`;
    if (at % 2 === 0) places.push(-1, -1);
    else places.push(text.length, text.length + 3);
    text += at % 2 === 0 ? "\n" : "odd\n";
  }
  return {
    shape: { fields: ["k", "v"] },
    bytes: Buffer.from(text),
    offsets: Int32Array.from(places),
    records: count,
    length: text.length,
    quote: 34,
    kinds: null,
  };
}

/** A batch of `sizes` records in as many parts, each with a record before and after that is not of it. */
function batchOf(sizes: readonly number[]): { batch: Batch; rows: PackedRows } {
  let next = 100;
  const parts = sizes.map((size): PackedSlice => {
    const fields = packed(next - 1, size + 2);
    next += size;
    return { fields, from: 1, to: size + 1, columns: COLUMNS };
  });
  const size = next - 100;
  const rows = { shape: SHAPE, slices: parts, firstOrd: 100, ordSteps: null };
  const read = () => Array.from({ length: size }, (_, at) => row(100 + at, SHAPE));
  return { batch: packedBatch({ number: 4, size }, rows, read), rows };
}

function values({ slices: parts }: PackedRows): (string | null)[][] {
  return parts.flatMap(({ fields, from, to, columns }) =>
    Array.from({ length: to - from }, (_, at) =>
      columns.map(({ field }) => {
        const place = (from + at) * fields.shape.fields.length + field;
        return fieldBytes(fields, place)?.toString() ?? null;
      }),
    ),
  );
}

test("every row goes one way, equal hashes the same one, in order", () => {
  const sizes = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(sizes, fc.integer({ min: 2, max: 5 }), fc.integer(), (each, writers, seed) => {
      const { batch, rows } = batchOf(each);
      const hashes = Uint32Array.from({ length: batch.size }, (_, at) => (seed + at) % 7);
      const parts = splitByHash(batch, rows, hashes, { writers, key: null });
      expect(parts).toHaveLength(writers);
      const ways = new Map<number, number>();
      for (const [way, part] of parts.entries()) {
        if (part === null) continue;
        const own = part.packed === null ? [] : values(part.packed);
        expect([part.number, part.size]).toEqual([4, own.length]);
        for (const [key] of own) {
          const hash = hashes[Number(key) - 100] ?? -1;
          expect(ways.get(hash) ?? way).toBe(way);
          ways.set(hash, way);
        }
        const keys = own.map(([key]) => Number(key));
        expect(keys).toEqual(keys.toSorted((a, b) => a - b));
        // A row is staged and found again under its place in the load.
        expect(part.rows.map(({ ord }) => ord)).toEqual(keys);
        expect(own.map((_, at) => part.packed && ordAt(part.packed, at))).toEqual(keys);
        const places = part.rows.map(({ record }) => record.position.record - 1);
        expect(places).toEqual(keys);
      }
      const all = parts.flatMap((part) => (part?.packed ? values(part.packed) : []));
      expect(all.toSorted((a, b) => Number(a[0]) - Number(b[0]))).toEqual(values(rows));
    }),
  );
});

test("hashes that differ in their last bits only are spread over all writers", () => {
  const { batch, rows } = batchOf([400, 400]);
  const hashes = Uint32Array.from({ length: 800 }, (_, at) => at << 12);
  for (const part of splitByHash(batch, rows, hashes, { writers: 4, key: null })) {
    expect(part?.size).toBeGreaterThan(120);
  }
});

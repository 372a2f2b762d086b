/** In which parts a batch with rows at fault is written: each row once and in order, with few attempts in vain. */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { Parts } from "../../../src/write/faults/parts.ts";
import type { PartSize } from "../../../src/write/faults/parts.ts";

const FEW = 16;

/** What writing a batch came to. */
interface Written {
  /** The ranges that were written, in order. */
  readonly ranges: readonly (readonly [from: number, to: number])[];
  readonly attempts: number;
  readonly each: number;
}

/** Writes a batch whose rows at these places are at fault; `tells`: the database says where it stopped. */
function write(
  size: number,
  faults: readonly number[],
  { tells = false, tried = { most: Infinity } }: { tells?: boolean; tried?: PartSize } = {},
): Written {
  const parts = new Parts(size, tried);
  const ranges: [number, number][] = [];
  let attempts = 0;
  let each = 0;
  for (let part = parts.next; part !== null; part = parts.next) {
    const { from, to } = part;
    const fault = faults.find((place) => place >= from && place < to);
    if (part.each) each += to - from;
    else attempts += 1;
    if (part.each || fault === undefined) {
      ranges.push([from, to]);
      parts.written(part);
    } else parts.failed(part, { isFault: true, place: tells ? fault - from : null, few: FEW });
  }
  return { ranges, attempts, each };
}

test("a batch without faults is one part", () => {
  expect(write(5000, [])).toEqual({ ranges: [[0, 5000]], attempts: 1, each: 0 });
});

test("each row is written once, in order, wherever the faults are", () => {
  const batches = fc.array(
    fc.record({ size: fc.integer({ min: 1, max: 3000 }), at: fc.array(fc.nat(2999)) }),
    { minLength: 1, maxLength: 4 },
  );
  fc.assert(
    fc.property(batches, fc.boolean(), (all, tells) => {
      const tried = { most: Infinity };
      for (const { size, at } of all) {
        const faults = [...new Set(at)].filter((place) => place < size).toSorted((a, b) => a - b);
        const { ranges } = write(size, faults, { tells, tried });
        expect(ranges.map(([from]) => from)).toEqual(
          [0, ...ranges.map(([, to]) => to)].slice(0, -1),
        );
        expect(ranges.at(-1)?.[1]).toBe(size);
        expect(ranges.every(([from, to]) => to > from)).toBe(true);
      }
    }),
  );
});

test.each([
  ["that the database tells", true, 4],
  ["that it does not tell", false, 2 * Math.log2(65_536 / FEW) + 2],
])("faults %s cost as many attempts each, however many there are", (_, tells, most) => {
  for (const count of [1, 4, 16, 64]) {
    const faults = Array.from({ length: count }, (__, at) =>
      Math.floor(((at + 0.5) * 65_536) / count),
    );
    const { attempts, each } = write(65_536, faults, { tells });
    expect(attempts).toBeLessThanOrEqual(1 + count * most);
    expect(each).toBeLessThanOrEqual(count * FEW);
  }
});

test("where most rows are at fault nearly all go one at a time, and few are tried", () => {
  const faults = Array.from({ length: 20_000 }, (_, at) => at).filter((at) => at % 3 === 0);
  for (const tells of [true, false]) {
    const { attempts, each } = write(20_000, faults, { tells });
    expect(attempts).toBeLessThan(60);
    expect(each).toBeGreaterThan(19_000);
  }
});

test("after a batch with faults the next one begins with a part, and one without is whole again after it", () => {
  const tried = { most: Infinity };
  write(1024, [3, 300, 1000], { tried });
  expect(write(4096, [], { tried }).ranges.length).toBeGreaterThan(1);
  expect(write(4096, [], { tried }).ranges).toEqual([[0, 4096]]);
});

test("rows that cannot go together for another reason say nothing about later batches", () => {
  const tried = { most: Infinity };
  const parts = new Parts(3000, tried);
  parts.failed(parts.next ?? expect.fail(), { isFault: false, place: null, few: 2000 });
  expect(tried.most).toBe(Infinity);
  expect(parts.next).toEqual({ from: 0, to: 1500, each: false, isFault: false });
  parts.failed(parts.next ?? expect.fail(), { isFault: false, place: null, few: 2000 });
  expect(parts.next).toEqual({ from: 0, to: 1500, each: true, isFault: false });
});

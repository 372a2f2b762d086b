/** What several writers have written is accounted for in the order of the source. */
import { expect, test } from "vitest";
import type { BatchOutcome } from "../../../src/model/batch.ts";
import { noCounts } from "../../../src/model/counts.ts";
import { FileOrder } from "../../../src/write/parallel/file-order.ts";

function written(read: number): BatchOutcome {
  return { counts: { ...noCounts(), read }, rejects: [] };
}

test("a batch is taken when all of it and of those before is written", async () => {
  const taken: number[] = [];
  const order = new FileOrder(({ counts }) => taken.push(counts.read));
  const [first, second, third] = [order.expect(2), order.expect(1), order.expect(1)];

  second.add(written(10));
  first.add(written(1));
  expect(taken).toEqual([]);
  first.add(written(2));
  expect(taken).toEqual([3, 10]);
  await Promise.all([first.taken, second.taken]);
  third.add(written(100));
  expect(taken).toEqual([3, 10, 100]);
});

test("after a batch that is refused, none is taken", () => {
  const taken: number[] = [];
  const order = new FileOrder(({ counts }) => {
    if (counts.read === 1) throw new Error("too many rejects");
    taken.push(counts.read);
  });
  const [first, second, third] = [order.expect(1), order.expect(1), order.expect(1)];

  second.add(written(2));
  expect(() => first.add(written(1))).toThrow("too many rejects");
  third.add(written(3));

  expect(taken).toEqual([]);
});

/** How long a load goes on trying, and what counts as progress. */
import { expect, test } from "vitest";
import { Patience } from "../../../src/load/patience.ts";

const LONG = { timeoutMs: 3_600_000 };

test("tries are counted from the first failure without progress", () => {
  const patience = new Patience(LONG);
  const tries = [0, 0, 0, 500, 500, 700].map((committed) => patience.next(committed)?.nextTry);

  expect(tries).toEqual([2, 3, 4, 2, 3, 2]);
});

test("waits grow up to the longest, and no wait goes beyond the time", () => {
  const patience = new Patience({ ...LONG, longestMs: 400 });
  const waits = Array.from({ length: 20 }, () => patience.next(0)?.delayMs ?? -1);

  for (const [at, wait] of waits.entries()) {
    expect(wait).toBeGreaterThanOrEqual(0);
    expect(wait).toBeLessThanOrEqual(Math.min(400, 100 * 2 ** (at + 1)));
  }
});

test("a time that is used up is not begun again by a failure without progress", () => {
  expect(new Patience({ timeoutMs: 0 }).next(0)).toBeNull();
  expect(new Patience({ timeoutMs: 0, toTheEnd: true }).next(5)).toBeNull();
});

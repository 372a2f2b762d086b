/** How long a load goes on trying, and what counts as progress. */
import { expect, onTestFinished, test, vi } from "vitest";
import { Patience } from "../../../src/load/patience.ts";

const LONG = { timeoutMs: 3_600_000 };

/** A clock that the test sets, and a dice that always falls on its highest. */
function fixed(): { now: number } {
  const clock = { now: 10 };
  const spies = [
    vi.spyOn(performance, "now").mockImplementation(() => clock.now),
    vi.spyOn(Math, "random").mockReturnValue(1),
  ];
  onTestFinished(() => {
    for (const spy of spies) spy.mockRestore();
  });
  return clock;
}

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

test("the time begins anew with the first failure after progress", () => {
  const clock = fixed();
  const patience = new Patience({ timeoutMs: 1000, longestMs: 1 });
  expect(patience.next(0)?.leftMs).toBe(1000);
  clock.now = 910;
  expect(patience.next(0)?.leftMs).toBe(100);
  expect(patience.next(5)?.leftMs).toBe(1000);
  clock.now = 1810;
  expect(patience.next(5)?.leftMs).toBe(100);
  clock.now = 1910;
  expect(patience.next(5)).toBeNull();
});

test("a wait that would go beyond the time is none, or is cut so that the last try comes at its end", () => {
  fixed();
  const rule = { timeoutMs: 150 };
  expect(new Patience(rule).next(0)).toBeNull();
  expect(new Patience({ ...rule, toTheEnd: true }).next(0)).toEqual({
    delayMs: 150,
    leftMs: 150,
    nextTry: 2,
  });
});

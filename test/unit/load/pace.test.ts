/** The pace of a load, and the time that is left; the clock is given. */
import { expect, test } from "vitest";
import { Pace } from "../../../src/load/pace.ts";

function paceAt(before = 0): { pace: Pace; go: (ms: number) => void } {
  let now = 1000;
  const pace = new Pace(before, () => now);
  return { pace, go: (ms) => (now += ms) };
}

test("nothing is said before there is something to go by", () => {
  const { pace, go } = paceAt();

  expect([pace.recordsPerSecond(0), pace.secondsLeft(0)]).toEqual([null, null]);
  go(100);
  pace.wrote(0.5);
  go(100);
  expect(pace.secondsLeft(0.6)).toBeNull();
  expect(pace.secondsLeft(null)).toBeNull();
});

test("time left is told by what was done since the first batch", () => {
  const { pace, go } = paceAt();
  go(5000);
  pace.wrote(0.1);
  go(2000);
  pace.wrote(0.2);

  expect(pace.secondsLeft(0.2)).toBeCloseTo(16);
});

test("a job that goes on is as fast as this run, whatever earlier ones have loaded", () => {
  const { pace, go } = paceAt(9000);
  go(1000);
  pace.wrote(0.9);
  go(1000);

  expect(pace.recordsPerSecond(9500)).toBe(250);
  expect(pace.secondsLeft(0.95)).toBeCloseTo(1);
});

test("a wait for others does not count", () => {
  const { pace, go } = paceAt();
  go(1000);
  pace.wrote(0.1);
  go(60_000);
  pace.waited(60_000);
  go(1000);

  expect(pace.recordsPerSecond(200)).toBe(100);
  expect(pace.secondsLeft(0.2)).toBeCloseTo(8);
});

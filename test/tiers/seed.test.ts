/** Random tests draw the same in each run, each of them something else; and what was asked for where somebody asks. */
import * as fc from "fast-check";
import { afterEach, describe, expect, test, vi } from "vitest";
import { firstRound, seedOf, settleSeed } from "./seed.ts";

const drawn: number[] = [];

function draw(): number {
  const [value = 0] = fc.sample(fc.maxSafeNat(), 1);
  return value;
}

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

describe("a test", () => {
  test.each(["one", "other"])("draws from a seed of its own: %s", () => {
    const value = draw();
    expect(draw()).toBe(value);
    expect(drawn).not.toContain(value);
    drawn.push(value);
  });

  test("draws in each run what it drew before", () => {
    vi.stubEnv("UPSURGE_TEST_SEED", undefined);
    expect([seedOf("a"), seedOf("b")]).toEqual([seedOf("a"), seedOf("b")]);
    expect(seedOf("a")).not.toBe(seedOf("b"));
    const usual = seedOf("a");
    vi.stubEnv("UPSURGE_TEST_SEED", "2");
    expect(seedOf("a")).not.toBe(usual);
  });
});

test("a seed that nobody has chosen is told, and is that of all processes", () => {
  const log = vi.spyOn(console, "log").mockImplementation(() => {});
  vi.stubEnv("UPSURGE_TEST_SEED", "random");
  expect(() => seedOf("a")).toThrow("UPSURGE_TEST_SEED takes a whole number, or random");
  settleSeed();
  const chosen = process.env["UPSURGE_TEST_SEED"] ?? "";
  expect(chosen).toMatch(/^\d+$/);
  expect(log).toHaveBeenCalledWith(`random tests draw from UPSURGE_TEST_SEED=${chosen}`);
});

test("rounds begin with the one that is asked for", () => {
  vi.stubEnv("SOME_ROUND", undefined);
  expect(firstRound("kills", "SOME_ROUND")).toBe(seedOf("kills"));
  vi.stubEnv("SOME_ROUND", "77");
  expect(firstRound("kills", "SOME_ROUND")).toBe(77);
});

/** Values of options: counts, sizes, durations, lists, reject limits. */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  parseCount,
  parseDuration,
  parseList,
  parseSize,
} from "../../../src/options/parse-value.ts";

describe("counts", () => {
  test.each([
    ["0", 0],
    ["5000", 5000],
    ["10_000", 10_000],
    ["1,000,000", 1_000_000],
    ["-1", null],
    ["1.5", null],
    ["1e3", null],
    ["", null],
    ["1,00", null],
    ["99999999999999999999", null],
  ])("reads %j as %j", (text, expected) => {
    expect(parseCount(text)).toBe(expected);
  });
});

describe("sizes", () => {
  test.each([
    ["4096", 4096],
    ["64MiB", 64 * 1024 * 1024],
    ["10MB", 10_000_000],
    ["1.5k", 1536],
    ["2 GiB", 2 * 1024 ** 3],
    ["0", null],
    ["10 parsecs", null],
    ["MiB", null],
  ])("reads %j as %j", (text, expected) => {
    expect(parseSize(text)).toBe(expected);
  });
});

describe("durations", () => {
  test.each([
    ["0", 0],
    ["250ms", 250],
    ["30s", 30_000],
    ["5m", 300_000],
    ["1.5h", 5_400_000],
    ["30", null],
    ["soon", null],
    ["9999h", null],
  ])("reads %j as %j", (text, expected) => {
    expect(parseDuration(text)).toBe(expected);
  });
});

function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

describe("lists", () => {
  test.each([
    ["a", ["a"]],
    ["a,b , c", ["a", "b", "c"]],
    ['a,"b,c"', ["a", "b,c"]],
    ['-"b,c",-d', ["-b,c", "-d"]],
    ['"say ""hi"""', ['say "hi"']],
    ["Country/Region", ["Country/Region"]],
    ["", null],
    ["a,", null],
    [",a", null],
    ['"open', null],
    ['a"b', null],
  ])("reads %j as %j", (text, expected) => {
    expect(parseList(text)).toEqual(expected);
  });

  test("gives back any names that are quoted", () => {
    const names = fc.array(fc.string({ minLength: 1, unit: "binary" }), { minLength: 1 });
    fc.assert(
      fc.property(names, (list) => {
        expect(parseList(list.map(quote).join(","))).toEqual(list);
      }),
    );
  });
});

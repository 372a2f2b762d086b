/** Numbers as people read them. */
import { expect, test } from "vitest";
import { formatBytes, formatCount, formatSeconds, plural } from "../../../src/errors/format.ts";

test.each([
  [0, "0"],
  [999, "999"],
  [1000, "1,000"],
  [1_234_567, "1,234,567"],
])("count %d is %s", (count, text) => {
  expect(formatCount(count)).toBe(text);
});

test.each([
  [0, "0 B"],
  [999, "999 B"],
  [1000, "1.0 kB"],
  [1_500_000, "1.5 MB"],
  [150_000_000, "150 MB"],
  [999_999, "1.0 MB"],
])("%d bytes are %s", (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});

test.each([
  [0.414, "0.41 s"],
  [9.999, "10.0 s"],
  [59.96, "1 min 00 s"],
  [185, "3 min 05 s"],
  [7620, "2 h 07 min"],
])("%d seconds are %s", (seconds, text) => {
  expect(formatSeconds(seconds)).toBe(text);
});

test("one record is no plural", () => {
  expect([plural(1, "record"), plural(0, "record")]).toEqual(["1 record", "0 records"]);
});

/** A value may be as long as a record: whoever looks at it passes over it once, and not again from each of its characters. */
import { expect, test } from "vitest";
import { FieldProfile } from "../../../src/commands/field-profile.ts";
import { bindValue, keepsMisfit } from "../../../src/targets/sqlite/stage/values.ts";
import type { BoundColumn } from "../../../src/targets/sqlite/stage/values.ts";
import { parseDateFormat } from "../../../src/values/date-format.ts";
import { NumberReader } from "../../../src/values/numbers.ts";
import { foldValue } from "../../../src/values/same-key/same-key.ts";
import { dateReader } from "../../../src/values/value-reader.ts";
import { ValueSketch } from "../../../src/values/value-sketch.ts";

/** So long that a pass for each of its characters would not end before the test is given up. */
const LENGTH = 400_000;
const DIGITS = `${"1".repeat(LENGTH)}x`;
const BLANKS = `1${" ".repeat(LENGTH)}x`;
const TIME = `12:30${" ".repeat(LENGTH)}x`;

function column(more: Partial<BoundColumn>): BoundColumn {
  const numeric = { affinity: "numeric", type: "NUMERIC", promised: "number" } as const;
  return { name: "n", isBytes: false, ...numeric, ...more };
}

test.each([DIGITS, BLANKS])("is no number", (text) => {
  expect(new NumberReader({ decimal: ",", thousands: "." }).read(text)).toBeNull();
});

test.each([DIGITS, BLANKS, TIME])("is no date", (text) => {
  const read = dateReader([parseDateFormat("%d.%m.%Y") ?? expect.fail()]);
  expect(read(text)).toEqual({ why: "is no date of the form %d.%m.%Y" });
});

test.each([DIGITS, BLANKS, TIME])("is a text, however numbers and dates are written", (text) => {
  const sketch = ValueSketch.of({
    decimal: ",",
    thousands: ".",
    dateFormat: [{ column: null, format: "%d.%m.%Y" }],
  });
  const profile = new FieldProfile("n", sketch, false);

  profile.see(text, "text");

  expect(sketch?.read("n", text, false)).toBe(text);
  expect(profile.result(1).type).toBe("text");
});

test("is what it is as a key", () => {
  expect(foldValue(DIGITS)).toEqual({ key: DIGITS.toUpperCase(), style: null });
});

test.each([DIGITS, BLANKS, TIME])("is kept by SQLite, and told of", (text) => {
  expect(bindValue(text, false, column({}))).toBe(text);
  expect(keepsMisfit(text, column({}))).toBe(true);
  expect(keepsMisfit(text, column({ type: "TIME", promised: "time" }))).toBe(true);
});

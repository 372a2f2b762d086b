/** A decimal spelling is the double that the engine makes of it, to the last bit. */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ByteSource } from "../../../../src/targets/postgres/stage/byte-source.ts";
import { decimal } from "../../../../src/targets/postgres/stage/decimals.ts";

const ANY = [1e-290, 1e300] as const;

/** The number of a spelling that stands between others. */
function read(text: string): number {
  const from = new ByteSource(Buffer.from(`9${text}9`));
  return decimal(from, 1, 1 + text.length, ANY);
}

const DIGITS = fc.stringMatching(/^\d{0,19}$/);
const SIGN = fc.constantFrom("", "-");

/** Spellings of any length, of numbers as they are printed, and of the middle between two numbers or close to it. */
const SPELLINGS = fc.oneof(
  fc
    .tuple(SIGN, fc.stringMatching(/^\d{1,12}$/), DIGITS)
    .map(([sign, whole, rest]) => `${sign}${whole}${rest === "" ? "" : `.${rest}`}`),
  fc.double({ min: 1e-250, max: 1e250, noNaN: true }).map((value) => String(value)),
  fc.double({ min: 1e-6, max: 1e15, noNaN: true }).map((value) => String(value)),
  fc
    .tuple(fc.integer({ min: 1, max: 2 ** 31 - 1 }), fc.integer({ min: 1, max: 20 }), fc.nat(9))
    .map(([odd, power, last]) => `${((2 * odd + 1) / 2 ** power).toFixed(17)}${last}`),
);

test("of any length", () => {
  fc.assert(
    fc.property(SPELLINGS, (text) => {
      expect(read(text), text).toBe(Number(text));
    }),
    { numRuns: 5000 },
  );
});

test.each([
  ["0.34579726060521726", "seventeen digits after the point"],
  ["9007199254740993.0", "the middle between two numbers"],
  ["9007199.254740993000000001", "a little more than digits that are exact"],
  ["0.500000000000000166", "near a half"],
  ["1.00000000000000011102230246251565", "the middle between one and the next number"],
  ["-0.000000000000000000", "zero, and its sign"],
  ["123456789012345678901234567890", "many digits"],
  ["2.3283064370807974e-7", "a small number as it is printed"],
  ["1E+21", "a large number as it is printed"],
])("%s: %s", (text) => {
  expect(read(text)).toBe(Number(text));
});

describe("other spellings are left to the database", () => {
  test.each([
    "",
    "-",
    ".5",
    "5.",
    "1e",
    "1e1234",
    "1e5.0",
    ".5e1",
    "1e-300",
    "+1",
    "1 ",
    "1.2.3",
    "0x10",
    "1_000",
    "--1",
    "1.00000000a0000000",
    "٣",
  ])("%j", (text) => {
    expect(read(text)).toBeNaN();
  });
});

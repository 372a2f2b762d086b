/**
 * Numbers as people write them. What a text means is known apart from the reader: it was written from its digits, or is read
 * character by character, with no pattern.
 */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { NumberReader, thousandsMark } from "../../../src/values/numbers.ts";
import type { NumberMarks } from "../../../src/values/numbers.ts";
import { timesOf } from "../../tiers/tiers.ts";

const RUNS = { numRuns: 20 * timesOf("reading paths") };

const MARKS: readonly NumberMarks[] = [
  { decimal: ",", thousands: null },
  { decimal: ",", thousands: "." },
  { decimal: ",", thousands: " " },
  { decimal: ",", thousands: "'" },
  { decimal: ".", thousands: "," },
  { decimal: ".", thousands: "'" },
  { decimal: ".", thousands: " " },
];

const GROUPING: Readonly<Record<string, string>> = {
  ".": ".",
  ",": ",",
  " ": " \u00a0\u202f\u2009",
  "'": "'\u2019",
};

const DIGITS = "0123456789".split("");

const digits = (minLength: number, maxLength: number): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom(...DIGITS), minLength, maxLength });

/** `1234567` as `1.234.567`. */
function grouped(whole: string, mark: string): string {
  const groups: string[] = [];
  for (let end = whole.length; end > 0; end -= 3)
    groups.unshift(whole.slice(Math.max(0, end - 3), end));
  return groups.join(mark);
}

test("a number that was written with marks is read as its digits", () => {
  const number = fc.record({
    marks: fc.constantFrom(...MARKS),
    sign: fc.constantFrom("", "-", "+"),
    whole: digits(1, 30),
    fraction: fc.option(digits(1, 20)),
    groups: fc.boolean(),
    which: fc.nat(3),
    outer: fc.constantFrom("", " ", "\t"),
  });

  fc.assert(
    fc.property(number, ({ marks, sign, whole, fraction, groups, which, outer }) => {
      const { decimal, thousands } = marks;
      const marksOf = GROUPING[thousands ?? ""] ?? "";
      const isGrouped = groups && thousands !== null && !whole.startsWith("0") && whole.length > 3;
      const mark = marksOf[which % marksOf.length] ?? "";
      const text = isGrouped ? grouped(whole, mark) : whole;
      const written = `${outer}${sign}${text}${fraction === null ? "" : decimal + fraction}${outer}`;

      expect(new NumberReader(marks).read(written)).toBe(
        `${sign}${whole}${fraction === null ? "" : `.${fraction}`}`,
      );
    }),
    RUNS,
  );
});

function isDigit(char: string): boolean {
  return DIGITS.includes(char);
}

/** Reads a text from left to right: its digits and where the point is; `null` where a character is out of place. */
function byHand(text: string, { decimal, thousands }: NumberMarks): string | null {
  const marksOf = GROUPING[thousands ?? ""] ?? "";
  let rest = Array.from(text);
  let sign = "";
  if (rest[0] === "+" || rest[0] === "-") {
    sign = rest[0];
    rest = rest.slice(1);
  }
  const comma = rest.indexOf(decimal);
  const whole = comma < 0 ? rest : rest.slice(0, comma);
  const fraction = comma < 0 ? null : rest.slice(comma + 1);
  if (fraction !== null && (fraction.length === 0 || !fraction.every(isDigit))) return null;
  const parts = whole.filter((char) => !isDigit(char));
  const [mark] = parts;
  if (mark !== undefined) {
    if (!marksOf.includes(mark) || parts.some((part) => part !== mark) || whole[0] === "0")
      return null;
    const groups = whole.join("").split(mark);
    if ((groups[0] ?? "").length < 1 || (groups[0] ?? "").length > 3) return null;
    if (groups.slice(1).some((group) => group.length !== 3)) return null;
  }
  const numerals = whole.filter(isDigit).join("");
  if (numerals === "" && fraction === null) return null;
  const value = numerals === "" ? "0" : numerals;
  return `${sign}${value}${fraction === null ? "" : `.${fraction.join("")}`}`;
}

test("any text of digits and marks is read as it is by hand, or refused as by hand", () => {
  const text = fc.string({
    unit: fc.constantFrom(...DIGITS, ...DIGITS, ..."..,,'  +-\u00a0\u2019€$".split("")),
    minLength: 1,
    maxLength: 12,
  });
  let read = 0;
  fc.assert(
    fc.property(fc.constantFrom(...MARKS), text, (marks, raw) => {
      const bare = raw.replaceAll(/^[ \u00a0]+|[ \u00a0]+$/g, "");
      const found = new NumberReader(marks).read(bare);
      read += found === null ? 0 : 1;

      expect([bare, found]).toEqual([bare, bare === "" ? "" : byHand(bare, marks)]);
    }),
    RUNS,
  );
  expect(read).toBeGreaterThan(0);
});

test.each([
  ["1.234,56", "1234.56"],
  ["1.234", "1234"],
  ["-1.234.567,89", "-1234567.89"],
  [",5", "0.5"],
  ["1,5e-3", "1.5e-3"],
  ["007", "007"],
  ["NaN", "NaN"],
  ["0.123", null],
  ["12.34", null],
  ["1.234e5", null],
  ["1234.567", null],
  ["5,", null],
  ["12-", null],
  ["5 €", null],
  ["€5", null],
  ["1 234,5", null],
  ["0x1F", null],
  ["1_000", null],
  ["-", null],
  ["n/a", null],
])("with a decimal comma and points, %j is %j", (text, expected) => {
  expect(new NumberReader({ decimal: ",", thousands: "." }).read(text)).toBe(expected);
});

test("groups have one mark: not one kind of blank here and another there", () => {
  const reader = new NumberReader({ decimal: ",", thousands: " " });

  expect(reader.read("1\u202f234\u202f567,5")).toBe("1234567.5");
  expect(reader.read("1\u202f234 567,5")).toBeNull();
});

test("marks are known in the kinds that programs write", () => {
  expect(["\u00a0", "\u2019", ".", "_", ""].map(thousandsMark)).toEqual([
    " ",
    "'",
    ".",
    null,
    null,
  ]);
});

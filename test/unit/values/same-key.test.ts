/** What all spellings of a key have in common, held against the collation that Unicode gives: case, accents and forms do not count. */
import { expect, test } from "vitest";
import { foldText } from "../../../src/values/same-key/fold-text.ts";
import { KeyHash } from "../../../src/values/same-key/key-hash.ts";
import { foldValue } from "../../../src/values/same-key/same-key.ts";

const COLLATOR = new Intl.Collator("und", { sensitivity: "base" });

/** The alphabets in use, but for letters that are written above others. */
const ALPHABETS = [
  [0x21, 0x2af],
  [0x370, 0x7ff],
  [0x1e00, 0x1fff],
  [0x3041, 0x30ff],
  [0xff01, 0xff9d],
] as const;

test("letters that are equal but for case, accents and form are folded alike", () => {
  const letters = ALPHABETS.flatMap(([first, last]) =>
    Array.from({ length: last - first + 1 }, (_, at) => String.fromCodePoint(first + at)),
  ).filter((letter) => /[\p{L}\p{N}\p{P}]/u.test(letter));
  const sorted = letters.toSorted((a, b) => COLLATOR.compare(a, b));
  const others: string[] = [];
  let equal = 0;
  for (const [at, letter] of sorted.entries()) {
    const before = sorted[at - 1];
    if (before === undefined || COLLATOR.compare(before, letter) !== 0) continue;
    equal += 1;
    if (foldText(`x${before}y`) !== foldText(`x${letter}y`)) others.push(`${before}${letter}`);
  }

  expect(equal).toBeGreaterThan(1000);
  // The iota that stands below a vowel, by itself.
  expect(others.filter((pair) => !pair.includes("\u037A"))).toEqual([]);
});

test.each([
  ["1", "+01", " 1.0 ", "1e3", "1.000", "0x1", "true", "T", "١", "１"],
  ["Straße", "STRASSE", "strasse ", "ＳＴＲＡＳＳＥ", "stra\u00ADße"],
  ["a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", "{A0EEBC999C0B4EF8BB6D6BB9BD380A11}"],
  ["2024-01-02", "2024-1-2", "2024/01/02", "20240102", "2024-01-02T10:00:00"],
  ["04:05", "4:05:00", "04:05:00.000", "040500"],
  ["ﬁn", "fin", "FIN"],
  ["9007199254740993", "9007199254740993.0", "9007199254740992"],
  [
    "709263404541229160",
    "709,263,404,541,229,160",
    "709 263 404 541 229 160.00",
    "7.0926340454122916e17",
  ],
  ["123456789.01234567", "123,456,789.01234567", "123.456.789,012345670"],
  ["1’234", "1'234", "1234", "1.234"],
  ["2024.002", "2024.0020", "+2024.002", "2.024002e3"],
  ["5e-324", "4.9e-324"],
])("%s has the key of its other spellings", (...spellings) => {
  const keys = new Set(spellings.map((text) => foldValue(text).key));

  expect([...keys]).toHaveLength(1);
});

test("other values have other keys", () => {
  const texts = ["1", "2", "12", "a", "b", "ab", "日本", "東京", "2024-01-02", "2024-01-03", "-"];

  expect(new Set(texts.map((text) => foldValue(text).key)).size).toBe(texts.length);
});

test("numbers in a row are shared out evenly, digit by digit as in texts", () => {
  const counts = new Uint32Array(8);
  const hash = new KeyHash();
  for (let number = 1; number <= 8000; number += 1) {
    const { key } = foldValue(String(number));
    hash.begin();
    hash.take(key);
    const piece = hash.piece(8);
    hash.begin();
    hash.takeDigits(Buffer.from(key), 0, key.length);
    expect(hash.piece(8)).toBe(piece);
    counts[piece] = (counts[piece] ?? 0) + 1;
  }

  expect(Math.min(...counts)).toBeGreaterThan(900);
  expect(Math.max(...counts)).toBeLessThan(1100);
});

test.each([
  ["2024-01-01 23:59:59.9999999", "the last moment of a day"],
  ["2024-01-01 23:59:59.9999995Z", "the last moment of a day"],
  ["2024-01-01 24:00", "the last moment of a day"],
  ["2024-01-01 23:59:60", "the last moment of a day"],
  ["2024-01-01 23:59:59.9999994", "ISO 8601"],
  ["2024-01-01 23:59:59.999999Z", "ISO 8601 in UTC"],
])("%s may be a moment of the next day, or not: %s", (text, style) => {
  expect(foldValue(text).style).toBe(style);
});

/** The escapes of JSON strings as bytes: what they stand for is what JSON.parse says. */
import { expect, test } from "vitest";
import { unescaped } from "../../../src/model/json/json-escapes.ts";

function plain(inside: string): string {
  const bytes = Buffer.from(`"${inside}"`);
  return unescaped(bytes, 1, bytes.length - 1).toString();
}

/** `\u` escapes of a character, its digits in upper or lower case. */
function escapesOf(character: string, isUpper: boolean): string {
  return Array.from({ length: character.length }, (_, at) => {
    const digits = character.charCodeAt(at).toString(16).padStart(4, "0");
    return `\\u${isUpper ? digits.toUpperCase() : digits}`;
  }).join("");
}

test("each letter that may follow a backslash", () => {
  const all = String.raw`a\"b\\c\/d\be\ff\ng\rh\ti`;

  expect(plain(all)).toBe(JSON.parse(`"${all}"`));
});

/** The first characters and the last of each plane, and where UTF-8 takes a byte more. */
const POINTS = Array.from({ length: 17 }, (_, plane) => [
  plane * 0x1_0000,
  plane * 0x1_0000 + 0xffff,
])
  .flat()
  .concat([0x7f, 0x80, 0x7ff, 0x800, 0xd7ff, 0xe000, 0x1_f600, 0x9_0000, 0xa_bcde, 0x10_abcd]);

test.each(POINTS)("character number %i, alone and between others", (point) => {
  const character = String.fromCodePoint(point);
  for (const isUpper of [true, false]) {
    const escapes = escapesOf(character, isUpper);
    expect(plain(escapes)).toBe(character);
    expect(plain(`é${escapes}${escapes}\\n😀`)).toBe(`é${character}${character}\n😀`);
  }
});

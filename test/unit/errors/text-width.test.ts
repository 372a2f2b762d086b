/** How wide a text is on a terminal. */
import { expect, test } from "vitest";
import { alignColumns } from "../../../src/errors/format.ts";
import { fitWidth, textWidth } from "../../../src/errors/text-width.ts";

test.each([
  ["", 0],
  ["plain", 5],
  ["山田", 4],
  ["한글", 4],
  ["ｶﾅ", 2],
  ["Ａ", 2],
  ["é", 1],
  ["e\u0301", 1],
  ["🙂", 2],
  ["äöü", 3],
])("%s is %d wide", (text, width) => {
  expect(textWidth(text)).toBe(width);
});

test("columns are aligned behind wide characters", () => {
  expect(
    alignColumns([
      ["名前", "->", "name"],
      ["id", "->", "id"],
    ]),
  ).toEqual(["  名前  ->  name", "  id    ->  id"]);
});

test("a wide character that has no room is left out whole", () => {
  expect(fitWidth("山田太郎", 5)).toBe("山田");
  expect(fitWidth("plain", 5)).toBe("plain");
});

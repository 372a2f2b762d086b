/** What a terminal must not take for a command is shown escaped, and everything else as it is. */
import { expect, test } from "vitest";
import { visible, visibleLine } from "../../../src/errors/visible.ts";

test.each([
  ["an escape sequence", "\u001B[2Jx", "\\u001b[2Jx"],
  ["a carriage return", "ok\rerror", "ok\\rerror"],
  ["a bell, a backspace, a delete", "\u0007\b\u007F", "\\u0007\\u0008\\u007f"],
  ["a control sequence of C1", "\u009B31m", "\\u009b31m"],
  ["a change of direction", "a\u202Eb\u2066c\u200F", "a\\u202eb\\u2066c\\u200f"],
  ["a line separator, a byte order mark", "\u2028\uFEFFid", "\\u2028\\ufeffid"],
  ["NUL", "\0", "\\u0000"],
])("%s", (_, text, expected) => {
  expect(visible(text)).toBe(expected);
  expect(visibleLine(text)).toBe(expected);
});

test("text of any language stays, and so do lines and tabs", () => {
  const text = "Zoë 日本 می‌خواهم 👩‍👩‍👧\n\tx\n";
  expect(visible(text)).toBe(text);
  expect(visibleLine("a\n\tb")).toBe("a\\n\\tb");
});

test("JSON means the same", () => {
  const value = { name: "a\u009B\u202E\u2028\u007F\u001B" };
  expect(JSON.parse(visible(JSON.stringify(value)))).toEqual(value);
});

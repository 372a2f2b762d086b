/** Texts in XML. */
import { expect, test } from "vitest";
import { openTag, xmlText } from "../../../src/report/xml.ts";

test.each([
  ["a<b>&\"c'", "a&lt;b&gt;&amp;&quot;c'"],
  ["one\ntwo\tthree\r", "one&#10;two&#9;three\\r"],
  ["\u0000\u001B[0m\u202E", "\\u0000\\u001b[0m\\u202e"],
  ["\uD800 \uFFFE \uFFFF", "\\ud800 \\ufffe \\uffff"],
  ["naïve 😀", "naïve 😀"],
])("%j is %j", (text, expected) => {
  expect(xmlText(text)).toBe(expected);
});

test("a tag has its attributes escaped", () => {
  expect(openTag("skipped", { message: 'a "b"' })).toBe('<skipped message="a &quot;b&quot;">');
});

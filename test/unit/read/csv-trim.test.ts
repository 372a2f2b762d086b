/** What --trim drops: the same characters on both sides of a field, whichever way its record is read. */
import { expect, test } from "vitest";
import { read } from "./support.ts";

const TRIM = { trim: true, header: false, empty: "string" } as const;

/** White space of Unicode that is typed, pasted or exported; the last is a byte order mark. */
const BLANKS = ["\t", "\v", "\f", " ", "\u00a0", "\u2003", "\u202f", "\u3000", "\ufeff"];

test.each(BLANKS)("%j goes from both sides of a field, and stays within it", async (blank) => {
  const field = `${blank}a${blank}b${blank}`;
  const kept = `a${blank}b`;
  // The first record has no quote, and the second has one.
  const text = `1,${field},${field}\n"2",${field},${field}\n`;
  expect((await read(text, TRIM)).rows).toEqual([
    ["1", kept, kept],
    ["2", kept, kept],
  ]);
});

test("a field of nothing but such characters is empty", async () => {
  const blanks = BLANKS.join("");
  expect((await read(`1,${blanks},x\n"2",${blanks},x\n`, TRIM)).rows).toEqual([
    ["1", "", "x"],
    ["2", "", "x"],
  ]);
});

test("what stands in quotes stays, and blanks around the quotes go", async () => {
  const text = '1, "\u00a0 a \u00a0" ,\t" b "\t\n';
  expect((await read(text, TRIM)).rows).toEqual([["1", "\u00a0 a \u00a0", " b "]]);
});

test("names of a header are trimmed as fields are", async () => {
  const { source } = await read("\u00a0id\u00a0, name \n1,x\n", { trim: true });
  expect(source.fields).toEqual(["id", "name"]);
});

/** What `--lookup` takes. */
import { describe, expect, test } from "vitest";
import { LOOKUP_VALUE } from "../../../src/options/lookup-grammar.ts";

const read = (text: string): unknown => {
  const parsed = LOOKUP_VALUE.parse(text);
  if (parsed === null) return null;
  const { column, table, pairs, refersTo } = parsed;
  return [column, table, pairs.map((pair) => `${pair.column}=${pair.field}`), refersTo];
};

describe("--lookup", () => {
  test.each([
    ["a = t(b = c)", ["a", "t", ["b=c"], null]],
    ["a=t(b)", ["a", "t", ["b=b"], null]],
    [" a = s.t ( b = c , d ) -> id ", ["a", "s.t", ["b=c", "d=d"], "id"]],
    ["a = t(b = Full name)", ["a", "t", ["b=Full name"], null]],
    [
      '"a b" = "s"."t x"("b ""c""" = "d, (e)") -> "i d"',
      ["a b", '"s"."t x"', ['b "c"=d, (e)'], "i d"],
    ],
    ["größe = maße(länge = Länge)", ["größe", "maße", ["länge=Länge"], null]],
  ])("%s", (text, expected) => {
    expect(read(text)).toEqual(expected);
  });

  test.each([
    "",
    "a",
    "a = t",
    "a = t()",
    "= t(b)",
    "a = (b)",
    "a = t(b,)",
    "a = t(b = )",
    "a = t(b = c) ->",
    "a = t(b = c) id",
    "a = t(b, b)",
    "a = t(b = c = d)",
  ])("means nothing: %s", (text) => {
    expect(read(text)).toBe(null);
  });
});

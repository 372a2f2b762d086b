/** Options whose value has a grammar: what each text means, and what none of them takes. */
import { describe, expect, test } from "vitest";
import {
  allowsRejects,
  asTyped,
  COLUMN_EXPRESSION,
  COMMIT_RULE,
  CONSTANT_COLUMN,
  FIELD_MAP,
  REJECT_LIMIT,
} from "../../../src/options/grammar.ts";
import { parseOptions } from "../../../src/options/parse-options.ts";

describe("reject limits", () => {
  test.each([
    ["100", { text: "100", kind: "count", count: 100 }],
    ["10_000", { text: "10_000", kind: "count", count: 10_000 }],
    ["1,000", { text: "1,000", kind: "count", count: 1000 }],
    ["9007199254740993", null],
    ["1%", { text: "1%", kind: "share", percent: 1 }],
    ["0.5%", { text: "0.5%", kind: "share", percent: 0.5 }],
    ["100%", { text: "100%", kind: "share", percent: 100 }],
    ["101%", null],
    ["100.1%", null],
    ["-1", null],
    ["1e3", null],
    ["%", null],
    ["many", null],
    ["", null],
  ])("reads %j as %j", (text, expected) => {
    expect(REJECT_LIMIT.parse(text)).toEqual(expected);
  });

  test.each(["0", "00", "0%", "000%", "0.0%"])("%s is none at all", (text) => {
    const limit = parseOptions({ maxRejects: [text] }).maxRejects;

    expect(limit).toEqual(parseOptions({}).maxRejects);
    expect(allowsRejects(limit)).toBe(false);
  });

  test.each(["1", "0.1%"])("%s allows some", (text) => {
    expect(allowsRejects(parseOptions({ maxRejects: [text] }).maxRejects)).toBe(true);
  });
});

describe("commits", () => {
  test.each([
    ["end", "end"],
    ["1", { every: 1 }],
    ["10_000", { every: 10_000 }],
    ["10,000", { every: 10_000 }],
    ["0", null],
    ["End", null],
    ["", null],
  ])("reads %j as %j", (text, expected) => {
    expect(COMMIT_RULE.parse(text)).toEqual(expected);
  });
});

describe("mapped fields", () => {
  test.each([
    ["name:full_name", { field: "name", column: "full_name" }],
    ["name:", { field: "name", column: null }],
    [":name", { field: "", column: "name" }],
    ["a:b:c", { field: "a:b", column: "c" }],
  ])("reads %j as %j", (text, expected) => {
    expect(FIELD_MAP.parse(text)).toEqual({ text, ...expected });
  });

  test("takes no field without a colon", () => {
    expect(FIELD_MAP.parse("name")).toBeNull();
  });
});

describe("constants", () => {
  test.each([
    ["batch=7", { column: "batch", value: "7" }],
    ["batch=", { column: "batch", value: "" }],
    ["a=b=c", { column: "a", value: "b=c" }],
    [" a = b", { column: " a ", value: " b" }],
  ])("reads %j as %j", (text, expected) => {
    expect(CONSTANT_COLUMN.parse(text)).toEqual({ text, ...expected });
  });

  test.each(["batch", "=7"])("%s is none", (text) => {
    expect(CONSTANT_COLUMN.parse(text)).toBeNull();
  });
});

describe("columns to update", () => {
  test.each([
    ["a,b", { kind: "only", columns: ["a", "b"] }],
    ['-a,-"b,c"', { kind: "except", columns: ["a", "b,c"] }],
    ["none", { kind: "none" }],
    ["*", { kind: "all" }],
    ["*,a", { kind: "only", columns: ["*", "a"] }],
  ])("reads %j as %j", (text, expected) => {
    expect(parseOptions({ updateColumns: [text] }).updateColumns).toMatchObject(expected);
  });

  test.each([
    [["a", "-b"], "columns to update, or -columns to leave out"],
    [["-a,none"], "columns to update, or -columns to leave out"],
    [["a,none"], "column names, or none by itself"],
  ])("%j do not go together", (updateColumns, expected) => {
    expect(() => parseOptions({ updateColumns })).toThrow(
      expect.objectContaining({
        code: "OPTION_VALUE",
        why: expect.stringContaining(expected),
        where: "--update-columns",
      }),
    );
  });
});

test("what was typed is kept, letter by letter", () => {
  const map = ["a:b:c", "x:"];
  const set = [' "a" =  a+1 '];
  const options = parseOptions({
    map,
    set,
    const: ["a= b"],
    key: ["a"],
    updateColumns: ["-b", "-c,-d"],
  });
  const { key, updateColumns } = options;

  expect([options.map, options.set, options.const, key, updateColumns].map(asTyped)).toEqual([
    map,
    set,
    ["a= b"],
    ["a"],
    ["-b", "-c", "-d"],
  ]);
});

describe("an assignment", () => {
  test.each([
    ["count = count + 1", { column: "count", expression: "count + 1" }],
    ['"a ""b""" = 1 ', { column: 'a "b"', expression: "1" }],
    ["a=b = c", { column: "a", expression: "b = c" }],
    ["[a]]b] = 1", { column: "a]b", expression: "1" }],
    ["[a b]=[c] + 1", { column: "a b", expression: "[c] + 1" }],
    [" [a=b] = excluded.[a=b]", { column: "a=b", expression: "excluded.[a=b]" }],
  ])("%s", (text, expected) => {
    expect(COLUMN_EXPRESSION.parse(text)).toEqual({ text, ...expected });
  });

  test.each(["count", "= 1", "a ==", "a = ", "a.b = 1", "[] = 1", "[a] b = 1", "[a = 1"])(
    "is not %s",
    (text) => {
      expect(COLUMN_EXPRESSION.parse(text)).toBeNull();
    },
  );
});

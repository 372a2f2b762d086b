import { describe, expect, test } from "vitest";
import {
  hasSubquery,
  qualify,
  splitAssignment,
  unknownFunction,
} from "../../../src/targets/expressions.ts";

const naming = {
  columns: ["id", "count", "Name", "date", "year", "end", "time", "zone"],
  quoteIdentifier: (name: string) => `"${name}"`,
};

describe("a bare column name is the target row", () => {
  test.each([
    ["count + 1", 'target."count" + 1'],
    ["COUNT + 1", 'target."count" + 1'],
    ["target.count + excluded.count", "target.count + excluded.count"],
    ["\"Name\" || 'x'", "target.\"Name\" || 'x'"],
    ["name", 'target."Name"'],
    ["lower(name)", 'lower(target."Name")'],
    ["count(*)", "count(*)"],
    ["'count' || \"count\"", "'count' || target.\"count\""],
    ["count::date", 'target."count"::date'],
    ["cast(count as date)", 'cast(target."count" as date)'],
    ["date '2024-01-01' < date", "date '2024-01-01' < target.\"date\""],
    ["extract(year from date)", 'extract(year from target."date")'],
    ["case when id = 1 then 2 end", 'case when target."id" = 1 then 2 end'],
    ["count /* id */ + 1 -- id", 'target."count"   + 1  '],
    ["array[count]", 'array[target."count"]'],
    ["make_date(year => 2024)", "make_date(year => 2024)"],
    ["date at time zone 'UTC'", "target.\"date\" at time zone 'UTC'"],
    ["(select count from other) + count", '(select count from other) + target."count"'],
    [
      "(select max(id) from (select id from x) y) + id",
      '(select max(id) from (select id from x) y) + target."id"',
    ],
    ["name collate nocase", 'target."Name" collate nocase'],
    ["'it''s count'", "'it''s count'"],
    ["$$count$$ || name", '$$count$$ || target."Name"'],
  ])("%s", (written, qualified) => {
    expect(qualify(written, "target", naming)).toBe(qualified);
  });
});

test("a subquery is noticed, the word in a string is not", () => {
  expect(hasSubquery("(select 1)")).toBe(true);
  expect(hasSubquery("'select' || selected")).toBe(false);
});

describe("a function that may read the table", () => {
  test.each([
    ["lower(name) || coalesce(name, 'f(x)')", null],
    ["count + f(1)", "f"],
    ["shop.total(id)", "total"],
    ['"lower"(name)', '"lower"'],
    ["(count) in (1, 2) and (id = 1)", null],
    ["cast(count as numeric(10, 2))", null],
    ["case when (id = 1) then (2) end", null],
  ])("%s: %s", (sql, name) => {
    expect(unknownFunction(sql)).toBe(name);
  });
});

describe("an assignment", () => {
  test.each([
    ["count = count + 1", { column: "count", expression: "count + 1" }],
    ['"a ""b""" = 1 ', { column: 'a "b"', expression: "1" }],
    ["a=b = c", { column: "a", expression: "b = c" }],
  ])("%s", (text, expected) => {
    expect(splitAssignment(text)).toEqual(expected);
  });

  test.each(["count", "= 1", "a ==", "a = ", "a.b = 1"])("is not %s", (text) => {
    expect(splitAssignment(text)).toBeNull();
  });
});

import { describe, expect, test } from "vitest";
import { hasSubquery, qualify, unknownFunction } from "../../../src/sql/expressions.ts";

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

describe("where brackets quote, a bare column name is the target row", () => {
  const bracketed = {
    columns: ["count", "select", "a b", "a]b", "int", "day", "value", "Name"],
    quoteIdentifier: (name: string) => `[${name.replaceAll("]", "]]")}]`,
  };

  test.each([
    ["[count] + 1", "target.[count] + 1"],
    ["excluded.[a b]", "excluded.[a b]"],
    ["target.[a b] + [a b]", "target.[a b] + target.[a b]"],
    ["[select]", "target.[select]"],
    ["[a]]b] + name", "target.[a]]b] + target.[Name]"],
    ["convert(int, [int])", "convert(int, target.[int])"],
    ["try_convert(int, int)", "try_convert(int, target.[int])"],
    ["dateadd(day, 1, day)", "dateadd(day, 1, target.[day])"],
    ["datediff_big(day, [day], getdate())", "datediff_big(day, target.[day], getdate())"],
    ["convert(varchar(10), [value], 1)", "convert(varchar(10), target.[value], 1)"],
    ["cast(count as int)", "cast(target.[count] as int)"],
    ["N'[count]' + '[count]'", "N'[count]' + '[count]'"],
    ["[dbo].[count](value)", "[dbo].[count](target.[value])"],
    ["(select [count] from [t]) + [count]", "(select [count] from [t]) + target.[count]"],
    ['"count" + 1', "target.[count] + 1"],
    ["[count] collate Latin1_General_BIN2", "target.[count] collate Latin1_General_BIN2"],
    ["[no such]", "[no such]"],
    ["[count] -- ]", "target.[count]  "],
  ])("%s", (written, qualified) => {
    expect(qualify(written, "target", bracketed)).toBe(qualified);
  });
});

test("elsewhere brackets are subscripts, of arrays and what computes their places", () => {
  const arrays = {
    columns: ["arr", "n"],
    quoteIdentifier: (name: string) => `"${name}"`,
  };
  expect(
    ["arr[1]", "arr[n]", "arr[1:n]", "arr[n][2]", "array[n, 1]"].map((sql) =>
      qualify(sql, "target", arrays),
    ),
  ).toEqual([
    'target."arr"[1]',
    'target."arr"[target."n"]',
    'target."arr"[1:target."n"]',
    'target."arr"[target."n"][2]',
    'array[target."n", 1]',
  ]);
});

test("a subquery is noticed, the word in a string is not", () => {
  expect(hasSubquery("(select 1)")).toBe(true);
  expect(hasSubquery("'select' || selected")).toBe(false);
  expect(hasSubquery("(select 1)", true)).toBe(true);
  expect(hasSubquery("([select])", true)).toBe(false);
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
    ["convert(int, name) + datediff(day, date, getdate())", null],
    ["iif(isnull(name, N'f(x)') = N'', 1, 2)", null],
  ])("%s: %s", (sql, name) => {
    expect(unknownFunction(sql)).toBe(name);
  });
});

test.each(["[dbo].[f](count)", "dbo.[f](count)", "[f] (count)", "1 + [a b](1)"])(
  "a function in brackets may read the table: %s",
  (sql) => {
    expect(unknownFunction(sql, true)).not.toBeNull();
  },
);

test("elsewhere brackets hold no name of a function", () => {
  expect(unknownFunction("array[1] || arr[n](1)")).toBeNull();
});

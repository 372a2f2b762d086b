/** The statements that make tables, and the names in them. */
import { describe, expect, test } from "vitest";
import { addColumnSql, createTableSql } from "../../../src/sql/ddl/create-table.ts";
import { nameParts } from "../../../src/sql/table-name.ts";

const WORDS = { quote: (name: string) => `<${name}>`, add: "add", tableSuffix: " strict" };
const COLUMNS = [
  { name: "a", type: "int", isKey: true },
  { name: "b", type: "text not null default ''", isKey: true },
  { name: "c", type: "text", isKey: false },
];

test("a key column is not null, said once", () => {
  expect(createTableSql({ name: { schema: "s", name: "t" }, columns: COLUMNS }, WORDS)).toBe(
    `create table <s>.<t> (
  <a> int not null,
  <b> text not null default '',
  <c> text,
  primary key (<a>, <b>)
) strict`,
  );
});

test("a table without a key has no primary key, and columns are added one by one", () => {
  const columns = COLUMNS.map((each) => ({ ...each, isKey: false }));
  const table = { name: { schema: null, name: "t" }, columns };

  expect(createTableSql(table, WORDS)).not.toContain("primary key");
  expect(addColumnSql(table, WORDS)).toEqual([
    "alter table <t> add <a> int",
    "alter table <t> add <b> text not null default ''",
    "alter table <t> add <c> text",
  ]);
});

describe("the name of a table", () => {
  test.each([
    ["people", null, "people"],
    ["People", null, "People"],
    ["sales.people", "sales", "people"],
    ['"a.b"', null, "a.b"],
    ['"my ""schema""".t', 'my "schema"', "t"],
    ["[a.b].[c]]d]", "a.b", "c]d"],
    ["Order Lines", null, "Order Lines"],
    ["a.b.c", null, "a.b.c"],
    ['a"b', null, 'a"b'],
    ["", null, ""],
  ])("%j is %j and %j", (text, schema, name) => {
    expect(nameParts(text)).toEqual({ schema, name });
  });
});

/** The name of a table that is made without one. */
import { expect, test } from "vitest";
import { withDefaultTable } from "../../../src/options/default-table.ts";
import { defaultOptions } from "../../../src/options/parse-options.ts";

const CREATE = { ...defaultOptions(), create: true };

test.each([
  [["people.csv"], "people"],
  [["data/people.csv.gz"], "people"],
  [["people.ndjson.zst"], "people"],
  [["people"], "people"],
  [["my.data.tsv"], '"my.data"'],
  [['a"b.csv'], '"a""b"'],
  [["a/people.csv", "b/people.json"], "people"],
  [["people.csv", "more.csv"], null],
  [["-"], null],
  [["people-*.csv"], null],
  [[".csv"], null],
])("of %j is %j", (sources, name) => {
  expect(withDefaultTable(CREATE, sources).table).toBe(name);
});

test("is not asked where the table is named, or none is to be made", () => {
  expect(withDefaultTable({ ...CREATE, table: "t" }, ["people.csv"]).table).toBe("t");
  expect(withDefaultTable({ ...CREATE, create: false }, ["people.csv"]).table).toBeNull();
});

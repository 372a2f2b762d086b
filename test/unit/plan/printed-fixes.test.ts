/** Fixes of plans, typed as they are printed: a shell must take quotes in names and predicates as they are. */
import { expect, test } from "vitest";
import { headerFields } from "../../../src/read/csv/header-fields.ts";
import { column, planFor, table, uniqueKey } from "../../helpers/shapes.ts";

/** Thousands of names. */
function many(stem: string): string[] {
  return Array.from({ length: 4000 }, (_, at) => `${stem}_${at}`);
}

test("the predicate of a partial index is printed as a shell takes it", () => {
  const open = { name: "t open", predicate: "(b = 'open'::text)" };
  const shape = table({ uniqueKeys: [uniqueKey(["a"], open)] });
  expect(() => planFor(shape, { key: ["a"] })).toThrow(
    expect.objectContaining({
      fix: expect.stringContaining(
        "--key-where '(b = '\\''open'\\''::text)' (or --constraint 't open')",
      ),
    }),
  );
});

test("a field with a quote in its name is dropped by the flag that is printed", () => {
  const options = { key: ["id"], map: ["a's:a"] };
  const fields = { fields: ["id", "a's"] };
  const shape = table({ columns: [column("id"), column("a"), column("a's")] });
  const { warnings } = planFor(shape, { ...options, stamp: ["a = 1"] }, fields);
  expect(warnings[0]).toContain("leave the --map of a's out");
  expect(() => planFor(shape, { const: ["a's=1"] }, fields)).toThrow(
    expect.objectContaining({ fix: expect.stringContaining("--map 'a'\\''s:'") }),
  );
});

test("a field that --map puts into a column is kept out by leaving that out, and not by a second --map", () => {
  const shape = table({ columns: ["id", "name", "made"].map((each) => column(each)) });
  const fixOf = (map: readonly string[], options: object = {}): string => {
    try {
      planFor(shape, { map, ...options }, { header: ["id", "name", "x"] });
    } catch (error) {
      return (error as { fix: string }).fix;
    }
    return "none";
  };

  expect(fixOf(["x:name"])).toBe("drop the field with --map 'name:', or leave the --map of x out");
  expect(fixOf(["x:id", "name:id", "id:"])).toBe(
    "leave the --map of name out, or leave the --map of x out",
  );
  expect(fixOf(["x:made"], { const: ["made=1"] })).toBe(
    "leave the --map of x out, or leave --const made out",
  );
  expect(fixOf(["x:"], { const: ["name=1"] })).toBe(
    "drop the field with --map 'name:', or leave --const name out",
  );
});

test.each([
  ["--key", { key: ["Id"] }],
  ["--const", { key: ["id"], const: ["Id=1"] }],
  ["--set", { key: ["id"], set: ["Id = 1"] }],
  ["--value", { key: ["id"], value: ["Id = 1"] }],
  ["--update-columns", { key: ["id"], updateColumns: "Id" }],
  ["--map id:Id", { key: ["id"], map: ["id:Id"] }],
])("a name in %s that fits two columns is to be written as the table does", (where, options) => {
  const shape = table({ columns: [column("id"), column("ID")], uniqueKeys: [uniqueKey(["id"])] });

  expect(() => planFor(shape, options, { fields: ["id"] })).toThrow(
    expect.objectContaining({
      code: "PLAN_AMBIGUOUS_FIELD",
      message: "the column Id could be id or ID",
      fix: "write it as the table does: id or ID",
      where,
    }),
  );
});

test("all fields without a column are listed at once, with flags to paste", () => {
  const shape = table({ columns: [column("id"), column("name"), column("amount")] });
  const fields = ["id", "nmae", "amuont", "x"];
  const pasted = "--map 'nmae:name' --map 'amuont:amount' --map 'x:'";
  expect(() => planFor(shape, {}, { fields })).toThrow(
    expect.objectContaining({
      message: "no column for the fields nmae, amuont, x in public.t",
      fix: `${pasted} puts them where the names are near, and drops the rest; --extra-fields ignore drops all that have no column; --alter adds columns for them`,
    }),
  );
  const map = ["nmae:name", "amuont:amount", "x:"];
  expect(planFor(shape, { map }, { fields }).mapping).toHaveLength(3);
});

test.each([
  ["--set", { set: ["a = (1"] }],
  ["--stamp", { stamp: ["a = 1) + (1"] }],
  ["--update-where", { updateWhere: "true) or (true" }],
  ['--value "a = …"', { value: ["a = trim(excluded.b"], map: ["a:"] }],
  ["--delete-where", { deleteMissing: true, deleteWhere: "a = 1)" }],
  ["--delete-set", { deleteMissing: true, deleteWhere: "a = 1", deleteSet: ["a = (2"] }],
])("parentheses in %s must match, whatever would come of them", (where, options) => {
  const shape = table({
    columns: [column("id"), column("a"), column("b")],
    uniqueKeys: [uniqueKey(["id"])],
  });
  const fields = { fields: ["id", "a", "b"] };

  expect(() => planFor(shape, { key: ["id"], ...options }, fields)).toThrow(
    expect.objectContaining({
      code: "PLAN_EXPRESSION",
      why: "its parentheses do not match",
      fix: "close each parenthesis that the expression opens, and no other",
      where,
    }),
  );
});

test("thousands of fields that are no columns are told at once", () => {
  const shape = table({ columns: many("quantity_in_stock").map((name) => column(name)) });

  expect(() => planFor(shape, {}, { fields: many("temperature_of_day") })).toThrow(
    expect.objectContaining({
      code: "PLAN_NO_KNOWN_FIELD",
      fix: expect.stringMatching(/^say which column .* --map 'temperature_of_day_0:COLUMN'/),
    }),
  );
});

test("blanks and invisible characters in names are seen", () => {
  const fields = ["id", "a ", "\u00a0b", "c\u200b"];
  expect(() => planFor(table({ columns: [column("id")] }), {}, { fields })).toThrow(
    expect.objectContaining({
      message: String.raw`no column for the fields "a ", "\u00a0b", "c\u200b" in public.t`,
    }),
  );
});

test("a repeated field is called by what --map takes, not by its key", () => {
  const header = ["3", "a", "a"];
  const fields = headerFields(header).map(({ key }) => key);
  const shape = table({ columns: [column("id"), column("a")] });
  const flags = { map: ["3:id", "2:"] };
  const { warnings } = planFor(shape, { ...flags, stamp: ["a = 1"] }, { header, fields });
  expect(warnings[0]).toMatch(/^the field a \(field 3\) is not written, .* --map 'a:'/);
  expect(() => planFor(shape, { ...flags, const: ["a=1"] }, { header, fields })).toThrow(
    expect.objectContaining({ why: "by the field a (field 3) and by --const" }),
  );
});

/** Fixes of plans, typed as they are printed: a shell must take quotes in names and predicates as they are. */
import { expect, test } from "vitest";
import { planFor, table, uniqueKey } from "../../helpers/shapes.ts";

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
  const { warnings } = planFor(table(), { ...options, stamp: ["a = 1"] }, fields);
  expect(warnings[0]).toContain("--map 'a'\\''s:'");
  expect(() => planFor(table(), { ...options, const: ["a=1"] }, fields)).toThrow(
    expect.objectContaining({ fix: expect.stringContaining("--map 'a'\\''s:'") }),
  );
});
